// The speed meter's signatures, verified without the module that made them: node:crypto and the public key.

import { constants, type KeyObject, publicDecrypt, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { KeyKind } from './meter.ts';

/** What the meter signs (native/kit/hsm-speed/signing.c). */
const TEXT = Buffer.from('Hello, World!');

type Check = (key: KeyObject, signature: Buffer) => boolean;

// CKM_RSA_PKCS pads what it is given, here no DigestInfo: the padding is taken off and the text has to come out.
const rsa: Check = (key, signature) => {
  try {
    return publicDecrypt({ key, padding: constants.RSA_PKCS1_PADDING }, signature).equals(TEXT);
  } catch {
    // Anything but the right padding is how a wrong signature looks.
    return false;
  }
};

const CHECKS: Readonly<Record<KeyKind['mechanism'], Check>> = {
  rsa,
  ecdsa: (key, signature) => verify('sha256', TEXT, { key, dsaEncoding: 'ieee-p1363' }, signature),
  eddsa: (key, signature) => verify(null, TEXT, key, signature),
};

function* records(file: Buffer): Generator<Buffer> {
  for (let at = 0; at < file.length; ) {
    const end = at + 4 + file.readUInt32LE(at);
    yield file.subarray(at + 4, end);
    at = end;
  }
}

/** How many of the file's signatures are wrong. Where every right one is the same, the meter leaves out repetitions. */
export function wrongOnes(path: string, kind: KeyKind, key: KeyObject): number {
  const check = CHECKS[kind.mechanism];
  const signatures = [...records(readFileSync(path))];
  if (signatures.length === 0) throw new Error('the meter kept no signature');
  return signatures.filter((signature) => !check(key, signature)).length;
}
