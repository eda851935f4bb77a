// The keys that open what is stored: one pair a token. The open ones are there as long as the token is; the secret ones arrive with a
// login and go when nobody is logged in any more.

import { ensure } from '../model/error.ts';
import type { TokenKeys } from '../store/vault.ts';
import { forgetKeys, openKeys, tokenKeys } from '../store/vault.ts';

export interface SlotKeys {
  readonly open: TokenKeys;
  readonly secret?: TokenKeys;
}

export class Keyring {
  readonly #storeKey: Uint8Array;
  readonly #slots = new Map<number, SlotKeys & { serial: string }>();
  readonly #session: SlotKeys;

  /** @param sessionKey of this engine's life only: it seals session objects. */
  constructor(storeKey: Uint8Array, sessionKey: Uint8Array) {
    this.#storeKey = storeKey;
    const keys = tokenKeys(sessionKey, 'session objects');
    this.#session = { open: keys, secret: keys };
  }

  forObjects(slot: number, serial: string, onToken: boolean): SlotKeys {
    if (!onToken) return this.#session;
    const known = this.#slots.get(slot);
    if (known?.serial === serial) return known;
    const keys = { serial, open: openKeys(this.#storeKey, serial) };
    this.#slots.set(slot, keys);
    return keys;
  }

  loggedIn(slot: number, serial: string, masterKey: Uint8Array): void {
    const { open } = this.forObjects(slot, serial, true);
    this.#slots.set(slot, { serial, open, secret: tokenKeys(masterKey, serial) });
  }

  loggedOut(slot: number): void {
    const known = this.#slots.get(slot);
    if (known === undefined) return;
    if (known.secret) forgetKeys(known.secret);
    this.#slots.set(slot, { serial: known.serial, open: known.open });
  }
}

/** @throws CKR_USER_NOT_LOGGED_IN: the login ended between the check and this. */
export function secretOf(keys: SlotKeys): TokenKeys {
  ensure(keys.secret !== undefined, 'USER_NOT_LOGGED_IN', 'the keys of the token are not at hand');
  return keys.secret;
}
