// Random valid operations, done by two modules and where it can by OpenSSL: what is deterministic must come out equal, what is not must
// be taken by the others.
import * as fc from 'fast-check';
import type { CKM } from '../../src/protocol/constants.ts';
import type { User } from '../support/operations.ts';
import { differences } from './differences.ts';

export type CkmName = keyof typeof CKM;
export type Party = 'strongroom' | 'softhsm';
export type Parties = Readonly<Record<Party, User>>;

export interface Row {
  readonly title: string;
  readonly mechanisms: readonly CkmName[];
  readonly property: (parties: Parties) => fc.IProperty<unknown>;
  /** A run takes as long as this many of others. */
  readonly cost: number;
}

interface Description<T> {
  readonly title: string;
  readonly mechanisms: readonly CkmName[];
  readonly draw: fc.Arbitrary<T>;
  readonly check: (parties: Parties, drawn: T) => void;
  readonly cost?: number;
}

export const row = <T>({ title, mechanisms, draw, check, cost = 1 }: Description<T>): Row => ({
  title,
  mechanisms,
  cost,
  property: (parties) =>
    fc.property(draw, (drawn) => {
      try {
        check(parties, drawn);
      } finally {
        for (const user of Object.values(parties)) user.clear();
      }
    }),
});

export const bytes = (least: number, most: number): fc.Arbitrary<Uint8Array> => fc.uint8Array({ minLength: least, maxLength: most });

const entries = (parties: Parties) => Object.entries(parties) as [Party, User][];

export const say = <T>(what: string, act: () => T): T => {
  try {
    return act();
  } catch (error) {
    throw new Error(`${what}: ${(error as Error).message}`, { cause: error });
  }
};

/** What everybody makes of the same; `openssl` is what it should be, where OpenSSL can tell. */
export const same = (parties: Parties, make: (user: User, name: Party) => Uint8Array, openssl?: Uint8Array): Buffer => {
  const made = entries(parties).map(([name, user]): [string, Buffer] => [name, Buffer.from(say(name, () => make(user, name)))]);
  if (openssl) made.push(['openssl', Buffer.from(openssl)]);
  const [[, first]] = made as [[string, Buffer]];
  if (made.some(([, value]) => !value.equals(first))) {
    throw new Error(made.map(([name, value]) => `${name}: ${value.toString('hex')}`).join('\n'));
  }
  return first;
};

/** Everybody makes one, and everybody takes everybody's. */
export const mutual = <T>(parties: Parties, make: (user: User, name: Party) => T, take: (user: User, made: T) => void): T[] =>
  entries(parties).map(([maker, user]) => {
    const made = say(`${maker} makes`, () => make(user, maker));
    for (const [taker, other] of entries(parties)) say(`${taker} takes ${maker}'s`, () => take(other, made));
    return made;
  });

export const must = (condition: boolean, what: string): void => {
  if (!condition) throw new Error(what);
};

/** One bit is another. */
export const altered = (value: Uint8Array): Buffer => {
  const copy = Buffer.from(value);
  copy[copy.length >> 1]! ^= 1;
  return copy;
};

export interface Outcome {
  readonly title: string;
  readonly runs: number;
  /** Why the two are known to differ; such a row passes as long as they do. */
  readonly known: string | undefined;
  readonly passed: boolean;
  /** What differed, shrunk, and how to see it again. */
  readonly report: string;
}

export const compare = ({ title, cost, property }: Row, parties: Parties, runs: number, seed: number): Outcome => {
  const details = fc.check(property(parties), { numRuns: Math.ceil(runs / cost), seed });
  const report = () => `${(details.errorInstance as Error).message}\nof ${fc.stringify(details.counterexample)} (seed ${seed})`;
  const known = differences[title];
  const passed = details.failed === (known !== undefined);
  return { title, runs: details.numRuns, known, passed, report: details.failed ? report() : 'nothing differs' };
};
