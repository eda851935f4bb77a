// A digest in one call.

import { hash } from 'node:crypto';

/**
 * By way of text: the Buffer that Node makes for each digest costs more than hashing a short message does.
 * @param name OpenSSL's.
 */
export const digest = (name: string, data: Uint8Array): Uint8Array => Buffer.from(hash(name, data, 'hex'), 'hex');
