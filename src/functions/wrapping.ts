// Key management (§5.18): keys that leave wrapped, and come back.

import { materialOf, unwrapped } from '../mechanisms/material.ts';
import type { Mechanism } from '../mechanisms/mechanism.ts';
import { isTrue, type Template } from '../model/attribute.ts';
import { ensure } from '../model/error.ts';
import { checkWrapped, withTemplateOf } from '../model/wrapping.ts';
import { Needed } from '../protocol/codec.ts';
import { CKA } from '../protocol/constants.ts';
import type { ReturnedStruct } from '../protocol/parameters.ts';
import type { WireMechanism } from '../protocol/reader.ts';
import { after } from '../token/after.ts';
import { type Context, sessionOf } from '../token/context.ts';
import type { TokenObject } from '../token/objects.ts';
import { answerExact } from '../token/operation.ts';
import type { Session } from '../token/session.ts';
import { useKey } from './apart.ts';
import { EMPTY, type Handlers } from './handler.ts';
import { given, storeKey } from './new-key.ts';
import { findKey, keyFor } from './use.ts';

export const wrapping: Pick<Handlers, 'C_WrapKey' | 'C_UnwrapKey' | 'C_WrapKeyAuthenticated' | 'C_UnwrapKeyAuthenticated'> = {
  C_WrapKey: (context, { hSession, pMechanism, hWrappingKey, hKey, pWrappedKey }) => {
    const session = sessionOf(context, hSession);
    const { type, parameter } = given(pMechanism);
    const { key, mechanism } = keyFor(context, session, 'wrapKey', type, hWrappingKey);
    const material = materialFor(context, session, key, hKey, mechanism);
    const { wrapped, returned } = mechanism.operations.wrapKey(key, parameter, material);
    return answer(pWrappedKey, wrapped, returned);
  },

  C_WrapKeyAuthenticated: (context, { hSession, pMechanism, hWrappingKey, hKey, pAssociatedData, pWrappedKey }) => {
    const session = sessionOf(context, hSession);
    const { type, parameter } = given(pMechanism);
    const { key, mechanism } = keyFor(context, session, 'wrapKeyAuthenticated', type, hWrappingKey);
    const material = materialFor(context, session, key, hKey, mechanism);
    const { wrapped, returned } = mechanism.operations.wrapKeyAuthenticated(key, parameter, material, pAssociatedData ?? EMPTY);
    return answer(pWrappedKey, wrapped, returned);
  },

  C_UnwrapKey: (context, { hSession, pMechanism, hUnwrappingKey, pWrappedKey, pTemplate }) => {
    const session = sessionOf(context, hSession);
    const by = given(pMechanism);
    const unwrapping = keyFor(context, session, 'unwrapKey', by.type, hUnwrappingKey);
    const { template, wrapped } = arriving(unwrapping.key, pTemplate, pWrappedKey);
    return after(useKey(context, 'unwrapKey', unwrapping, by, wrapped, template), (material) => {
      // It may have taken a while: the session may be gone, and with it the right to make anything.
      sessionOf(context, hSession);
      const key = storeKey(context, session, 'unwrap', unwrapped(template, material, unwrapping.mechanism));
      return after(key, (phKey) => ({ phKey }));
    });
  },

  C_UnwrapKeyAuthenticated: (context, { hSession, pMechanism, hUnwrappingKey, pWrappedKey, pTemplate, pAssociatedData }) => {
    const session = sessionOf(context, hSession);
    const { type, parameter }: WireMechanism = given(pMechanism);
    const { key, mechanism } = keyFor(context, session, 'unwrapKeyAuthenticated', type, hUnwrappingKey);
    const { template, wrapped } = arriving(key, pTemplate, pWrappedKey);
    const material = mechanism.operations.unwrapKeyAuthenticated(key, parameter, wrapped, pAssociatedData ?? EMPTY);
    return after(storeKey(context, session, 'unwrap', unwrapped(template, material, mechanism)), (phKey) => ({ phKey }));
  },
};

function materialFor(context: Context, session: Session, wrappingKey: TokenObject, hKey: number, mechanism: Mechanism): Uint8Array {
  const key = findKey(context, session, hKey);
  checkWrapped(wrappingKey.attributes, key.attributes);
  return materialOf(key.attributes, mechanism);
}

/** No session remembers what was wrapped: a key that is asked for twice, for its length and then for itself, is wrapped twice. */
function answer(space: number, wrapped: Uint8Array, returned: ReturnedStruct | undefined) {
  const pWrappedKey = answerExact(space, wrapped.length, () => wrapped);
  return { pMechanism: pWrappedKey instanceof Needed ? undefined : returned, pWrappedKey };
}

/** What is unwrapped, and the template that it is to have. */
function arriving(key: TokenObject, pTemplate: Template, wrapped: Uint8Array | null): { template: Template; wrapped: Uint8Array } {
  ensure(wrapped !== null, 'ARGUMENTS_BAD', 'no wrapped key is given');
  ensureNoLoginEach(key);
  return { template: withTemplateOf(key.attributes, 'unwrap', pTemplate), wrapped };
}

/** A context-specific login comes between an Init and the use: a function that has no Init cannot have it. */
export const ensureNoLoginEach = ({ attributes }: TokenObject): void =>
  ensure(!isTrue(attributes, CKA.ALWAYS_AUTHENTICATE), 'USER_NOT_LOGGED_IN', 'the key wants a context-specific login for each use');
