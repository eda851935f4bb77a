// Key management (§5.18): keys derived from others, and keys agreed on by encapsulation.

import type { NewKey } from '../mechanisms/mechanism.ts';
import { ensure } from '../model/error.ts';
import { checkEncapsulated, withTemplateOf } from '../model/wrapping.ts';
import { Needed } from '../protocol/codec.ts';
import { QUERY } from '../protocol/reader.ts';
import { after } from '../token/after.ts';
import { sessionOf } from '../token/context.ts';
import { answerExact } from '../token/operation.ts';
import { useKey } from './apart.ts';
import type { Handlers } from './handler.ts';
import { given, madeKey, storeKey } from './new-key.ts';
import { furtherKey, keyFor } from './use.ts';
import { ensureNoLoginEach } from './wrapping.ts';

/** CK_INVALID_HANDLE, where no key is made. */
const NO_KEY = 0;

export const deriving: Pick<Handlers, 'C_DeriveKey' | 'C_EncapsulateKey' | 'C_DecapsulateKey'> = {
  C_DeriveKey: (context, { hSession, pMechanism, hBaseKey, pTemplate, phKey }) => {
    const session = sessionOf(context, hSession);
    const { type, parameter } = given(pMechanism);
    const { key: base, mechanism } = keyFor(context, session, 'deriveKey', type, hBaseKey);
    ensureNoLoginEach(base);
    const { attributes } = base;
    const template = withTemplateOf(attributes, 'derive', pTemplate);
    const keyAt = (handle: number) => furtherKey(context, session, type, handle);
    const { key, further = [], returned, heritage } = mechanism.operations.deriveKey({ base, parameter, template, keyAt });
    ensure(key === undefined || phKey !== QUERY, 'ARGUMENTS_BAD', 'there is no place for the key');
    // The base key's own template holds for the keys that the parameter describes too.
    const make = (each: NewKey) =>
      madeKey(
        session,
        'derive',
        { ...each, template: withTemplateOf(attributes, 'derive', each.template) },
        { base: attributes, ...heritage },
      );
    const made = [...(key === undefined ? [] : [key]), ...further].map(make);
    return after(context.objects.create(session, made), (handles) => {
      const own = key === undefined ? NO_KEY : handles.shift()!;
      return { pMechanism: returned?.(handles), phKey: own };
    });
  },

  C_EncapsulateKey: (context, { hSession, pMechanism, hPublicKey, pTemplate, pCiphertext }) => {
    const session = sessionOf(context, hSession);
    const { type, parameter } = given(pMechanism);
    const { key, mechanism } = keyFor(context, session, 'encapsulateKey', type, hPublicKey);
    const encapsulating = mechanism.operations.encapsulateKey(key, parameter);
    const needed = answerExact(pCiphertext, encapsulating.size, () => new Uint8Array());
    if (needed instanceof Needed) return { pCiphertext: needed, phKey: NO_KEY };
    const { ciphertext, key: secret } = encapsulating.encapsulate(pTemplate);
    const made = madeKey(session, 'encapsulate', secret);
    checkEncapsulated(key.attributes, made);
    return after(context.objects.create(session, [made]), ([phKey]) => ({ pCiphertext: ciphertext, phKey: phKey! }));
  },

  C_DecapsulateKey: (context, { hSession, pMechanism, hPrivateKey, pTemplate, pCiphertext }) => {
    const session = sessionOf(context, hSession);
    const by = given(pMechanism);
    const decapsulating = keyFor(context, session, 'decapsulateKey', by.type, hPrivateKey);
    const { key } = decapsulating;
    ensureNoLoginEach(key);
    ensure(pCiphertext !== null, 'ARGUMENTS_BAD', 'no ciphertext is given');
    const template = withTemplateOf(key.attributes, 'decapsulate', pTemplate);
    return after(useKey(context, 'decapsulateKey', decapsulating, by, pCiphertext, template), (secret) => {
      // It may have taken a while: the session may be gone, and with it the right to make anything.
      sessionOf(context, hSession);
      return after(storeKey(context, session, 'unwrap', secret), (phKey) => ({ phKey }));
    });
  },
};
