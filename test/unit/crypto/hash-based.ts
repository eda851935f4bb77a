// Known answers: RFC 8554 appendix F and draft-fluhrer-lms-more-parm-sets (verification); keys and signatures of the reference
// implementations (cisco/hash-sigs, XMSS's authors'), as the test data of Botan and liboqs have them.

import { readFileSync } from 'node:fs';

interface Signed {
  readonly name: string;
  readonly publicKey: Uint8Array;
  readonly message: Uint8Array;
  readonly signature: Uint8Array;
}
/** One tree from a seed (appendix A). `signatureHash`: SHA-256 of the LMS signature, its randomizer made from the seed too. */
interface Seeded {
  readonly seed: Uint8Array;
  readonly q: number;
  readonly publicKey: Uint8Array;
  readonly message: Uint8Array;
  readonly signatureHash: Uint8Array;
}

type Written<T> = { readonly [N in keyof T]: T[N] extends Uint8Array ? string : T[N] };
type Kinds = { readonly hss: Signed; readonly lms: Seeded; readonly xmss: Signed; readonly xmssMt: Signed };

const text = readFileSync(new URL('./hash-based.json', import.meta.url), 'utf8');
const written = JSON.parse(text) as { readonly [K in keyof Kinds]: readonly Written<Kinds[K]>[] };

const bytes = (value: unknown, name: string): unknown =>
  typeof value === 'string' && name !== 'name' ? new Uint8Array(Buffer.from(value, 'base64')) : value;

export const vectors = <K extends keyof Kinds>(kind: K): Kinds[K][] =>
  written[kind].map(
    (row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, bytes(value, name)])) as unknown as Kinds[K],
  );
