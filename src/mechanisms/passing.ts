// Keys that are no objects: they exist while one function works with them.

import { createSecretKey } from 'node:crypto';
import { ulongBytes } from '../model/attribute.ts';
import { CKA, CKK } from '../protocol/constants.ts';
import type { Key } from './mechanism.ts';

const attributes = new Map([[CKA.KEY_TYPE, ulongBytes(CKK.GENERIC_SECRET)]]);

export const passing = (value: Uint8Array): Key => ({ attributes, memo: new Map([['secret', createSecretKey(value)]]) });
