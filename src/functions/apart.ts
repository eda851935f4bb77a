// Signing with a key for which it takes long: what is to be signed is prepared here, and signed off the worker's own thread.

import type { Signing } from '../mechanisms/mechanism.ts';
import type { Attributes } from '../model/attribute.ts';
import { Needed } from '../protocol/codec.ts';
import type { WireMechanism } from '../protocol/reader.ts';
import type { Context } from '../token/context.ts';
import { answerExact } from '../token/operation.ts';
import type { Session } from '../token/session.ts';

export class Apart {
  readonly signing: Required<Pick<Signing, 'prepared' | 'signed'>> & Signing;
  readonly key: Attributes;
  readonly mechanism: WireMechanism;
  /** Where the mechanism takes parts. */
  readonly update: ((part: Uint8Array) => void) | undefined;

  constructor(signing: Signing, key: Attributes, mechanism: WireMechanism) {
    this.signing = signing as Apart['signing'];
    this.key = key;
    this.mechanism = mechanism;
    this.update = signing.update?.bind(signing);
  }
}

type Signed = { pSignature: Uint8Array | Needed };

export function signApart(
  context: Context,
  session: Session,
  { signing, key, mechanism: { type, parameter } }: Apart,
  space: number,
  prepare: () => Uint8Array,
): Signed | Promise<Signed> {
  const answer = answerExact(space, signing.size, async () => {
    // Before anything is waited for: a second call, of a thread that broke its promise, finds no operation.
    session.operations.end('sign');
    // A copy: it may be a view of a frame, all of which would cross.
    return { pSignature: await context.supervisor.sign(type, key, parameter, Uint8Array.from(prepare())) };
  });
  return answer instanceof Needed ? { pSignature: answer } : answer;
}
