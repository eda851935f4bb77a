// Key management (§5.18): generation.

import type { Mechanism } from '../mechanisms/mechanism.ts';
import { type Attributes, type Template, ulongBytes } from '../model/attribute.ts';
import { draftObject, finishObject } from '../model/draft.ts';
import { ensure } from '../model/error.ts';
import { CKA, CKO } from '../protocol/constants.ts';
import { after } from '../token/after.ts';
import { sessionOf } from '../token/context.ts';
import type { Handlers } from './handler.ts';
import { mechanismFor } from './use.ts';

export const keys: Pick<Handlers, 'C_GenerateKey' | 'C_GenerateKeyPair'> = {
  C_GenerateKey: (context, { hSession, pMechanism, pTemplate }) => {
    const session = sessionOf(context, hSession);
    ensure(pMechanism !== undefined, 'ARGUMENTS_BAD', 'no mechanism');
    const { type, parameter } = pMechanism;
    const mechanism = mechanismFor(context, type, 'generateKey');
    const { generates = CKO.SECRET_KEY, operations } = mechanism;
    const draft = draftObject('generate', pTemplate, implied(generates, mechanism), { mechanism: type });
    return after(operations.generateKey(pTemplate, parameter, context.supervisor), (made) =>
      after(operations.generateKeyReturns?.(parameter, context.supervisor), (returned) => {
        sessionOf(context, hSession);
        const handles = context.objects.create(session, [finishObject(draft, made)]);
        return after(handles, ([phKey]) => ({ pMechanism: returned, phKey: phKey! }));
      }),
    );
  },

  C_GenerateKeyPair: (context, { hSession, pMechanism, pPublicKeyTemplate, pPrivateKeyTemplate }) => {
    const session = sessionOf(context, hSession);
    ensure(pMechanism !== undefined, 'ARGUMENTS_BAD', 'no mechanism');
    const { type, parameter } = pMechanism;
    const mechanism = mechanismFor(context, type, 'generateKeyPair');
    const draft = (keyClass: number, template: Template) =>
      draftObject('generate', template, implied(keyClass, mechanism), { mechanism: type });
    const publicDraft = draft(CKO.PUBLIC_KEY, pPublicKeyTemplate);
    const privateDraft = draft(CKO.PRIVATE_KEY, pPrivateKeyTemplate);
    const generated = mechanism.operations.generateKeyPair(pPublicKeyTemplate, pPrivateKeyTemplate, parameter, context.supervisor);
    return after(generated, (pair) => {
      // It may have taken a while: the session may be gone, and with it the right to make anything.
      sessionOf(context, hSession);
      const made = [finishObject(publicDraft, pair.publicKey), finishObject(privateDraft, pair.privateKey)];
      return after(context.objects.create(session, made), ([phPublicKey, phPrivateKey]) => ({
        phPublicKey: phPublicKey!,
        phPrivateKey: phPrivateKey!,
      }));
    });
  },
};

/** What the function and its mechanism say of the new key, whether or not the template says it too. */
function implied(keyClass: number, { keyType, length }: Mechanism): Attributes {
  const type = [keyType ?? []].flat()[0];
  const values = [
    [CKA.CLASS, keyClass],
    [CKA.KEY_TYPE, type],
    [CKA.VALUE_LEN, length],
  ] as const;
  return new Map(values.flatMap(([attribute, value]) => (value === undefined ? [] : [[attribute, ulongBytes(value)]])));
}
