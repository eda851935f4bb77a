// The keys of a TLS or SSL connection, all at once: two for its MACs, two for its cipher, and two initialisation vectors.

import { type Template, TRUE, ulongBytes } from '../model/attribute.ts';
import { ensure } from '../model/error.ts';
import { CKA, CKK } from '../protocol/constants.ts';
import type { Fields, ReturnedStruct } from '../protocol/parameters.ts';
import { secretKey } from './derived.ts';
import { given } from './key.ts';
import type { Derived } from './mechanism.ts';

type Material = Fields<'CK_SSL3_KEY_MAT_PARAMS'>;
type Struct = 'CK_SSL3_KEY_MAT_PARAMS' | 'CK_TLS12_KEY_MAT_PARAMS';

/** What the application says of all four keys, and not of their use. */
const SHARED: readonly number[] = [CKA.TOKEN, CKA.PRIVATE, CKA.LABEL, CKA.ID];

/** "Always given a type of CKK_GENERIC_SECRET. They are flagged as valid for signing and verification." */
const macTemplate = (template: Template): Template => [
  ...template.filter(({ type }) => SHARED.includes(type)),
  { type: CKA.SIGN, value: TRUE },
  { type: CKA.VERIFY, value: TRUE },
  { type: CKA.KEY_TYPE, value: ulongBytes(CKK.GENERIC_SECRET) },
];

/** "By default, they are flagged as valid for encryption, decryption, and derivation operations." */
function cipherTemplate(template: Template): Template {
  const open = [CKA.ENCRYPT, CKA.DECRYPT, CKA.DERIVE].filter((type) => given(template, type) === undefined);
  return [...template, ...open.map((type) => ({ type, value: TRUE }))];
}

function bytesOf(bits: number): number {
  ensure(bits % 8 === 0 && bits <= 8 * 512, 'MECHANISM_PARAM_INVALID', 'keys have whole bytes, and not that many');
  return bits / 8;
}

/** @param block so many bytes of key material, in the standard's order. */
export function keyMaterial(
  struct: Struct,
  fields: Material,
  template: Template,
  ivBits: number,
  block: (length: number) => Uint8Array,
): Derived {
  ensure(fields.bIsExport === 0, 'MECHANISM_PARAM_INVALID', 'keys for export are weak, and no longer made');
  const [mac, key, iv] = [fields.ulMacSizeInBits, fields.ulKeySizeInBits, ivBits].map(bytesOf) as [number, number, number];
  const material = block(2 * (mac + key + iv));
  let at = 0;
  const next = (length: number): Uint8Array => {
    at += length;
    return material.subarray(at - length, at);
  };
  const macs = mac === 0 ? [] : [next(mac), next(mac)].map((value) => secretKey(macTemplate(template), value));
  const keys = key === 0 ? [] : [next(key), next(key)].map((value) => secretKey(cipherTemplate(template), value));
  const [pIVClient, pIVServer] = [Uint8Array.from(next(iv)), Uint8Array.from(next(iv))];
  return {
    further: [...macs, ...keys],
    heritage: { inherits: 'all' },
    returned(handles): ReturnedStruct {
      const [hClientMacSecret = 0, hServerMacSecret = 0] = handles.slice(0, macs.length);
      const [hClientKey = 0, hServerKey = 0] = handles.slice(macs.length);
      return { struct, fields: { hClientMacSecret, hServerMacSecret, hClientKey, hServerKey, pIVClient, pIVServer } };
    },
  };
}
