// DSA and Diffie-Hellman keys: from their attributes and back, completed when an application brings them, generated.

import {
  type Domain,
  type FieldKind,
  fieldKinds,
  fieldPkcs8,
  fieldSpki,
  powerOf,
  publicNumber,
  randomBelow,
  randomOf,
  readFieldKey,
} from '../crypto/finite-field.ts';
import { bitLength } from '../crypto/rsa.ts';
import { type Attributes, readUlong, type Template, ulongBytes } from '../model/attribute.ts';
import { ensure } from '../model/error.ts';
import { CKA, CKK, CKO } from '../protocol/constants.ts';
import { contribute, type Draft, drafted } from './contribute.ts';
import type { PrivateForm } from './form.ts';
import { attribute, given, required } from './key.ts';
import type { MadePair } from './mechanism.ts';

/** One of the three, by its key type. */
export interface FieldType {
  readonly keyType: number;
  readonly kind: FieldKind;
}
export const dsaType: FieldType = { keyType: CKK.DSA, kind: fieldKinds.DSA };
export const dhType: FieldType = { keyType: CKK.DH, kind: fieldKinds.DH };
export const x942Type: FieldType = { keyType: CKK.X9_42_DH, kind: fieldKinds.X9_42_DH };

/** Bits of a prime, from and to: OpenSSL's limits. */
export const fieldSizes = [512, 8192] as const;

const attributeOf = { p: CKA.PRIME, q: CKA.SUBPRIME, g: CKA.BASE } as const;

const domainOf = ({ kind }: FieldType, numberOf: (type: number) => Uint8Array): Domain =>
  Object.fromEntries(kind.order.map((name) => [name, numberOf(attributeOf[name])])) as unknown as Domain;

export const domainIn = (of: FieldType, attributes: Attributes): Domain => domainOf(of, (type) => attribute(attributes, type));

const entries = ({ kind }: FieldType, domain: Domain) => kind.order.map((name) => [attributeOf[name], domain[name]!] as const);

/** Bounded before any arithmetic: hostile numbers must not keep this worker busy. */
function checkDomain({ p, q, g }: Domain, wrong: 'ATTRIBUTE_VALUE_INVALID' | 'DOMAIN_PARAMS_INVALID'): void {
  const bits = bitLength(p);
  const odd = bits >= fieldSizes[0] && bits <= fieldSizes[1] && p.at(-1)! % 2 === 1;
  const orderFits = q === undefined || (bitLength(q) >= 160 && bitLength(q) < bits && q.at(-1)! % 2 === 1);
  ensure(odd && orderFits && bitLength(g) > 1 && bitLength(g) <= bits, wrong, 'the domain parameters are out of range');
}

export const fieldForm = (of: FieldType): PrivateForm => ({
  write: (attributes) => fieldPkcs8(of.kind, domainIn(of, attributes), attribute(attributes, CKA.VALUE)),
  read(info) {
    const key = readFieldKey(of.kind, info);
    return key && [...entries(of, key.domain), [CKA.VALUE, key.x]];
  },
  publicOf(attributes, key) {
    const y = publicNumber(key);
    ensure(y !== undefined, 'KEY_TYPE_INCONSISTENT', 'the private key does not say which public key is its own');
    return [...entries(of, domainIn(of, attributes)), [CKA.VALUE, y]];
  },
});

export const completeFieldPublic = (of: FieldType) => (draft: Draft) => {
  const domain = domainOf(of, (type) => drafted(draft, type));
  checkDomain(domain, 'ATTRIBUTE_VALUE_INVALID');
  const y = drafted(draft, CKA.VALUE);
  const fits = bitLength(y) > 1 && bitLength(y) <= bitLength(domain.p);
  ensure(fits, 'ATTRIBUTE_VALUE_INVALID', 'CKA_VALUE is no public value of the domain parameters');
  contribute(draft, CKA.PUBLIC_KEY_INFO, fieldSpki(of.kind, domain, y));
};

export const completeFieldPrivate = (of: FieldType) => (draft: Draft) => {
  const domain = domainOf(of, (type) => drafted(draft, type));
  checkDomain(domain, 'ATTRIBUTE_VALUE_INVALID');
  const x = drafted(draft, CKA.VALUE);
  const bits = bitLength(x);
  const y = bits > 0 && bits <= bitLength(domain.q ?? domain.p) ? powerOf(domain, x) : undefined;
  ensure(y !== undefined, 'ATTRIBUTE_VALUE_INVALID', 'CKA_VALUE is no private value of the domain parameters');
  contribute(draft, CKA.PUBLIC_KEY_INFO, fieldSpki(of.kind, domain, y));
};

/** A private value: as long as asked for (PKCS#3), or anything below the order or the prime. */
function privateValue({ p, q }: Domain, privateTemplate: Template): Uint8Array {
  if (q !== undefined) return randomBelow(q);
  const asked = given(privateTemplate, CKA.VALUE_BITS);
  if (asked === undefined) return randomBelow(p);
  const bits = readUlong(asked);
  ensure(bits >= 160 && bits < bitLength(p), 'ATTRIBUTE_VALUE_INVALID', 'CKA_VALUE_BITS is below 160, or not below the prime');
  return randomOf(bits);
}

export function generateFieldPair(of: FieldType, publicTemplate: Template, privateTemplate: Template): MadePair {
  const domain = domainOf(of, (type) => required(publicTemplate, type));
  checkDomain(domain, 'DOMAIN_PARAMS_INVALID');
  const x = privateValue(domain, privateTemplate);
  const y = powerOf(domain, x);
  ensure(y !== undefined, 'DOMAIN_PARAMS_INVALID', 'OpenSSL takes the domain parameters for none');
  const common = [
    [CKA.KEY_TYPE, ulongBytes(of.keyType)],
    ...entries(of, domain),
    [CKA.PUBLIC_KEY_INFO, fieldSpki(of.kind, domain, y)],
  ] as const;
  return {
    publicKey: new Map([...common, [CKA.CLASS, ulongBytes(CKO.PUBLIC_KEY)], [CKA.VALUE, y]]),
    privateKey: new Map([...common, [CKA.CLASS, ulongBytes(CKO.PRIVATE_KEY)], [CKA.VALUE, x]]),
  };
}
