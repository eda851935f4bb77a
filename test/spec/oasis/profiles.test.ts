// The profiles that a token claims (CKO_PROFILE), each proved: by its mandatory test case, or, where it has none, by its conditions.

import { createHmac } from 'node:crypto';
import { describe, expect, test as plain } from 'vitest';
import { CKA, CKF, CKK, CKM, CKO, CKP } from '../../../src/protocol/constants.ts';
import { profiles } from '../../../src/token/profiles.ts';
import { call, made, mechanism, read, structure, template, ulong } from '../../support/cryptoki.ts';
import { logIn, type Token, visit } from '../../support/module.ts';
import { test } from '../../support/token.ts';
import { calls, type Reply } from './calls.ts';
import { filled, Judge, LISTS, type Own, type Symbols } from './judge.ts';
import { type Exchange, exchangesOf, type Item, present, testCases } from './messages.ts';
import { certificates, keyPair, mechanisms, type Prepare, provider } from './preparation.ts';

/** Makes each call of a test case; `hear` has the answers before the next call takes their values. */
function play(exchanges: readonly Exchange[], symbols: Symbols, hear: (exchange: Exchange, reply: Reply) => void): void {
  try {
    for (const { request, answer } of exchanges) {
      const sent = filled(request, symbols);
      hear({ request: sent, answer }, calls[sent.name]!(sent));
    }
  } finally {
    // Where it ended in the middle; otherwise this is one too many, and is told so.
    call('C_Finalize', null);
  }
}

/** Plays a test case on a token that was prepared for it, and fails with every difference. */
const plays =
  (testCase: string, own: Own, prepare: Prepare = () => ({})) =>
  (token: Token): void => {
    const exchanges = exchangesOf(testCase);
    const expected = { ...own, ...visit((module) => prepare(module, logIn(module, token), exchanges)) };
    const symbols = new Map([['Pin', token.pin]]);
    const judge = new Judge(symbols, expected);
    play(exchanges, symbols, (exchange, reply) => judge.judge(exchange, reply));
    expect(judge.differences).toEqual([]);
    expect([...judge.used].toSorted()).toEqual(Object.keys(expected).toSorted());
  };

/** Each answer of a test case with one of its values written otherwise; those that a symbol stands for have none to change. */
function* changed(item: Item): Generator<Item> {
  const { attributes, items } = item;
  for (const name of ['rv', 'value', 'length', 'type'] as const) {
    const text = attributes[name];
    if (text !== undefined && !text.startsWith('${')) yield { ...item, attributes: { ...attributes, [name]: `${text}7` } };
  }
  for (const [at, inner] of items.entries()) for (const other of changed(inner)) yield { ...item, items: items.with(at, other) };
  if (items.length > 0 && !LISTS.has(item.name)) yield { ...item, items: items.slice(1) };
}

test.runIf(present)('an answer that is not the test case’s is told from one that is', ({ token }) => {
  const symbols = new Map([['Pin', token.pin]]);
  let changes = 0;
  play(exchangesOf('EXT-M-1-32.xml'), symbols, ({ request, answer }, reply) => {
    new Judge(symbols, {}).judge({ request, answer }, reply);
    const verdict = verdictOn({ request, answer }, reply);
    for (const other of changed(answer)) {
      changes += 1;
      expect(verdictOn({ request, answer: other }, reply), JSON.stringify(other)).not.toEqual(verdict);
    }
  });
  expect(changes).toBeGreaterThan(50);
});

/** A text that is no value of its kind is refused before it is compared. */
function verdictOn(exchange: Exchange, reply: Reply): readonly string[] {
  const judge = new Judge(new Map(), {});
  try {
    judge.judge(exchange, reply);
    return judge.differences;
  } catch (error) {
    return [(error as Error).message];
  }
}

/** Its data may be of any length that CKA_VALUE_LEN says; the standard's IVs have 12 bytes. */
const purposes = [
  ['tls iv', 12],
  ['tls quic iv', 12],
  ['tls iv', 300],
] as const;

