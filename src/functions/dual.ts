// Two operations with one pass over the data (§5.17). "If a call does not produce output, no plaintext is passed" to the other one.

import type { Digesting, Signing, Verifying } from '../mechanisms/mechanism.ts';
import { Needed } from '../protocol/codec.ts';
import { type Context, sessionOf } from '../token/context.ts';
import { update } from './ciphers.ts';
import { EMPTY, type Handlers } from './handler.ts';
import { active, parted } from './key.ts';

export const dual: Pick<Handlers, 'C_DigestEncryptUpdate' | 'C_DecryptDigestUpdate' | 'C_SignEncryptUpdate' | 'C_DecryptVerifyUpdate'> = {
  C_DigestEncryptUpdate: (context, { hSession, pPart, pEncryptedPart }) => {
    const take = taker(context, hSession, 'digest');
    return { pEncryptedPart: passed(update(context, 'encrypt', hSession, pPart, pEncryptedPart), () => take(pPart ?? EMPTY)) };
  },

  C_DecryptDigestUpdate: (context, { hSession, pEncryptedPart, pPart }) => {
    const take = taker(context, hSession, 'digest');
    return { pPart: passed(update(context, 'decrypt', hSession, pEncryptedPart, pPart), take) };
  },

  C_SignEncryptUpdate: (context, { hSession, pPart, pEncryptedPart }) => {
    const take = taker(context, hSession, 'sign');
    return { pEncryptedPart: passed(update(context, 'encrypt', hSession, pPart, pEncryptedPart), () => take(pPart ?? EMPTY)) };
  },

  C_DecryptVerifyUpdate: (context, { hSession, pEncryptedPart, pPart }) => {
    const take = taker(context, hSession, 'verify');
    return { pPart: passed(update(context, 'decrypt', hSession, pEncryptedPart, pPart), take) };
  },
};

type Take = (part: Uint8Array) => void;

/** The half that takes plaintext: found to be active, and to work in parts, before the other half takes anything. */
function taker(context: Context, hSession: number, name: 'digest' | 'sign' | 'verify'): Take {
  const session = sessionOf(context, hSession);
  if (name === 'digest') {
    const operation = session.operations.get<Digesting>(name);
    return (part) => {
      operation.updated = true;
      operation.active.update(part);
    };
  }
  const operation = active<Signing | Verifying>(session, name);
  const { doing } = operation.active;
  const take = parted<Take>(doing.update);
  return (part) => {
    operation.updated = true;
    take.call(doing, part);
  };
}

function passed(output: Uint8Array | Needed, take: Take): Uint8Array | Needed {
  if (!(output instanceof Needed)) take(output);
  return output;
}
