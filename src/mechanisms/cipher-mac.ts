// MACs made of a block cipher: CMAC, and CBC-MAC as FIPS 113 has it.

import { createCipheriv } from 'node:crypto';
import { createMac, KeptMac } from '../crypto/mac.ts';
import type { Algorithm, Loaded } from './block-cipher.ts';
import { remembered } from './key.ts';
import { authentication, cut, type Length, type Mac, type MacState, whole } from './mac.ts';
import type { Key, Mechanism } from './mechanism.ts';
import type { State } from './streaming.ts';

type Begin = (loaded: Loaded, block: number) => MacState;

type WholeOf = (key: Key, loaded: Loaded, block: number) => Mac['whole'];

const mechanism = (algorithm: Algorithm, begin: Begin, length: Length, wholeOf?: WholeOf): Mechanism => ({
  ...(algorithm.keyType !== undefined && { keyType: algorithm.keyType }),
  keySize: algorithm.keySize,
  operations: authentication((key, parameter) => {
    const [loaded, size] = [algorithm.load(key), length(parameter)];
    return { size, begin: () => begin(loaded, algorithm.block), whole: wholeOf?.(key, loaded, algorithm.block) };
  }),
});

export const beginCmac = ({ key, name }: Loaded): MacState => createMac('cmac', key, { cipher: `${name}-cbc` });

const wholeCmac: WholeOf = (key, { key: value, name }, block) =>
  remembered(key, `${name}-cmac`, () => new KeptMac('CMAC', `${name}-cbc`, value, block));

const beginCbcMac = ({ key, name }: Loaded, block: number): MacState =>
  lastOfChain(createCipheriv(`${name}-cbc`, key, new Uint8Array(block)), block);

/** The last block that CBC gives, over data that is filled with zeros. @param state has encrypted nothing yet, and had no vector. */
export function lastOfChain(chain: State, block: number): MacState {
  const state = chain.setAutoPadding(false);
  let [last, length]: [Uint8Array, number] = [new Uint8Array(block), 0];
  const update = (part: Uint8Array): void => {
    length += part.length;
    const out = state.update(part);
    if (out.length >= block) last = out.subarray(-block);
  };
  return {
    update,
    final() {
      // FIPS 113 has no code for no data; one block of zeros is what others take it for.
      if (length === 0 || length % block !== 0) update(new Uint8Array(block - (length % block)));
      return last;
    },
  };
}

export const cmac = (algorithm: Algorithm): Mechanism => mechanism(algorithm, beginCmac, whole(algorithm.block), wholeCmac);
export const cmacGeneral = (algorithm: Algorithm): Mechanism => mechanism(algorithm, beginCmac, cut(algorithm.block), wholeCmac);
export const cbcMac = (algorithm: Algorithm): Mechanism => mechanism(algorithm, beginCbcMac, whole(algorithm.block / 2));
export const cbcMacGeneral = (algorithm: Algorithm): Mechanism => mechanism(algorithm, beginCbcMac, cut(algorithm.block));
