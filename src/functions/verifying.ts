// Verifying signatures and MACs (§5.13).

import type { Verifying } from '../mechanisms/mechanism.ts';
import { ensure } from '../model/error.ts';
import { sessionOf } from '../token/context.ts';
import { EMPTY, type Handlers } from './handler.ts';
import { active, beginWithKey, parted, whole } from './key.ts';

export const verifying: Pick<Handlers, 'C_VerifyInit' | 'C_Verify' | 'C_VerifyUpdate' | 'C_VerifyFinal'> = {
  C_VerifyInit: (context, { hSession, pMechanism, hKey }) =>
    beginWithKey(context, sessionOf(context, hSession), 'verify', pMechanism, hKey),

  C_Verify: (context, { hSession, pData, pSignature }) => {
    const session = sessionOf(context, hSession);
    const { doing } = whole<Verifying>(session, 'verify').active;
    judge(doing, pSignature, (signature) => doing.verify(pData ?? EMPTY, signature));
    session.operations.end('verify');
    return undefined;
  },

  C_VerifyUpdate: (context, { hSession, pPart }) => {
    const operation = active<Verifying>(sessionOf(context, hSession), 'verify');
    const { doing } = operation.active;
    parted(doing.update).call(doing, pPart ?? EMPTY);
    operation.updated = true;
    return undefined;
  },

  C_VerifyFinal: (context, { hSession, pSignature }) => {
    const session = sessionOf(context, hSession);
    const { doing } = active<Verifying>(session, 'verify').active;
    const final = parted(doing.final);
    judge(doing, pSignature, (signature) => final.call(doing, signature));
    session.operations.end('verify');
    return undefined;
  },
};

function judge(doing: Verifying, signature: Uint8Array | null, verify: (signature: Uint8Array) => boolean): void {
  ensure(signature !== null, 'ARGUMENTS_BAD', 'no signature is given');
  const { length } = signature;
  ensure(doing.accepts?.(length) ?? length === doing.size, 'SIGNATURE_LEN_RANGE', 'a signature of this key has another length');
  ensure(verify(signature), 'SIGNATURE_INVALID', 'the signature is wrong');
}
