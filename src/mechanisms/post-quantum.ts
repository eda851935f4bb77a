// ML-DSA (FIPS 204) and SLH-DSA (FIPS 205): over the message, over a hash that the application took, and over one taken here.

import { objectIdentifier } from '../crypto/key-der.ts';
import { type PostQuantumVariant, signPostQuantum, verifyPostQuantum } from '../crypto/native.ts';
import { type Attributes, ulongOf } from '../model/attribute.ts';
import { ensure } from '../model/error.ts';
import { CKA, CKH, CKK, CKM } from '../protocol/constants.ts';
import type { MechanismParameter } from '../protocol/parameters.ts';
import { type Hash, hashes } from './hashes.ts';
import { asGiven, hashed } from './intake.ts';
import type { Mechanism, Row } from './mechanism.ts';
import { noParameter, structParameter } from './parameter.ts';
import {
  generatePostQuantumPair,
  mlDsa,
  type PostQuantum,
  type PostQuantumKey,
  postQuantumPrivate,
  postQuantumPublic,
  slhDsa,
} from './post-quantum-key.ts';
import { type Family, type Scheme, signature } from './signature.ts';

const EMPTY = new Uint8Array(0);

/** What is hashed before: FIPS 204 §5.4.1 and FIPS 205 §10.2.2 name it by its object identifier. */
interface PreHash {
  readonly name: string;
  readonly size: number;
  readonly identifier: Uint8Array;
}
const preHash = ({ name, size, algorithm }: Hash): PreHash => ({ name, size, identifier: algorithm[0]! });

const preHashes = {
  SHA224: preHash(hashes.SHA224),
  SHA256: preHash(hashes.SHA256),
  SHA384: preHash(hashes.SHA384),
  SHA512: preHash(hashes.SHA512),
  SHA3_224: preHash(hashes.SHA3_224),
  SHA3_256: preHash(hashes.SHA3_256),
  SHA3_384: preHash(hashes.SHA3_384),
  SHA3_512: preHash(hashes.SHA3_512),
  SHAKE128: { name: 'shake128-256', size: 32, identifier: objectIdentifier('60864801650304020b') },
  SHAKE256: { name: 'shake256-512', size: 64, identifier: objectIdentifier('60864801650304020c') },
} as const satisfies Record<string, PreHash>;
const preHashNames = Object.keys(preHashes) as (keyof typeof preHashes)[];

/** CK_HASH_SIGN_ADDITIONAL_CONTEXT's hash: SHAKE's digests have no number. */
const byDigest: ReadonlyMap<number, PreHash> = new Map(
  Object.values<Hash>(hashes)
    .filter(({ name }) => name.startsWith('sha') && name !== 'sha1')
    .map((hash) => [hash.digest, preHash(hash)]),
);

interface Context {
  readonly context: Uint8Array;
  readonly deterministic: boolean;
}
const USUAL: Context = { context: EMPTY, deterministic: false };

function contextOf({ hedgeVariant, pContext }: { hedgeVariant: number; pContext: Uint8Array | null }): Context {
  const context = pContext ?? EMPTY;
  ensure(context.length <= 255, 'MECHANISM_PARAM_INVALID', 'a context of more than 255 bytes');
  const known = [CKH.HEDGE_PREFERRED, CKH.HEDGE_REQUIRED, CKH.DETERMINISTIC_REQUIRED].some((each) => each === hedgeVariant);
  ensure(known, 'MECHANISM_PARAM_INVALID', 'no such way of hedging');
  return { context, deterministic: hedgeVariant === CKH.DETERMINISTIC_REQUIRED };
}

function optionalContext(parameter: MechanismParameter): Context {
  if (parameter === null || (parameter instanceof Uint8Array && parameter.length === 0)) return USUAL;
  return contextOf(structParameter(parameter, 'CK_SIGN_ADDITIONAL_CONTEXT'));
}

const over = (variant: PostQuantumVariant): Scheme<PostQuantumKey> => ({
  sign: ({ native }, message, out) => signPostQuantum(native, message, out, variant),
  verify: ({ native }, message, given) => verifyPostQuantum(native, message, given, variant),
});

/** The message as HashML-DSA and HashSLH-DSA have it: marked as hashed, with its context and the hash's name. */
function overHash({ context, deterministic }: Context, { size, identifier }: PreHash): Scheme<PostQuantumKey> {
  const raw = over({ context: EMPTY, encoded: true, deterministic });
  const encoded = (digest: Uint8Array): Uint8Array => {
    ensure(digest.length === size, 'DATA_LEN_RANGE', 'the data is not as long as its hash');
    return Buffer.concat([Uint8Array.of(1, context.length), context, identifier, digest]);
  };
  return {
    sign: (key, digest, out) => raw.sign(key, encoded(digest), out),
    verify: (key, digest, given) => raw.verify(key, encoded(digest), given),
  };
}

const family = (of: PostQuantum, scheme: (parameter: MechanismParameter) => Scheme<PostQuantumKey>): Family<PostQuantumKey> => ({
  private: postQuantumPrivate(of),
  public: postQuantumPublic(of),
  scheme,
});

const pure = (of: PostQuantum) => family(of, (parameter) => over({ ...optionalContext(parameter), encoded: false }));

const hashedBefore = (of: PostQuantum) =>
  family(of, (parameter) => {
    const read = structParameter(parameter, 'CK_HASH_SIGN_ADDITIONAL_CONTEXT');
    const hash = byDigest.get(read.hash);
    ensure(hash !== undefined, 'MECHANISM_PARAM_INVALID', 'a hash that there is not');
    return overHash(contextOf(read), hash);
  });

const hashedHere = (of: PostQuantum, hash: PreHash) => family(of, (parameter) => overHash(optionalContext(parameter), hash));

/** SLH-DSA makes its small signatures in hundreds of milliseconds, and its fast ones in tens. */
const isSlow = (key: Attributes): boolean => ulongOf(key, CKA.KEY_TYPE) === CKK.SLH_DSA;

const mechanism = ({ keyType, sizes }: PostQuantum, operations: Mechanism['operations']): Mechanism => ({
  keyType,
  keySize: sizes,
  isSlow,
  operations,
});

function rows(of: PostQuantum, name: 'ML_DSA' | 'SLH_DSA'): Row[] {
  return [
    [
      CKM[`${name}_KEY_PAIR_GEN`],
      mechanism(of, {
        generateKeyPair(publicTemplate, _privateTemplate, parameter, slow) {
          noParameter(parameter);
          return generatePostQuantumPair(of, publicTemplate, (set) => slow.compute('keyPair', set));
        },
      }),
    ],
    [CKM[name], mechanism(of, signature(pure(of), asGiven))],
    [CKM[`HASH_${name}`], mechanism(of, signature(hashedBefore(of), asGiven))],
    ...preHashNames.map((hash): Row => {
      const operations = signature(hashedHere(of, preHashes[hash]), hashed(preHashes[hash]));
      return [CKM[`HASH_${name}_${hash}`], mechanism(of, operations)];
    }),
  ];
}

export const postQuantumMechanisms: readonly Row[] = [...rows(mlDsa, 'ML_DSA'), ...rows(slhDsa, 'SLH_DSA')];
