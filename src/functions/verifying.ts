// Verifying signatures and MACs (§5.13), given after the data or before it.

import type { Verifying } from '../mechanisms/mechanism.ts';
import { ensure } from '../model/error.ts';
import { sessionOf } from '../token/context.ts';
import { EMPTY, type Handlers } from './handler.ts';
import { active, beginWithKey, parted, whole } from './key.ts';

/** C_VerifySignatureInit: the signature is there before the data. */
interface Foreseen {
  readonly verifying: Verifying;
  readonly signature: Uint8Array;
}

export const verifying: Pick<
  Handlers,
  | 'C_VerifyInit'
  | 'C_Verify'
  | 'C_VerifyUpdate'
  | 'C_VerifyFinal'
  | 'C_VerifySignatureInit'
  | 'C_VerifySignature'
  | 'C_VerifySignatureUpdate'
  | 'C_VerifySignatureFinal'
> = {
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

  C_VerifySignatureInit: (context, { hSession, pMechanism, hKey, pSignature }) =>
    beginWithKey(context, sessionOf(context, hSession), 'verifySignature', pMechanism, hKey, 'verify', (doing: Verifying): Foreseen => {
      const signature = signatureOf(doing, pSignature).slice();
      return { verifying: doing, signature };
    }),

  C_VerifySignature: (context, { hSession, pData }) => {
    const session = sessionOf(context, hSession);
    const { verifying: doing, signature } = whole<Foreseen>(session, 'verifySignature').active.doing;
    judge(doing, signature, () => doing.verify(pData ?? EMPTY, signature));
    session.operations.end('verifySignature');
    return undefined;
  },

  C_VerifySignatureUpdate: (context, { hSession, pPart }) => {
    const operation = active<Foreseen>(sessionOf(context, hSession), 'verifySignature');
    const { verifying: doing } = operation.active.doing;
    parted(doing.update).call(doing, pPart ?? EMPTY);
    operation.updated = true;
    return undefined;
  },

  C_VerifySignatureFinal: (context, { hSession }) => {
    const session = sessionOf(context, hSession);
    const { verifying: doing, signature } = active<Foreseen>(session, 'verifySignature').active.doing;
    const final = parted(doing.final);
    judge(doing, signature, () => final.call(doing, signature));
    session.operations.end('verifySignature');
    return undefined;
  },
};

/** @throws CKR_SIGNATURE_LEN_RANGE */
function signatureOf(doing: Verifying, signature: Uint8Array | null): Uint8Array {
  ensure(signature !== null, 'ARGUMENTS_BAD', 'no signature is given');
  const { length } = signature;
  ensure(doing.accepts?.(length) ?? length === doing.size, 'SIGNATURE_LEN_RANGE', 'a signature of this key has another length');
  return signature;
}

export function judge(doing: Verifying, signature: Uint8Array | null, verify: (signature: Uint8Array) => boolean): void {
  ensure(verify(signatureOf(doing, signature)), 'SIGNATURE_INVALID', 'the signature is wrong');
}
