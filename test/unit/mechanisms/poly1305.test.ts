import { expect, test } from 'vitest';
import { created, cut, hex, operation, sign, signParts, text, verify, verifyParts } from './fixture.ts';

// RFC 8439 §2.5.2, and appendix A.3: 1 (a key of zeros), 7 and 9 (sums at the edge of the prime).
const vectors = [
  [
    '85d6be7857556d337f4452fe42d506a80103808afb0db2fd4abff6af4149f51b',
    '43727970746f6772617068696320466f72756d2052657365617263682047726f7570',
    'a8061dc1305136c6c22b8baf0c0127a9',
  ],
  ['00'.repeat(32), '00'.repeat(64), '00'.repeat(16)],
  [`01${'00'.repeat(31)}`, `${'ff'.repeat(16)}f0${'ff'.repeat(15)}11${'00'.repeat(15)}`, `05${'00'.repeat(15)}`],
  [`02${'00'.repeat(31)}`, `fd${'ff'.repeat(15)}`, `fa${'ff'.repeat(15)}`],
] as const;

test.each(vectors)('CKM_POLY1305 gives the code of its RFC, in one part and in several (key %s)', (value, data, code) => {
  const key = created('SECRET_KEY', 'POLY1305', { VALUE: hex(value) });
  const [message, wrong] = [hex(data), hex(`${code.slice(0, -2)}77`)];
  expect(text(sign('POLY1305', key, message))).toBe(code);
  expect(text(signParts('POLY1305', key, cut(message, 5, 0, 1)))).toBe(code);
  expect(verify('POLY1305', key, message, hex(code))).toBe(true);
  expect(verifyParts('POLY1305', key, cut(message, 5, 0, 1), hex(code))).toBe(true);
  expect(verify('POLY1305', key, message, wrong)).toBe(false);
  expect(() => operation('POLY1305', 'sign')(key, hex('10'))).toThrow('CKR_MECHANISM_PARAM_INVALID:');
});
