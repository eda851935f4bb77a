// What the figures' names are called on the page.

import { HSMSPEED, LIMIT, OURS, THEIRS } from '../../test/bench/speed-result.ts';

export const TITLES: Readonly<Record<string, string>> = { [OURS]: 'Strongroom', [THEIRS]: 'SoftHSM', [LIMIT]: 'OpenSSL alone' };

const NAMES: Readonly<Record<string, string>> = {
  [HSMSPEED]: 'ods-hsmspeed, RSA-2048',
  'rsa-2048': 'RSA-2048',
  'p-256': 'P-256',
  ed25519: 'Ed25519',
  'hmac-sha256': 'HMAC-SHA256, 256 bytes',
  'aes-gcm': 'AES-256-GCM, 1 KiB',
  attribute: 'C_GetAttributeValue',
  find: 'C_FindObjects by CKA_ID',
  'create-aes': 'durable creation of an AES key',
};

/** Where a drawing has no room for more. */
const SHORT: Readonly<Record<string, string>> = {
  'hmac-sha256': 'HMAC',
  'aes-gcm': 'AES-GCM',
  attribute: 'attribute',
  find: 'find',
};

export const shortNameOf = (operation: string): string => SHORT[operation] ?? nameOf(operation);

/** As the meter calls it, where no other name is given. */
export const nameOf = (operation: string): string => NAMES[operation] ?? operation;

export const NOT_MEASURED = '*Not measured yet.*';
