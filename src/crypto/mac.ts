// Message authentication codes that OpenSSL makes of a cipher.

import type { KeyObject } from 'node:crypto';
import * as crypto from 'node:crypto';

export interface MacState {
  update(part: Uint8Array): unknown;
  final(): Uint8Array;
}

type CreateMac = (name: 'cmac' | 'gmac' | 'poly1305', key: KeyObject, options?: { cipher?: string; iv?: Uint8Array }) => MacState;

/** Node 26 has it; its types do not yet. */
export const { createMac } = crypto as unknown as { createMac: CreateMac };
