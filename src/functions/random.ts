// Random numbers (§5.20).

import { fillRandom, seedRandom } from '../mechanisms/random.ts';
import { ensure } from '../model/error.ts';
import { InPlace, type Maker } from '../protocol/codec.ts';
import { sessionOf } from '../token/context.ts';
import { EMPTY, type Handlers } from './handler.ts';

/** A reply that a frame can carry. */
const MOST = 128 * 1024 * 1024;

const generator: Maker = { put: (_, place) => fillRandom(place) };

export const random: Pick<Handlers, 'C_SeedRandom' | 'C_GenerateRandom'> = {
  C_SeedRandom: (context, { hSession, pSeed }) => {
    sessionOf(context, hSession);
    ensure(pSeed !== null, 'ARGUMENTS_BAD', 'no seed is given');
    seedRandom(pSeed);
    return undefined;
  },

  C_GenerateRandom: (context, { hSession, RandomData }) => {
    sessionOf(context, hSession);
    ensure(RandomData <= MOST, 'HOST_MEMORY', 'more random bytes than one call can carry');
    return { RandomData: new InPlace(RandomData, generator, EMPTY) };
  },
};
