// How an application reads CKA_EC_POINT of Edwards and Montgomery keys: as v3.2 has it, the bare bytes, or as v3.0 had it, in an OCTET STRING.

import type { Context } from './context.ts';
import type { Session } from './session.ts';

export type PointForm = 'standard' | 'octet-string';

export interface PointForms {
  readonly usual: PointForm;
  /** By label. */
  readonly tokens: ReadonlyMap<string, PointForm>;
}

/** What the application wants goes before what the token has, and that before what is usual. */
export function readsOlderPoints({ application, pointForms, tokens }: Context, { slot }: Session): boolean {
  const ofToken = () => (pointForms.tokens.size === 0 ? undefined : pointForms.tokens.get(labelOf(tokens.initialized(slot).label)));
  return (application.pointForm ?? ofToken() ?? pointForms.usual) === 'octet-string';
}

/** Blanks fill it up to its 32 bytes. */
const labelOf = (label: Uint8Array): string => Buffer.from(label).toString().trimEnd();
