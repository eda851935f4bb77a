// Attributes whose value is a template, through the library: two of them lack the array bit in the standard's header.
import { expect } from 'vitest';
import { probe } from '../support/probe.ts';
import { needs } from '../support/program.ts';
import { test } from '../support/token.ts';

needs('cc');

const ofSecretKeys = ['CKA_WRAP_TEMPLATE', 'CKA_UNWRAP_TEMPLATE', 'CKA_DERIVE_TEMPLATE'];
const expected = {
  ...Object.fromEntries(
    ofSecretKeys.flatMap((name) => [
      [`${name} read back`, 'OK'],
      [`${name} found by`, 'OK'],
      [`${name} of no whole number`, 'TEMPLATE_INCONSISTENT'],
    ]),
  ),
  'CKA_ENCAPSULATE_TEMPLATE read back': 'OK',
  'CKA_ENCAPSULATE_TEMPLATE found by': 'OK',
  'CKA_DECAPSULATE_TEMPLATE read back': 'OK',
};

test('templates within templates come back as they were given, and are searched by', async ({ room, token }) => {
  const { calls, end } = await probe(room, 'templates', { PROBE_PIN: token.pin });
  expect(end).toEqual({ code: 0, signal: null, stderr: '' });
  expect(calls).toEqual(expected);
});
