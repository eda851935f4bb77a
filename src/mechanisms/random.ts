// The random numbers that every key is made of: OpenSSL's, which seeds itself.

import { fillRandom as fill, seedGenerator } from '../crypto/native.ts';

/** OpenSSL has a generator for each thread. */
export const fillRandom = (place: Uint8Array): void => fill(place);

/** Mixed in, and trusted for nothing. */
export const seedRandom = (seed: Uint8Array): void => seedGenerator(seed);
