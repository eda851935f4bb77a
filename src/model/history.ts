// Where a key comes from, and what that makes of it: what the library alone knows of CKA_LOCAL and its like, and what a derived key
// takes over from the keys that it was derived from.

import { CK, CKA } from '../protocol/constants.ts';
import type { Attributes } from './attribute.ts';
import { boolBytes, isTrue, ulongBytes } from './attribute.ts';
import type { Shape } from './classes.ts';
import { ensure } from './error.ts';
import type { Way } from './rules.ts';

/** What beside the template decides: who asks, by which mechanism, from which keys. */
export interface Circumstances {
  readonly mechanism?: number;
  /** C_DeriveKey: the key that is derived from. */
  readonly base?: Attributes;
  /** The other key, of mechanisms that join two. */
  readonly second?: Attributes;
  /**
   * What a derived key takes over beside its history. 'protection': it is sensitive where a base key is, and not extractable where one is
   * not (joining, cutting and XORing keys: who reads the result reads the base). 'all': it has the base key's own values (SSL's and TLS's
   * key and MAC derivations). 'defaults': it has the base key's values where its template has none (SP 800-108's).
   */
  readonly inherits?: 'protection' | 'all' | 'defaults';
  /** The key is the other half of its base, and came into being with it (CKM_PUB_KEY_FROM_PRIV_KEY). */
  readonly otherHalf?: true;
  /** The SO is logged in (footnote 10). */
  readonly bySo?: boolean;
}

const UNAVAILABLE = ulongBytes(CK.UNAVAILABLE_INFORMATION);

const basesOf = ({ base, second }: Circumstances): readonly Attributes[] => [base, second].filter((key) => key !== undefined);

/** What `inherits` leaves a derived key no choice about. */
export function inherited(shape: Shape, circumstances: Circumstances): Attributes {
  const { inherits } = circumstances;
  if (inherits === undefined || inherits === 'defaults') return new Map();
  const bases = basesOf(circumstances);
  ensure(bases.length > 0, 'GENERAL_ERROR', 'nothing to inherit from');
  const sensitive = bases.some((base) => isTrue(base, CKA.SENSITIVE));
  const extractable = bases.every((base) => isTrue(base, CKA.EXTRACTABLE));
  // A data object has neither attribute: the base key's bytes would be anybody's to read.
  ensure(
    shape.rules.has(CKA.SENSITIVE) || (!sensitive && extractable),
    'TEMPLATE_INCONSISTENT',
    'what is made of a protected key can be protected',
  );
  const values = new Map<number, Uint8Array>();
  if (!shape.rules.has(CKA.SENSITIVE)) return values;
  if (sensitive || inherits === 'all') values.set(CKA.SENSITIVE, boolBytes(sensitive));
  if (!extractable || inherits === 'all') values.set(CKA.EXTRACTABLE, boolBytes(extractable));
  return values;
}

/** What `inherits` makes of a derived key where its template says nothing. */
export function inheritedDefaults({ rules }: Shape, { inherits, base }: Circumstances): Attributes {
  if (inherits !== 'defaults' || base === undefined) return new Map();
  const types = [CKA.SENSITIVE, CKA.EXTRACTABLE].filter((type) => rules.has(type));
  return new Map(types.map((type) => [type, boolBytes(isTrue(base, type))]));
}

/** Sets what no template may say. */
export function setHistory(object: Map<number, Uint8Array>, shape: Shape, way: Way, circumstances: Circumstances): void {
  const set = (type: number, value: Uint8Array): void => {
    if (shape.rules.has(type)) object.set(type, value);
  };
  const { mechanism } = circumstances;
  const bases = basesOf(circumstances);
  const generated = way === 'generate';
  // A derived key was never outside if no base key ever was; one that was created, unwrapped or encapsulated was.
  const since = (history: number): boolean =>
    generated || (way === 'derive' && bases.length > 0 && bases.every((base) => isTrue(base, history)));
  set(CKA.LOCAL, boolBytes(generated));
  const elder = circumstances.otherHalf ? circumstances.base?.get(CKA.KEY_GEN_MECHANISM) : undefined;
  set(CKA.KEY_GEN_MECHANISM, elder ?? (generated && mechanism !== undefined ? ulongBytes(mechanism) : UNAVAILABLE));
  set(CKA.ALWAYS_SENSITIVE, boolBytes(since(CKA.ALWAYS_SENSITIVE) && isTrue(object, CKA.SENSITIVE)));
  set(CKA.NEVER_EXTRACTABLE, boolBytes(since(CKA.NEVER_EXTRACTABLE) && !isTrue(object, CKA.EXTRACTABLE)));
}
