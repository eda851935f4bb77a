// Message authentication codes as OpenSSL makes them.

import type { KeyObject } from 'node:crypto';
import * as crypto from 'node:crypto';
import { forgetHmac, loadMac, macWhole, type NativeMac } from './native.ts';

export interface MacState {
  update(part: Uint8Array): unknown;
  final(): Uint8Array;
}

type CreateMac = (name: 'cmac' | 'gmac' | 'poly1305', key: KeyObject, options?: { cipher?: string; iv?: Uint8Array }) => MacState;

/** Node 26 has it; its types do not yet. */
export const { createMac } = crypto as unknown as { createMac: CreateMac };

/** For data in one piece: a context that keeps its key. */
export class KeptMac {
  readonly #native: NativeMac;
  readonly #size: number;

  /** @param name OpenSSL's, of the hash or the cipher. @param key where it is bytes, they are zeroed. @param size bytes of the whole code. */
  constructor(kind: 'HMAC' | 'CMAC', name: string, key: KeyObject | Uint8Array, size: number) {
    const bytes = key instanceof Uint8Array ? key : key.export();
    this.#native = loadMac(kind, name, bytes);
    bytes.fill(0);
    this.#size = size;
  }

  /** @param place what is longer is cut. */
  put(data: Uint8Array, place: Uint8Array): void {
    if (place.length === this.#size) macWhole(this.#native, data, place);
    else place.set(this.code(data).subarray(0, place.length));
  }

  /** Clears the key of an HMAC. */
  forget(): void {
    forgetHmac(this.#native);
  }

  /** Good until the next one. */
  code(data: Uint8Array): Uint8Array {
    macWhole(this.#native, data, code);
    return code.subarray(0, this.#size);
  }
}

const code = new Uint8Array(new ArrayBuffer(64));
