// The state of a session's operations, taken along (§5.6): digests'.

import { readUlong, ulongBytes } from '../model/attribute.ts';
import { ensure } from '../model/error.ts';
import { sessionOf } from '../token/context.ts';
import { answerExact } from '../token/operation.ts';
import type { Session } from '../token/session.ts';
import type { Handlers } from './handler.ts';
import { RecordedDigest } from './recorded-digest.ts';
import { mechanismFor } from './use.ts';

/** Whose the state is, and of which mechanism: so many numbers stand before the data. */
const HEADER = 5 * 8;

/** "From a session with a different session state", or of another token: no state of this session. */
const owner = ({ application, slot, incarnation, state }: Session): Uint8Array =>
  Buffer.concat([application.id, slot, incarnation, state].map(ulongBytes));

export const states: Pick<Handlers, 'C_GetOperationState' | 'C_SetOperationState'> = {
  C_GetOperationState: (context, { hSession, pOperationState }) => {
    const session = sessionOf(context, hSession);
    const names = session.operations.names.filter((name) => name !== 'find');
    ensure(names.length > 0, 'OPERATION_NOT_INITIALIZED', 'nothing is active');
    ensure(names.length === 1 && names[0] === 'digest', 'STATE_UNSAVEABLE', 'only a digest can be saved');
    const { active } = session.operations.get<RecordedDigest>('digest');
    const { recorded } = active;
    ensure(recorded !== undefined, 'STATE_UNSAVEABLE', 'the digest has taken a key, or too much');
    return {
      pOperationState: answerExact(pOperationState, context.states.sealedLength(HEADER + recorded.length), () =>
        context.states.seal(Buffer.concat([owner(session), ulongBytes(active.mechanism), recorded.data()])),
      ),
    };
  },

  C_SetOperationState: (context, { hSession, pOperationState, hEncryptionKey, hAuthenticationKey }) => {
    const session = sessionOf(context, hSession);
    ensure(pOperationState !== null, 'ARGUMENTS_BAD', 'no state is given');
    const state = context.states.open(pOperationState);
    const whose = owner(session);
    ensure(state !== undefined && whose.every((byte, at) => state[at] === byte), 'SAVED_STATE_INVALID', 'no state of this session');
    ensure(hEncryptionKey === 0 && hAuthenticationKey === 0, 'KEY_NOT_NEEDED', 'a digest has no key');
    const type = readUlong(state.subarray(whose.length, HEADER));
    const digest = new RecordedDigest(type, mechanismFor(context, type, 'digest').operations.digest(null));
    const data = state.subarray(HEADER);
    if (data.length > 0) digest.update(data);
    // "The ongoing operations are abruptly cancelled."
    for (const name of session.operations.names) session.operations.end(name);
    session.operations.begin('digest', digest);
    session.operations.get('digest').updated = data.length > 0;
    return undefined;
  },
};
