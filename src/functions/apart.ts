// Private keys with which it takes long: what is asked of them is prepared here, and done off the worker's own thread.

import { keyUses } from '../mechanisms/key-uses.ts';
import type { Ciphering, Key, KeyUse, KeyUses, Mechanism, Signing } from '../mechanisms/mechanism.ts';
import type { Attributes, Template } from '../model/attribute.ts';
import { Needed } from '../protocol/codec.ts';
import type { OperationName } from '../protocol/operations.ts';
import type { WireMechanism } from '../protocol/reader.ts';
import type { Context } from '../token/context.ts';
import { answerExact, type Operation } from '../token/operation.ts';
import type { Session } from '../token/session.ts';
import { beginWithKey, type Keyed } from './key.ts';
import type { UseName } from './use.ts';

/** @param apart what is kept of an operation whose key is slow. */
export function beginMaybeApart<T>(
  context: Context,
  session: Session,
  name: OperationName & UseName,
  mechanism: WireMechanism | undefined,
  hKey: number,
  apart: (doing: T, of: KeyUse) => unknown,
): undefined {
  const isSlow = mechanism && context.mechanisms.get(mechanism.type)?.isSlow;
  if (isSlow === undefined) return beginWithKey(context, session, name, mechanism, hKey);
  return beginWithKey(context, session, name, mechanism, hKey, name, ifSlow(mechanism!, isSlow, apart));
}

const ifSlow =
  <T>(mechanism: WireMechanism, isSlow: (key: Attributes) => boolean, apart: (doing: T, of: KeyUse) => unknown) =>
  (doing: T, { attributes }: Key) =>
    isSlow(attributes) ? apart(doing, { ...mechanism, attributes }) : doing;

export class ApartSigning {
  readonly signing: Required<Pick<Signing, 'prepared' | 'signed'>> & Signing;
  readonly name: 'sign' | 'signRecover';
  readonly of: KeyUse;
  /** Where the mechanism takes parts. */
  readonly update: ((part: Uint8Array) => void) | undefined;

  constructor(signing: Signing, of: KeyUse, name: ApartSigning['name'] = 'sign') {
    this.signing = signing as ApartSigning['signing'];
    this.of = of;
    this.name = name;
    this.update = signing.update?.bind(signing);
  }
}

type Signed = { pSignature: Uint8Array | Needed };

/** @param end before anything is waited for: a second call, of a thread that broke its promise, finds no operation. */
export function signApart(
  context: Context,
  { signing, name, of }: ApartSigning,
  space: number,
  prepare: () => Uint8Array,
  end: () => void,
): Signed | Promise<Signed> {
  const answer = answerExact(space, signing.size, async () => {
    end();
    return { pSignature: await context.supervisor.use(name, of, own(prepare())) };
  });
  return answer instanceof Needed ? { pSignature: answer } : answer;
}

/** It takes its data in one piece. */
export class ApartDecrypting {
  readonly bound: Ciphering['bound'];
  readonly of: KeyUse;

  constructor(ciphering: Ciphering, of: KeyUse) {
    this.bound = ciphering.bound;
    this.of = of;
  }
}

export async function decryptApart(
  context: Context,
  session: Session,
  operation: Operation<Keyed<ApartDecrypting>>,
  given: Uint8Array,
  space: number,
): Promise<{ pData: Uint8Array | Needed }> {
  const { bound, of } = operation.active.doing;
  const data = own(given);
  const pData = await operation.answerLater(space, bound(data.length), () => context.supervisor.use('decrypt', of, data), data);
  // Another may have been begun by now, by a thread that broke its promise.
  if (!(pData instanceof Needed) && session.operations.peek('decrypt') === operation) session.operations.end('decrypt');
  return { pData };
}

/** For functions without an Init: at once, or elsewhere. */
export function useKey<N extends 'unwrapKey' | 'decapsulateKey'>(
  context: Context,
  name: N,
  { key, mechanism }: { readonly key: Key; readonly mechanism: Mechanism },
  { type, parameter }: WireMechanism,
  data: Uint8Array,
  template: Template,
): ReturnType<KeyUses[N]> | Promise<ReturnType<KeyUses[N]>> {
  const { attributes } = key;
  if (mechanism.isSlow?.(attributes)) {
    const inputs = [own(data), template] as Parameters<KeyUses[N]>;
    return context.supervisor.use(name, { type, attributes, parameter }, ...inputs);
  }
  return keyUses[name](mechanism.operations, key, parameter, data, template) as ReturnType<KeyUses[N]>;
}

/** A copy: it may be a view of a frame, all of which would cross. */
const own = (bytes: Uint8Array): Uint8Array => Uint8Array.from(bytes);
