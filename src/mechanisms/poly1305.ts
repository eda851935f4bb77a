// Poly1305 (RFC 8439 §2.5), a MAC: the ticks of the standard's table for it stand a column aside. A key is for one message,
// and its owner sees to that.

import { createMac } from '../crypto/mac.ts';
import { CKK, CKM } from '../protocol/constants.ts';
import { secret } from './key.ts';
import { singleAuthentication, whole } from './mac.ts';
import type { Row } from './mechanism.ts';

const [KEY, CODE] = [32, 16];
const lengthOf = whole(CODE);

export const poly1305Mechanisms: readonly Row[] = [
  [
    CKM.POLY1305,
    {
      keyType: CKK.POLY1305,
      keySize: [KEY, KEY],
      operations: singleAuthentication((key, parameter) => {
        const [value, size] = [secret(key), lengthOf(parameter)];
        return { size, begin: () => createMac('poly1305', value) };
      }),
    },
  ],
];
