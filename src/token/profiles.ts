// The profiles of "PKCS #11 Profiles" v3.2 that every token conforms to. A profile stands here because its test cases pass:
// test/spec/oasis/profiles.test.ts compares this list with what they show.

import { CKP } from '../protocol/constants.ts';

export const profiles: readonly number[] = [
  CKP.BASELINE_PROVIDER,
  CKP.EXTENDED_PROVIDER,
  CKP.AUTHENTICATION_TOKEN,
  CKP.PUBLIC_CERTIFICATES_TOKEN,
  CKP.HKDF_TLS_TOKEN,
];