/** §5.6, 7: no derivation is refused for one of these pInfo: CKA_VALUE_LEN in two bytes, the purpose, a zero. */
function derivesForTls(token: Token): void {
  visit((module) => {
    const session = logIn(module, token);
    const secret = Buffer.alloc(32, 7);
    const base = { [CKA.CLASS]: CKO.SECRET_KEY, [CKA.KEY_TYPE]: CKK.HKDF, [CKA.DERIVE]: true, [CKA.VALUE]: secret };
    const key = made('C_CreateObject', read(session), ...template(base));
    for (const [purpose, size] of purposes) {
      const info = Buffer.concat([Buffer.of(size >> 8, size & 0xff), Buffer.from(`${purpose}\0`)]);
      const parameters = structure('CK_HKDF_PARAMS', [false, true, CKM.SHA256, CKF.HKDF_SALT_NULL, null, 0, 0, info, info.length]);
      const wanted = template({ [CKA.CLASS]: CKO.DATA, [CKA.VALUE_LEN]: size });
      const data = made('C_DeriveKey', read(session), mechanism(CKM.HKDF_DATA, parameters), key, ...wanted);
      const [attribute] = module.C_GetAttributeValue(session, ulong(data), [{ type: CKA.VALUE }]);
      expect(attribute?.value, `${purpose} of ${size}`).toEqual(expanded(secret, info, size));
    }
  });
}

/** HKDF-Expand (RFC 5869 §2.3). */
function expanded(key: Buffer, info: Buffer, size: number): Buffer {
  const blocks = [Buffer.alloc(0)];
  while (blocks.length * 32 < size + 32) {
    const hmac = createHmac('sha256', key);
    blocks.push(hmac.update(blocks.at(-1)!).update(info).update(Buffer.of(blocks.length)).digest());
  }
  return Buffer.concat(blocks).subarray(0, size);
}

interface Proof {
  /** The test case of the Profiles' "Mandatory Test Cases"; HKDF TLS Token has none. */
  readonly testCase?: string;
  readonly prove: (token: Token) => void;
}

const mandatory = (testCase: string, own: Own, prepare?: Prepare): Proof => ({ testCase, prove: plays(testCase, own, prepare) });

/** Whoever claims a profile proves it here. */
const proofs: Readonly<Record<number, Proof>> = {
  [CKP.BASELINE_PROVIDER]: mandatory('BL-M-1-32.xml', provider),
  [CKP.EXTENDED_PROVIDER]: mandatory('EXT-M-1-32.xml', { ...provider, ...mechanisms }),
  [CKP.AUTHENTICATION_TOKEN]: mandatory('AUTH-M-1-32.xml', {}, keyPair),
  [CKP.PUBLIC_CERTIFICATES_TOKEN]: mandatory('CERT-M-1-32.xml', {}, certificates),
  [CKP.HKDF_TLS_TOKEN]: { prove: derivesForTls },
};

const nameOf = (profile: number): string => Object.entries(CKP).find(([, value]) => value === profile)![0];

describe('a profile is claimed because', () => {
  for (const profile of profiles) {
    const { testCase, prove } = proofs[profile] ?? { prove: () => expect.unreachable(`nothing proves ${nameOf(profile)}`) };
    const needsFile = testCase !== undefined;
    describe.runIf(present || !needsFile)(nameOf(profile), () => {
      test(needsFile ? `its mandatory test case passes: ${testCase}` : 'its conditions are met', ({ token }) => prove(token));
    });
  }
});

plain.runIf(present)('every mandatory test case there is proves a claimed profile', () => {
  expect(profiles.map((profile) => proofs[profile]?.testCase).filter((name) => name !== undefined)).toEqual(
    expect.arrayContaining([...testCases]),
  );
});

test('a token’s profile objects are the claimed profiles', ({ module, session }) => {
  module.C_FindObjectsInit(session, [{ type: CKA.CLASS, value: CKO.PROFILE }]);
  const found = module.C_FindObjects(session, 100);
  const ids = found.map((object) => read(module.C_GetAttributeValue(session, object, [{ type: CKA.PROFILE_ID }])[0]!.value as Buffer));
  expect(ids.toSorted()).toEqual([...profiles].toSorted());
});
