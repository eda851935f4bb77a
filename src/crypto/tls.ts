// The pseudorandom functions of TLS: 1.2's, of any hash (RFC 5246 §5), and 1.0's, of two at once (RFC 2246 §5); and SSL 3.0's expansion.

import { createSecretKey } from 'node:crypto';
import { digest } from './digest.ts';
import { hmac } from './hmac.ts';

function expanded(hash: string, secret: Uint8Array, seed: Uint8Array, length: number): Uint8Array {
  const key = createSecretKey(secret);
  const blocks: Uint8Array[] = [];
  let chained = hmac(hash, key, seed);
  for (let made = 0; made < length; made += blocks.at(-1)!.length) {
    blocks.push(hmac(hash, key, chained, seed));
    chained = hmac(hash, key, chained);
  }
  return Buffer.concat(blocks).subarray(0, length);
}

/** @param hash undefined: TLS 1.0's and 1.1's function. */
export function tlsPrf(hash: string | undefined, secret: Uint8Array, label: Uint8Array, seed: Uint8Array, length: number): Uint8Array {
  const data = Buffer.concat([label, seed]);
  if (hash !== undefined) return expanded(hash, secret, data, length);
  const half = Math.ceil(secret.length / 2);
  const [first, second] = [secret.subarray(0, half), secret.subarray(secret.length - half)];
  const other = expanded('sha1', second, data, length);
  return expanded('md5', first, data, length).map((byte, i) => byte ^ other[i]!);
}

/** MD5(secret || SHA1('A' || secret || seed)) || MD5(secret || SHA1('BB' || ... (RFC 6101 §6.1). */
export function sslExpanded(secret: Uint8Array, seed: Uint8Array, length: number): Uint8Array {
  const blocks: Uint8Array[] = [];
  for (let n = 1; 16 * blocks.length < length; n++) {
    const salt = new Uint8Array(n).fill(0x40 + n);
    blocks.push(digest('md5', Buffer.concat([secret, digest('sha1', Buffer.concat([salt, secret, seed]))])));
  }
  return Buffer.concat(blocks).subarray(0, length);
}

/** RFC 6101 §5.2.3.1: before there was HMAC. */
export function sslMac(hash: 'md5' | 'sha1', secret: Uint8Array, data: Uint8Array): Uint8Array {
  const pad = (byte: number): Uint8Array => new Uint8Array(hash === 'md5' ? 48 : 40).fill(byte);
  const inner = digest(hash, Buffer.concat([secret, pad(0x36), data]));
  return digest(hash, Buffer.concat([secret, pad(0x5c), inner]));
}
