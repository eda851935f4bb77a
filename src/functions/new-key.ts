// Keys that a function makes from others: drafted, finished and stored, all of them or none.

import type { NewKey } from '../mechanisms/mechanism.ts';
import type { Attributes } from '../model/attribute.ts';
import { draftObject, finishObject } from '../model/draft.ts';
import { ensure } from '../model/error.ts';
import type { Circumstances } from '../model/history.ts';
import type { Way } from '../model/rules.ts';
import type { WireMechanism } from '../protocol/reader.ts';
import { after } from '../token/after.ts';
import { LOGIN } from '../token/board.ts';
import type { Context } from '../token/context.ts';
import type { Session } from '../token/session.ts';

/** Where no NULL ends an operation: the mechanism, which must be there. */
export function given(mechanism: WireMechanism | undefined): WireMechanism {
  ensure(mechanism !== undefined, 'ARGUMENTS_BAD', 'no mechanism');
  return mechanism;
}

export function madeKey(session: Session, way: Way, { template, implied, made }: NewKey, circumstances: Circumstances = {}): Attributes {
  const draft = draftObject(way, template, implied, { ...circumstances, bySo: session.login === LOGIN.SO });
  return finishObject(draft, made);
}

/** @returns its handle. */
export function storeKey(context: Context, session: Session, way: Way, key: NewKey): number | Promise<number> {
  return after(context.objects.create(session, [madeKey(session, way, key)]), ([handle]) => handle!);
}
