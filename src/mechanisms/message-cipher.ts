// Messages of authenticated encryption: each with its own nonce, associated data and tag, under one key.

import type { CipherGCM } from 'node:crypto';
import { ensure } from '../model/error.ts';
import type { MechanismParameter, ReturnedStruct } from '../protocol/parameters.ts';
import { beginSealing, checkLength, open, type Sealed, type Setup, seal } from './aead.ts';
import { DECRYPTING, ENCRYPTING, type Faults, UNWRAPPING, WRAPPING } from './cipher.ts';
import { Held } from './held.ts';
import type { Key, Message, MessageCiphering, Operations } from './mechanism.ts';
import { type NonceAsked, Nonces, singleNonce } from './nonce.ts';

const EMPTY = new Uint8Array(0);

/** Only the message functions tell a wrong tag from other wrong data. */
const OPENING: Faults = { ...DECRYPTING, content: 'AEAD_DECRYPT_FAILED' };

/** What a message's parameter says, and how the nonce and the tag go back into it. */
export interface MessageParameter {
  readonly nonce: NonceAsked;
  readonly tag: Uint8Array | null;
  returned(nonce: Uint8Array, tag?: Uint8Array): ReturnedStruct;
}

export interface MessageScheme {
  read(parameter: MechanismParameter): MessageParameter;
  /** For one message with this parameter. */
  setup(key: Key, parameter: MechanismParameter, nonce: Uint8Array, aad: Uint8Array): Setup;
}

/** Encrypts as the parts come, where the algorithm can. */
class Sealing implements Message {
  readonly returned: ReturnedStruct;
  readonly #setup: Setup;
  readonly #state: CipherGCM | undefined;
  readonly #held = new Held();
  readonly #scheme: MessageScheme;
  #length = 0;

  constructor(setup: Setup, scheme: MessageScheme, returned: ReturnedStruct) {
    this.#setup = setup;
    this.#state = setup.inOnePiece ? undefined : beginSealing(setup, 0);
    this.#scheme = scheme;
    this.returned = returned;
  }
  size(length: number, isLast: boolean): number {
    return this.#state !== undefined ? length : isLast ? this.#held.length + length : 0;
  }
  next(part: Uint8Array): Uint8Array {
    if (this.#state !== undefined) return this.#streamed(this.#state, part);
    this.#held.update(part);
    return EMPTY;
  }
  last(part: Uint8Array, parameter: MechanismParameter): { data: Uint8Array; returned: ReturnedStruct } {
    const { data, tag } = this.#finished(part);
    return { data, returned: this.#scheme.read(parameter).returned(this.#setup.nonce, tag) };
  }
  #finished(part: Uint8Array): Sealed {
    const state = this.#state;
    if (state === undefined) return seal(this.#setup, Buffer.concat([this.#held.final(), part]), ENCRYPTING);
    const data = this.#streamed(state, part);
    state.final();
    return { data, tag: state.getAuthTag() };
  }
  #streamed(state: CipherGCM, part: Uint8Array): Uint8Array {
    this.#length += part.length;
    checkLength(this.#setup, this.#length, ENCRYPTING);
    return state.update(part);
  }
}

class Opening implements Message {
  readonly #setup: Setup;
  readonly #held = new Held();
  readonly #scheme: MessageScheme;

  constructor(setup: Setup, scheme: MessageScheme) {
    this.#setup = setup;
    this.#scheme = scheme;
  }
  size(length: number, isLast: boolean): number {
    return isLast ? this.#held.length + length : 0;
  }
  next(part: Uint8Array): Uint8Array {
    this.#held.update(part);
    return EMPTY;
  }
  last(part: Uint8Array, parameter: MechanismParameter): { data: Uint8Array } {
    const tag = tagOf(this.#scheme.read(parameter), this.#setup);
    const data = this.#held.length === 0 ? part : Buffer.concat([this.#held.final(), part]);
    return { data: open(this.#setup, { data, tag }, OPENING) };
  }
}

function tagOf({ tag }: MessageParameter, { tagLength }: Setup): Uint8Array {
  ensure(tag !== null && tag.length === tagLength, 'MECHANISM_PARAM_INVALID', 'the parameter holds no tag of the length that it says');
  return tag;
}

/** C_MessageEncryptInit's own parameter says nothing that the messages' do not say again. */
export const messages = (scheme: MessageScheme): Required<Pick<Operations, 'messageEncrypt' | 'messageDecrypt'>> => ({
  messageEncrypt(key): MessageCiphering {
    const nonces = new Nonces();
    return {
      size: (length) => length,
      begin(parameter, aad) {
        const read = scheme.read(parameter);
        const nonce = nonces.next(read.nonce);
        return new Sealing(scheme.setup(key, parameter, nonce, aad), scheme, read.returned(nonce));
      },
    };
  },
  messageDecrypt: (key): MessageCiphering => ({
    size: (length) => length,
    begin: (parameter, aad) => new Opening(scheme.setup(key, parameter, scheme.read(parameter).nonce.given, aad), scheme),
  }),
});

/** C_WrapKeyAuthenticated: a key as one message, its tag in the parameter. */
export const authenticatedWrapping = (
  scheme: MessageScheme,
): Required<Pick<Operations, 'wrapKeyAuthenticated' | 'unwrapKeyAuthenticated'>> => ({
  wrapKeyAuthenticated(key, parameter, material, aad) {
    const read = scheme.read(parameter);
    const nonce = singleNonce(read.nonce);
    const { data, tag } = seal(scheme.setup(key, parameter, nonce, aad), material, WRAPPING);
    return { wrapped: data, returned: read.returned(nonce, tag) };
  },
  unwrapKeyAuthenticated(key, parameter, wrapped, aad) {
    const read = scheme.read(parameter);
    const setup = scheme.setup(key, parameter, read.nonce.given, aad);
    return open(setup, { data: wrapped, tag: tagOf(read, setup) }, UNWRAPPING);
  },
});
