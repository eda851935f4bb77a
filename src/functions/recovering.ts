// Signatures that carry their data (§5.12, §5.14).

import type { Recovering, Signing } from '../mechanisms/mechanism.ts';
import { ensure } from '../model/error.ts';
import { Needed } from '../protocol/codec.ts';
import { sessionOf } from '../token/context.ts';
import { answerExact } from '../token/operation.ts';
import { ApartSigning, beginMaybeApart, signApart } from './apart.ts';
import { EMPTY, type Handlers } from './handler.ts';
import { active, beginWithKey } from './key.ts';

export const recovering: Pick<Handlers, 'C_SignRecoverInit' | 'C_SignRecover' | 'C_VerifyRecoverInit' | 'C_VerifyRecover'> = {
  C_SignRecoverInit: (context, { hSession, pMechanism, hKey }) =>
    beginMaybeApart(
      context,
      sessionOf(context, hSession),
      'signRecover',
      pMechanism,
      hKey,
      (signing: Signing, of) => new ApartSigning(signing, of, 'signRecover'),
    ),

  C_SignRecover: (context, { hSession, pData, pSignature }) => {
    const session = sessionOf(context, hSession);
    const { doing } = active<Signing | ApartSigning>(session, 'signRecover').active;
    if (doing instanceof ApartSigning) {
      const prepare = () => doing.signing.prepared(pData ?? EMPTY);
      return signApart(context, doing, pSignature, prepare, () => session.operations.end('signRecover'));
    }
    const answer = answerExact(pSignature, doing.size, () => doing.sign(pData ?? EMPTY));
    if (!(answer instanceof Needed)) session.operations.end('signRecover');
    return { pSignature: answer };
  },

  C_VerifyRecoverInit: (context, { hSession, pMechanism, hKey }) =>
    beginWithKey(context, sessionOf(context, hSession), 'verifyRecover', pMechanism, hKey),

  C_VerifyRecover: (context, { hSession, pSignature, pData }) => {
    const session = sessionOf(context, hSession);
    const operation = active<Recovering>(session, 'verifyRecover');
    const { doing } = operation.active;
    ensure(pSignature !== null, 'ARGUMENTS_BAD', 'no signature is given');
    const answer = operation.answer(pData, doing.bound, () => recovered(doing, pSignature), ['whole', pSignature]);
    if (!(answer instanceof Needed)) session.operations.end('verifyRecover');
    return { pData: answer };
  },
};

function recovered(doing: Recovering, signature: Uint8Array): Uint8Array {
  ensure(signature.length === doing.size, 'SIGNATURE_LEN_RANGE', 'a signature of this key has another length');
  const data = doing.recover(signature);
  ensure(data !== undefined, 'SIGNATURE_INVALID', 'the signature is wrong');
  return data;
}
