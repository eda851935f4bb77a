// Signing and MACing (§5.11).

import { InPlace, Needed } from '../protocol/codec.ts';
import { type Context, sessionOf } from '../token/context.ts';
import { answerExact, isMaker, lengthOnly } from '../token/operation.ts';
import type { Session } from '../token/session.ts';
import { ApartSigning, signApart } from './apart.ts';
import { EMPTY, type Handlers } from './handler.ts';
import { active, parted, whole } from './key.ts';
import { beginSigning, type Doing, isStepwise, signStepwise } from './stateful.ts';

export const signing: Pick<Handlers, 'C_SignInit' | 'C_Sign' | 'C_SignUpdate' | 'C_SignFinal'> = {
  C_SignInit: (context, { hSession, pMechanism, hKey }) => beginSigning(context, sessionOf(context, hSession), pMechanism, hKey),

  C_Sign: (context, { hSession, pData, pSignature }) => {
    const session = sessionOf(context, hSession);
    const { doing } = whole<Doing>(session, 'sign').active;
    const data = pData ?? EMPTY;
    if (isStepwise(doing)) return signStepwise(context, session, pSignature, data);
    if (doing instanceof ApartSigning) return signWholeApart(context, session, doing, pSignature, data);
    const answer = lengthOnly(pSignature, doing.size) ?? (isMaker(doing) ? new InPlace(doing.size, doing, data) : doing.sign(data));
    if (!(answer instanceof Needed)) session.operations.end('sign');
    return { pSignature: answer };
  },

  C_SignUpdate: (context, { hSession, pPart }) => {
    const operation = active<Doing>(sessionOf(context, hSession), 'sign');
    const { doing } = operation.active;
    parted(doing.update).call(doing, pPart ?? EMPTY);
    operation.updated = true;
    return undefined;
  },

  C_SignFinal: (context, { hSession, pSignature }) => {
    const session = sessionOf(context, hSession);
    const { doing } = active<Doing>(session, 'sign').active;
    if (isStepwise(doing)) return signStepwise(context, session, pSignature, EMPTY);
    if (doing instanceof ApartSigning) {
      const prepare = parted(doing.signing.preparedParts).bind(doing.signing);
      return signApart(context, doing, pSignature, prepare, () => session.operations.end('sign'));
    }
    const final = parted(doing.final);
    const answer = answerExact(pSignature, doing.size, () => final.call(doing));
    if (!(answer instanceof Needed)) session.operations.end('sign');
    return { pSignature: answer };
  },
};

function signWholeApart(context: Context, { operations }: Session, doing: ApartSigning, space: number, data: Uint8Array) {
  const prepare = () => doing.signing.prepared(data);
  return signApart(context, doing, space, prepare, () => operations.end('sign'));
}
