// HChaCha20 (draft-irtf-cfrg-xchacha §2.2): the rounds of ChaCha20 over a key and 16 bytes, without the addition at the end. Additions,
// exclusive ors and rotations of words: nothing in it takes longer for one key than for another.

const CONSTANTS = [0x61707865, 0x3320646e, 0x79622d32, 0x6b206574];
const COLUMNS_AND_DIAGONALS = [
  [0, 4, 8, 12],
  [1, 5, 9, 13],
  [2, 6, 10, 14],
  [3, 7, 11, 15],
  [0, 5, 10, 15],
  [1, 6, 11, 12],
  [2, 7, 8, 13],
  [3, 4, 9, 14],
] as const;

export function hchacha20(key: Uint8Array, nonce: Uint8Array): Uint8Array {
  const state = Uint32Array.from([...CONSTANTS, ...words(key), ...words(nonce)]);
  for (let round = 0; round < 10; round++) for (const [a, b, c, d] of COLUMNS_AND_DIAGONALS) quarterRound(state, a, b, c, d);
  const out = new Uint8Array(32);
  const view = new DataView(out.buffer);
  [...state.subarray(0, 4), ...state.subarray(12)].forEach((word, i) => {
    view.setUint32(4 * i, word, true);
  });
  return out;
}

function words(bytes: Uint8Array): number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return Array.from({ length: bytes.length / 4 }, (_, i) => view.getUint32(4 * i, true));
}

function quarterRound(state: Uint32Array, a: number, b: number, c: number, d: number): void {
  mix(state, a, b, d, 16);
  mix(state, c, d, b, 12);
  mix(state, a, b, d, 8);
  mix(state, c, d, b, 7);
}

/** x += y; z ^= x; z <<<= bits. */
function mix(state: Uint32Array, x: number, y: number, z: number, bits: number): void {
  state[x] = state[x]! + state[y]!;
  const crossed = state[z]! ^ state[x]!;
  state[z] = (crossed << bits) | (crossed >>> (32 - bits));
}
