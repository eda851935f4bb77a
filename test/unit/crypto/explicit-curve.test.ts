import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { curves } from '../../../src/crypto/curves.ts';
import { contentOf, element, elements, integer, sequence, TAG } from '../../../src/crypto/der.ts';
import { generateEc } from '../../../src/crypto/ec.ts';
import { readExplicitCurve } from '../../../src/crypto/explicit-curve.ts';

const explicit = (name: string): Uint8Array =>
  execFileSync('openssl', ['ecparam', '-name', name, '-param_enc', 'explicit', '-outform', 'DER'], { stdio: ['ignore', 'pipe', 'ignore'] });

it.each(curves)('$name is known by its numbers', (curve) => {
  expect(readExplicitCurve(explicit(curve.name))).toBe(curve);
});

it('a curve with other numbers is another curve, or none', () => {
  const p256 = curves.find(({ name }) => name === 'prime256v1')!;
  const right = explicit('prime256v1');
  const [version, field, curve, base, order] = elements(contentOf(right, TAG.SEQUENCE)!)!.map(({ whole }) => whole);
  const parameters = (...parts: (Uint8Array | undefined)[]) => sequence(...parts.map((part) => part!));
  // Another base point makes the private key of any public key known (CVE-2020-0601).
  const own = element(TAG.OCTET_STRING, generateEc(p256).point);
  expect(readExplicitCurve(parameters(version, field, curve, own, order))).toBe('unknown');
  expect(readExplicitCurve(parameters(version, field, curve, base, integer(Uint8Array.of(7))))).not.toBe(p256);
  // The version, which says whether there is a seed, is no number of the curve's.
  for (let at = right.indexOf(TAG.SEQUENCE, 3); at < right.length - 3; at += 1) {
    const changed = right.slice();
    changed[at]! ^= 1;
    expect(readExplicitCurve(changed), String(at)).not.toBe(p256);
  }
  for (const bad of [sequence(), new Uint8Array(0), new Uint8Array(4096).fill(0x30)]) expect(readExplicitCurve(bad)).toBeUndefined();
});
