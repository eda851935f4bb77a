// One active operation of a session, and the one place that decides between "how long?", "too small" and the result (§5.2).

import { hash } from 'node:crypto';
import { ensure } from '../model/error.ts';
import { type InPlace, type Maker, Needed } from '../protocol/codec.ts';
import type { OperationName } from '../protocol/operations.ts';
import { QUERY } from '../protocol/reader.ts';

/** Operations on many messages, one after another. */
const PROCESSES: ReadonlySet<OperationName> = new Set(['messageEncrypt', 'messageDecrypt', 'messageSign', 'messageVerify']);

/** Which of an operation's calls with output, and what it was given. */
export type OutputCall = readonly [step: 'whole' | 'update' | 'final', input?: Uint8Array];

export class Operation<T> {
  readonly active: T;
  /** A part was given: a one-shot call may not end it any more. */
  updated = false;
  /** The message that a process is in the middle of. */
  message: unknown;
  /** A result that did not fit: given as it is to the next call that has room, so that no input is taken twice. */
  #kept: Uint8Array | undefined;
  /** The call that it is the result of. */
  #keptOf: string | undefined;

  constructor(active: T) {
    this.active = active;
  }

  /** Whether the result goes out at once: nothing is kept, and there is room for the most that it can be. */
  fits(space: number, bound: number): boolean {
    return this.#kept === undefined && space !== QUERY && space >= bound;
  }

  /**
   * @param space bytes there are, or QUERY.
   * @param bound the most bytes that `produce` can give.
   * @param produce takes the input: called once, however often the application has to ask.
   * @param call it is repeated as it was: another's result, or that of other input, must not pass for its own.
   */
  answer(space: number, bound: number, produce: () => Uint8Array, call: OutputCall): Uint8Array | Needed {
    if (this.#kept === undefined) {
      if (space === QUERY) return new Needed(bound, false);
      if (space >= bound) return produce();
      this.#keptOf = nameOf(call);
      this.#kept = produce();
    } else ensure(this.#keptOf === nameOf(call), 'FUNCTION_FAILED', 'the call before this one is to be repeated first');
    const kept = this.#kept;
    if (space === QUERY || space < kept.length) return new Needed(kept.length, space !== QUERY);
    this.#kept = undefined;
    return kept;
  }

  /** The same for a one-shot call, where it is produced elsewhere. @param input no view of a frame: it is looked at after the wait. */
  async answerLater(space: number, bound: number, produce: () => Promise<Uint8Array>, input: Uint8Array): Promise<Uint8Array | Needed> {
    if (this.#kept !== undefined || space === QUERY) return this.answer(space, bound, () => input, ['whole', input]);
    const produced = await produce();
    return this.answer(space, bound, () => produced, ['whole', input]);
  }
}

const nameOf = ([step, input]: OutputCall): string => (input ? `${step} ${hash('sha256', input)}` : step);

/** For results whose length is known exactly before any input is taken (signatures, digests): undefined where there is room. */
export function lengthOnly(space: number, size: number): Needed | undefined {
  if (space === QUERY) return new Needed(size, false);
  return space < size ? new Needed(size, true) : undefined;
}

export const answerExact = <T>(space: number, size: number, produce: () => T): T | Needed => lengthOnly(space, size) ?? produce();

/** Whether a result in one part can be made where it is to stand. */
export const isMaker = (doing: { put?: Maker['put'] | undefined }): doing is Maker => doing.put !== undefined;
export type OneShot = InPlace | Uint8Array;

/** The operations of one session. */
export class Operations {
  readonly #active: { [N in OperationName]?: Operation<unknown> | undefined } = {};

  /** Before anything else is looked at. @throws CKR_OPERATION_ACTIVE */
  admit(name: OperationName): void {
    ensure(this.#active[name] === undefined, 'OPERATION_ACTIVE', 'an operation of the kind is active:', name);
  }

  begin<T>(name: OperationName, active: T): void {
    this.admit(name);
    this.#active[name] = new Operation(active);
  }

  /** @throws CKR_OPERATION_NOT_INITIALIZED */
  get<T>(name: OperationName): Operation<T> {
    const operation = this.#active[name];
    ensure(operation !== undefined, 'OPERATION_NOT_INITIALIZED', 'no operation of the kind is active:', name);
    return operation as Operation<T>;
  }

  peek<T>(name: OperationName): Operation<T> | undefined {
    return this.#active[name] as Operation<T> | undefined;
  }

  /** The names of what is active. */
  get names(): OperationName[] {
    return (Object.keys(this.#active) as OperationName[]).filter((name) => this.#active[name] !== undefined);
  }

  end(name: OperationName): void {
    this.#active[name] = undefined;
  }

  /** An Init without a mechanism (since v3.0). @throws CKR_MECHANISM_INVALID: no Init may say that nothing was active. */
  cancel(name: OperationName): void {
    ensure(this.#active[name] !== undefined, 'MECHANISM_INVALID', `no mechanism is given, and no ${name} operation is active`);
    this.end(name);
  }

  /** An error ends an operation; of a process it ends the message at hand, and the next one can begin. */
  fail(name: OperationName): void {
    const operation = this.#active[name];
    if (operation !== undefined && PROCESSES.has(name)) operation.message = undefined;
    else this.end(name);
  }
}
