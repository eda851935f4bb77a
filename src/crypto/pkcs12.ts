// Keys from passwords as PKCS#12 makes them (RFC 7292, appendix B), with SHA-1.

import { setImmediate } from 'node:timers/promises';
import { digest } from './digest.ts';

/** Bytes of SHA-1's block and of its digest: v/8 and u/8. */
const [BLOCK, DIGEST] = [64, 20];

/** So many digests are made before others have their turn: a few milliseconds' worth. */
const AT_ONCE = 4096;

/** What the bytes are for: the appendix's identifier. */
export const PURPOSE = { KEY: 1, INITIALISATION_VECTOR: 2, MAC_KEY: 3 } as const;

/** Copies of `bytes`, to a whole number of blocks; none of none. */
const repeated = (bytes: Uint8Array): Uint8Array => Buffer.alloc(Math.ceil(bytes.length / BLOCK) * BLOCK, bytes);

/** To each block, as a number, the digest repeated and one more. */
function step(blocks: Uint8Array, chained: Uint8Array): void {
  for (let start = 0; start < blocks.length; start += BLOCK) {
    let sum = 1;
    for (let at = BLOCK - 1; at >= 0; at--) {
      sum += blocks[start + at]! + chained[at % DIGEST]!;
      blocks[start + at] = sum & 255;
      sum >>= 8;
    }
  }
}

async function iterated(data: Uint8Array, times: number): Promise<Uint8Array> {
  let chained = digest('sha1', data);
  for (let done = 1; done < times; done++) {
    if (done % AT_ONCE === 0) await setImmediate();
    chained = digest('sha1', chained);
  }
  return chained;
}

/** @param password as it is to be hashed: PKCS#12 itself takes BMPStrings that end with two zeros. */
export async function pkcs12(
  purpose: (typeof PURPOSE)[keyof typeof PURPOSE],
  password: Uint8Array,
  salt: Uint8Array,
  iterations: number,
  length: number,
): Promise<Uint8Array> {
  const diversifier = new Uint8Array(BLOCK).fill(purpose);
  const blocks = Buffer.concat([repeated(salt), repeated(password)]);
  const made: Uint8Array[] = [];
  while (made.length * DIGEST < length) {
    const chained = await iterated(Buffer.concat([diversifier, blocks]), iterations);
    made.push(chained);
    step(blocks, chained);
  }
  return Buffer.concat(made).subarray(0, length);
}
