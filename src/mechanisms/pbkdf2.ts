// Keys from passwords: PBKDF2 (RFC 8018).

import { ensure } from '../model/error.ts';
import { CKM, CKP, CKZ } from '../protocol/constants.ts';
import { lengthAsked, secretKey } from './derived.ts';
import { type Hash, hashes } from './hashes.ts';
import type { Row } from './mechanism.ts';
import { structParameter } from './parameter.ts';
import { SECRET_MAX } from './secret-type.ts';

const hashOf: ReadonlyMap<number, Hash> = new Map<number, Hash>([
  [CKP.PKCS5_PBKD2_HMAC_SHA1, hashes.SHA1],
  [CKP.PKCS5_PBKD2_HMAC_SHA224, hashes.SHA224],
  [CKP.PKCS5_PBKD2_HMAC_SHA256, hashes.SHA256],
  [CKP.PKCS5_PBKD2_HMAC_SHA384, hashes.SHA384],
  [CKP.PKCS5_PBKD2_HMAC_SHA512, hashes.SHA512],
  [CKP.PKCS5_PBKD2_HMAC_SHA512_224, hashes.SHA512_224],
  [CKP.PKCS5_PBKD2_HMAC_SHA512_256, hashes.SHA512_256],
]);

/** Some seconds' worth: a thread that is busy for hours is one that nobody else has. */
const ITERATIONS_MAX = 10_000_000;
const EMPTY = new Uint8Array(0);

export const pbkdf2Mechanisms: readonly Row[] = [
  [
    CKM.PKCS5_PBKD2,
    {
      keySize: [0, 0],
      operations: {
        async generateKey(template, parameter, slow) {
          const read = structParameter(parameter, 'CK_PKCS5_PBKD2_PARAMS2');
          const hash = hashOf.get(read.prf);
          ensure(hash !== undefined, 'MECHANISM_PARAM_INVALID', 'PBKDF2 with a function that there is not');
          ensure(read.saltSource === CKZ.SALT_SPECIFIED, 'MECHANISM_PARAM_INVALID', 'PBKDF2 with a salt from somewhere else');
          const bearable = read.iterations >= 1 && read.iterations <= ITERATIONS_MAX;
          ensure(bearable, 'MECHANISM_PARAM_INVALID', 'PBKDF2 with no iterations, or with too many');
          const length = lengthAsked(template, SECRET_MAX);
          const [password, salt] = [read.pPassword ?? EMPTY, read.pSaltSourceData ?? EMPTY];
          return secretKey(template, await slow.compute('pbkdf2', hash.name, password, salt, read.iterations, length)).made;
        },
      },
    },
  ],
];
