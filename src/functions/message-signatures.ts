// Message-based signing and verifying (§5.13, §5.16): each message is an operation of its own, in one part or several.

import type { KeyUse, MessageSigning, MessageVerifying, Signing, Verifying } from '../mechanisms/mechanism.ts';
import { Needed } from '../protocol/codec.ts';
import type { MechanismParameter } from '../protocol/parameters.ts';
import { NOWHERE } from '../protocol/reader.ts';
import { sessionOf } from '../token/context.ts';
import { answerExact } from '../token/operation.ts';
import { ApartSigning, beginMaybeApart, signApart } from './apart.ts';
import { EMPTY, type Handlers } from './handler.ts';
import { beginWithKey, between, endProcess, inMessage, parted } from './key.ts';
import { judge } from './verifying.ts';

export const messageSignatures: Pick<
  Handlers,
  | 'C_MessageSignInit'
  | 'C_SignMessage'
  | 'C_SignMessageBegin'
  | 'C_SignMessageNext'
  | 'C_MessageSignFinal'
  | 'C_MessageVerifyInit'
  | 'C_VerifyMessage'
  | 'C_VerifyMessageBegin'
  | 'C_VerifyMessageNext'
  | 'C_MessageVerifyFinal'
> = {
  C_MessageSignInit: (context, { hSession, pMechanism, hKey }) =>
    beginMaybeApart(context, sessionOf(context, hSession), 'messageSign', pMechanism, hKey, eachApart),

  C_SignMessage: (context, { hSession, pParameter, pData, pSignature }) => {
    const { doing } = between<MessageSigning | MessageApart>(context, hSession, 'messageSign').active;
    const signing = doing.begin(pParameter?.slice() ?? null);
    if (signing instanceof ApartSigning) {
      return signApart(
        context,
        signing,
        pSignature,
        () => signing.signing.prepared(pData ?? EMPTY),
        () => undefined,
      );
    }
    return { pSignature: answerExact(pSignature, signing.size, () => signing.sign(pData ?? EMPTY)) };
  },

  C_SignMessageBegin: (context, { hSession, pParameter }) => {
    const operation = between<MessageSigning | MessageApart>(context, hSession, 'messageSign');
    const signing = operation.active.doing.begin(pParameter?.slice() ?? null);
    parted(signing.update);
    operation.message = signing;
    return undefined;
  },

  // "pulSignatureLen is set to NULL if there is more data part to follow."
  C_SignMessageNext: (context, { hSession, pData, pSignature }) => {
    const { operation, message } = inMessage<Signing | ApartSigning>(context, hSession, 'messageSign');
    const update = parted(message.update);
    const take = () => update.call(message, pData ?? EMPTY);
    if (pSignature === NOWHERE) {
      take();
      return { pSignature: new Needed(0, false) };
    }
    const finish = () => {
      operation.message = undefined;
    };
    if (message instanceof ApartSigning) {
      const prepare = () => {
        take();
        return parted(message.signing.preparedParts).call(message.signing);
      };
      return signApart(context, message, pSignature, prepare, finish);
    }
    const answer = answerExact(pSignature, message.size, () => {
      take();
      return parted(message.final).call(message);
    });
    if (!(answer instanceof Needed)) finish();
    return { pSignature: answer };
  },

  C_MessageSignFinal: (context, { hSession }) => endProcess(context, hSession, 'messageSign'),

  C_MessageVerifyInit: (context, { hSession, pMechanism, hKey }) =>
    beginWithKey(context, sessionOf(context, hSession), 'messageVerify', pMechanism, hKey),

  C_VerifyMessage: (context, { hSession, pParameter, pData, pSignature }) => {
    const { doing } = between<MessageVerifying>(context, hSession, 'messageVerify').active;
    const verifying = doing.begin(pParameter?.slice() ?? null);
    judge(verifying, pSignature, (signature) => verifying.verify(pData ?? EMPTY, signature));
    return undefined;
  },

  C_VerifyMessageBegin: (context, { hSession, pParameter }) => {
    const operation = between<MessageVerifying>(context, hSession, 'messageVerify');
    const verifying = operation.active.doing.begin(pParameter?.slice() ?? null);
    parted(verifying.update);
    operation.message = verifying;
    return undefined;
  },

  // "pSignature is set to NULL if there is more data part to follow."
  C_VerifyMessageNext: (context, { hSession, pData, pSignature }) => {
    const { operation, message } = inMessage<Verifying>(context, hSession, 'messageVerify');
    const final = parted(message.final);
    parted(message.update).call(message, pData ?? EMPTY);
    if (pSignature === null) return undefined;
    judge(message, pSignature, (signature) => final.call(message, signature));
    operation.message = undefined;
    return undefined;
  },

  C_MessageVerifyFinal: (context, { hSession }) => endProcess(context, hSession, 'messageVerify'),
};

interface MessageApart {
  begin(parameter: MechanismParameter): ApartSigning;
}
/** A message has no parameter of its own with these mechanisms: its signature is C_Sign's. */
const eachApart = (doing: MessageSigning, of: KeyUse): MessageApart => ({
  begin: (parameter) => new ApartSigning(doing.begin(parameter), of),
});
