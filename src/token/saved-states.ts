// What C_GetOperationState gives out: sealed, so that only this engine, in its one life, reads it again.

import { createCipheriv, createDecipheriv, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

const NONCE = 16;
const MAC = 32;

export class SavedStates {
  readonly #sealing: Uint8Array;
  readonly #authenticating: Uint8Array;

  /** @param sessionKey of this engine's life only. */
  constructor(sessionKey: Uint8Array) {
    const subkey = (use: string) => createHmac('sha256', sessionKey).update(`operation state ${use}`).digest();
    this.#sealing = subkey('sealing');
    this.#authenticating = subkey('authenticating');
  }

  sealedLength(length: number): number {
    return NONCE + length + MAC;
  }

  seal(state: Uint8Array): Uint8Array {
    const nonce = randomBytes(NONCE);
    const body = Buffer.concat([nonce, createCipheriv('aes-256-ctr', this.#sealing, nonce).update(state)]);
    return Buffer.concat([body, this.#mac(body)]);
  }

  /** undefined: not sealed here. */
  open(sealed: Uint8Array): Uint8Array | undefined {
    if (sealed.length < NONCE + MAC) return undefined;
    const end = sealed.length - MAC;
    const body = sealed.subarray(0, end);
    if (!timingSafeEqual(this.#mac(body), sealed.subarray(end))) return undefined;
    return createDecipheriv('aes-256-ctr', this.#sealing, body.subarray(0, NONCE)).update(body.subarray(NONCE));
  }

  #mac(body: Uint8Array): Uint8Array {
    return createHmac('sha256', this.#authenticating).update(body).digest();
  }
}
