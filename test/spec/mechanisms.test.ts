// The mechanisms that others offer, where the list of them is at hand: each is here too.

import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { registry } from '../../src/mechanisms/registry.ts';
import { project } from '../support/paths.ts';

const list = resolve(project, '../shared/pkcs11/mechanisms-required.json');
const present = existsSync(list);
if (!present) console.warn('Mechanisms: no list of those that others offer at ../shared/pkcs11, nothing is compared with it');

test.runIf(present)('every mechanism that SoftHSM or Kryoptic offers is offered here, what is broken only where it is asked for', () => {
  const required = JSON.parse(readFileSync(list, 'utf8')) as { name: string; value: string }[];
  const [usual, all] = [registry({ legacy: false }), registry({ legacy: true })];
  const missing = required.filter(({ value }) => !all.has(Number(value))).map(({ name }) => name);
  console.log(`mechanisms: ${required.length - missing.length}/${required.length} of those required, ${all.size} in all`);
  expect(missing).toEqual([]);
  const broken = required.filter(({ value }) => !usual.has(Number(value))).map(({ name }) => name);
  expect(broken.filter((name) => !/MD5|_DES_/.test(name))).toEqual([]);
});
