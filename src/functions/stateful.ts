// Signing with a key that has a state: its step is durable, and nobody else's, before a signature leaves.

import { Held } from '../mechanisms/held.ts';
import type { KeyUse, Signing, StatefulSigning } from '../mechanisms/mechanism.ts';
import { Needed } from '../protocol/codec.ts';
import type { WireMechanism } from '../protocol/reader.ts';
import type { Relocatable } from '../protocol/relocatable.ts';
import type { Context } from '../token/context.ts';
import { answerExact } from '../token/operation.ts';
import type { Session } from '../token/session.ts';
import { ApartSigning, beginMaybeApart } from './apart.ts';
import { active, beginWithKey } from './key.ts';

/** Data in parts is kept until all of it is there: a signature that is given up takes no step. */
class Stepwise {
  readonly signing: StatefulSigning;
  readonly #parts = new Held();

  constructor(signing: StatefulSigning) {
    this.signing = signing;
  }

  update(part: Uint8Array): void {
    this.#parts.update(part);
  }

  /** Everything that was given. */
  data(): Uint8Array {
    return this.#parts.final();
  }
}

/** What C_SignInit began. */
export type Doing = Signing | Stepwise | ApartSigning;

export const isStepwise = (doing: Doing): doing is Stepwise => doing instanceof Stepwise;

export function beginSigning(context: Context, session: Session, mechanism: WireMechanism | undefined, hKey: number): undefined {
  const row = mechanism && context.mechanisms.get(mechanism.type);
  if (row?.operations.signStateful === undefined) {
    return beginMaybeApart(context, session, 'sign', mechanism, hKey, apartSigning);
  }
  return beginWithKey(context, session, 'sign', mechanism, hKey, 'signStateful', stepwise);
}

const apartSigning = (signing: Signing, of: KeyUse) => new ApartSigning(signing, of);
const stepwise = (signing: StatefulSigning) => new Stepwise(signing);

type Signed = { pSignature: Uint8Array | Relocatable | Needed };

/** @param last what is given with the call: it may be a view of a frame that the next call overwrites. */
export function signStepwise(context: Context, session: Session, space: number, last: Uint8Array): Signed | Promise<Signed> {
  const { doing, hKey } = active<Stepwise>(session, 'sign').active;
  const answer = answerExact(space, doing.signing.size, async () => {
    doing.update(last);
    // Before anything is waited for: a second call, of a thread that broke its promise, finds no operation.
    session.operations.end('sign');
    const data = doing.data();
    doing.signing.check?.(data);
    const { attributes } = await context.objects.step(session, hKey, (now) => doing.signing.step(now));
    return { pSignature: await doing.signing.sign(data, attributes, context.supervisor) };
  });
  return answer instanceof Needed ? { pSignature: answer } : answer;
}
