// Signing and MACing (§5.11).

import { Needed } from '../protocol/codec.ts';
import { sessionOf } from '../token/context.ts';
import { answerExact, produced } from '../token/operation.ts';
import { ApartSigning, signApart } from './apart.ts';
import { EMPTY, type Handlers } from './handler.ts';
import { active, parted, whole } from './key.ts';
import { beginSigning, type Doing, isStepwise, signStepwise } from './stateful.ts';

export const signing: Pick<Handlers, 'C_SignInit' | 'C_Sign' | 'C_SignUpdate' | 'C_SignFinal'> = {
  C_SignInit: (context, { hSession, pMechanism, hKey }) => beginSigning(context, sessionOf(context, hSession), pMechanism, hKey),

  C_Sign: (context, { hSession, pData, pSignature }) => {
    const session = sessionOf(context, hSession);
    const { doing } = whole<Doing>(session, 'sign').active;
    if (isStepwise(doing)) return signStepwise(context, session, pSignature, pData ?? EMPTY);
    if (doing instanceof ApartSigning) {
      const prepare = () => doing.signing.prepared(pData ?? EMPTY);
      return signApart(context, doing, pSignature, prepare, () => session.operations.end('sign'));
    }
    const data = pData ?? EMPTY;
    const answer = answerExact(pSignature, doing.size, () => produced(doing, doing.size, data, () => doing.sign(data)));
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
