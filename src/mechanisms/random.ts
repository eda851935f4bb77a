// The random numbers that every key is made of: OpenSSL's, which seeds itself.

import { seedGenerator } from '../crypto/native.ts';

/** Mixed in, and trusted for nothing. */
export const seedRandom = (seed: Uint8Array): void => seedGenerator(seed);
