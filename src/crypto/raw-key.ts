// The private keys of RFC 8410: any string of its curve's length, in an OCTET STRING, under the curve's own object identifier.

import { contentOf, octetString, TAG } from './der.ts';
import { type PrivateKeyInfo, pkcs8, spki } from './key-der.ts';

interface RawCurve {
  readonly oid: Uint8Array;
}

export const rawPkcs8 = ({ oid }: RawCurve, value: Uint8Array): Uint8Array => pkcs8([oid], octetString(value));

export const rawSpki = ({ oid }: RawCurve, publicKey: Uint8Array): Uint8Array => spki([oid], publicKey);

export const readRawPrivateKey = ({ privateKey }: PrivateKeyInfo): Uint8Array | undefined => contentOf(privateKey, TAG.OCTET_STRING);
