// RC2 (RFC 2268), whose parameters all begin with the number of the key's effective bits.

import { Rc2 } from '../crypto/rc2.ts';
import { ensure } from '../model/error.ts';
import { CKA, CKK, CKM, CKO } from '../protocol/constants.ts';
import type { MechanismParameter } from '../protocol/parameters.ts';
import { type Cipher, encryptionAndWrapping, type Faults } from './cipher.ts';
import { lastOfChain } from './cipher-mac.ts';
import { attribute } from './key.ts';
import { authentication, cut, type Length, whole } from './mac.ts';
import type { Ciphering, Key, Mechanism, Row } from './mechanism.ts';
import { bytesParameter, ulongAt } from './parameter.ts';
import { generation } from './secret-key.ts';
import { secretTypes } from './secret-type.ts';
import { Padding, type State, Unpadded, Unpadding } from './streaming.ts';

const BLOCK = 8;
const BITS_MAX = 1024;
const ULONG = 8;

/** @param rest bytes that stand behind the effective bits. */
function read(parameter: MechanismParameter, rest: number): { readonly bits: number; readonly rest: Uint8Array } {
  const structure = bytesParameter(parameter, ULONG + rest);
  const bits = ulongAt(structure, 0);
  ensure(bits >= 1 && bits <= BITS_MAX, 'MECHANISM_PARAM_INVALID', 'RC2 has from 1 to 1024 effective bits');
  return { bits, rest: structure.subarray(ULONG) };
}

const begin = (mode: 'ECB' | 'CBC', key: Key, parameter: MechanismParameter, decrypting: boolean): Rc2 => {
  const { bits, rest: iv } = read(parameter, mode === 'ECB' ? 0 : BLOCK);
  return new Rc2(mode, attribute(key.attributes, CKA.VALUE), bits, iv, decrypting);
};

type Shape = new (state: State, block: number, faults: Faults) => Ciphering;

const cipher = (mode: 'ECB' | 'CBC', Encrypting: Shape, Decrypting: Shape): Cipher => ({
  encrypt: (key, parameter, faults) => new Encrypting(begin(mode, key, parameter, false), BLOCK, faults),
  decrypt: (key, parameter, faults) => new Decrypting(begin(mode, key, parameter, true), BLOCK, faults),
});

/** The sizes are told as effective bits. */
const rc2 = (operations: Mechanism['operations']): Mechanism => ({ keyType: CKK.RC2, keySize: [1, BITS_MAX], operations });

const blocks = (mode: 'ECB' | 'CBC'): Mechanism => ({
  ...rc2(encryptionAndWrapping(cipher(mode, Unpadded, Unpadded), BLOCK)),
  wraps: CKO.SECRET_KEY,
});

/** @param length reads what stands behind the effective bits. */
const mac = (rest: number, length: Length): Mechanism =>
  rc2(
    authentication((key, parameter) => {
      const given = read(parameter, rest);
      const value = attribute(key.attributes, CKA.VALUE);
      const state = () => new Rc2('CBC', value, given.bits, new Uint8Array(BLOCK));
      return { size: length(given.rest), begin: () => lastOfChain(state(), BLOCK) };
    }),
  );

export const rc2Mechanisms: readonly Row[] = [
  [CKM.RC2_KEY_GEN, generation(secretTypes.RC2, 8)],
  [CKM.RC2_ECB, blocks('ECB')],
  [CKM.RC2_CBC, blocks('CBC')],
  [CKM.RC2_CBC_PAD, rc2(encryptionAndWrapping(cipher('CBC', Padding, Unpadding)))],
  [CKM.RC2_MAC, mac(0, whole(BLOCK / 2))],
  [CKM.RC2_MAC_GENERAL, mac(ULONG, cut(BLOCK))],
];
