// One hostile application: it makes the calls of a scenario, some of them spoilt, and judges what the engine makes of that.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { codesOf } from '../../src/engine/return-value.ts';
import { type CallName, calls } from '../../src/protocol/calls.ts';
import { CKM, CKR } from '../../src/protocol/constants.ts';
import { LANES, WORKERS } from '../../src/protocol/layout.ts';
import { parameterOf } from '../../src/protocol/parameter-of.ts';
import { frameOf, type Structure } from './frame.ts';
import { keys, type Memory, openSession, type Scenario, type Step, scenarios, token } from './scenarios.ts';
import type { Reply, Sender } from './sender.ts';
import { type Breach, breach, greeting, type Spoil, spoil } from './spoil.ts';

/** A frame that is answered at all is answered by then, however busy the machine. */
const LIMIT = 60_000;
/** What may never be answered: a C_WaitForSlotEvent that waits, and a lane that another worker was told of than serves it. */
const SHORT = 50;

const names = new Map<number, CallName>(Object.entries(calls).map(([name, { id }]) => [id, name as CallName]));
const codes = new Map<number, string>(Object.entries(CKR).map(([name, rv]) => [rv, name]));

/** Every mechanism with a structure, in the calls that a mechanism can be for. */
const structured: readonly Scenario[] = Object.entries(parameterOf).flatMap(([name, structs]) => {
  const type = CKM[name as keyof typeof CKM];
  return [structs].flat().map((struct) => {
    const pMechanism = { type, parameter: { struct } satisfies Structure };
    const withKey = (call: CallName, key = 'hKey'): Step => ({
      name: call,
      given: ({ aes }) => ({ pMechanism, [key]: aes as number, hWrappingKey: aes as number }),
      isVain: true,
    });
    const steps = [
      withKey('C_EncryptInit'),
      withKey('C_DecryptInit'),
      withKey('C_SignInit'),
      withKey('C_WrapKey'),
      withKey('C_DeriveKey', 'hBaseKey'),
      withKey('C_GenerateKey'),
    ];
    return { weight: 0.1, steps, isLast: true };
  });
});

/** Once in `n` times. */
const rarely = <T>(n: number, arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> =>
  fc.oneof({ weight: n - 1, arbitrary: fc.constant(null) }, { weight: 1, arbitrary });

interface Plan {
  readonly scenario: Scenario;
  readonly changes: readonly { readonly at: number; readonly spoil: Spoil; readonly breach: Breach | null }[];
  readonly lane: number;
  readonly strayWorker: number | null;
  readonly greeting: Uint8Array | null;
}
export const plan: fc.Arbitrary<Plan> = fc.record({
  scenario: fc.oneof(
    ...[...scenarios, ...structured].map((scenario) => ({ weight: Math.round(scenario.weight * 10), arbitrary: fc.constant(scenario) })),
  ),
  changes: fc.array(fc.record({ at: fc.nat(63), spoil, breach: rarely(12, breach) }), { minLength: 1, maxLength: 4 }),
  lane: fc.nat(LANES - 1),
  strayWorker: rarely(30, fc.nat(WORKERS - 1)),
  greeting: rarely(20, greeting),
});

export class Hostile {
  frames = 0;
  spoilt = 0;
  dropped = 0;
  /** Calls that have answered CKR_OK, unspoilt. */
  readonly succeeded = new Set<CallName>();
  readonly #sender: Sender;
  readonly #slot: number;
  #workers = 1;
  #memory: Memory | undefined;

  constructor(sender: Sender, slot: number) {
    this.#sender = sender;
    this.#slot = slot;
  }

  /** The bare frame of a step. */
  #frame({ name, given, foreseen }: Step, memory: Memory): Buffer {
    const own = { slotID: this.#slot, hSession: memory.hSession ?? 0 };
    return frameOf(name, { ...own, ...given(memory) }, foreseen && { ...own, ...foreseen(memory) });
  }

  async #post(frame: Buffer, lane: number, spoiling: Breach = {}, worker?: number): Promise<Reply> {
    this.frames += 1;
    const session = frame.length >= 16 ? Number(frame.readBigUInt64LE(8) % BigInt(WORKERS)) : 0;
    const own = session < this.#workers ? session : 0;
    const id = frame.length >= 4 ? frame.readUInt32LE(0) : 0;
    const mayWait = id === calls.C_WaitForSlotEvent.id || worker !== undefined;
    return await this.#sender.post(frame, { worker: worker ?? own, lane, patience: mayWait ? SHORT : LIMIT, ...spoiling });
  }

  #keep({ handles = [], bytes }: Step, reply: Buffer, memory: Memory, name: CallName): void {
    for (const [at, handle] of handles.entries()) memory[handle] = Number(reply.readBigUInt64LE(reply.length - 8 * (handles.length - at)));
    // A wrapping function's mechanism comes back before the output.
    const start = name === 'C_WrapKey' ? 16 : 8;
    if (bytes !== undefined) memory[bytes] = Buffer.from(reply.subarray(start + 16, start + 16 + Number(reply.readBigUInt64LE(start))));
  }

  /** Makes a call as it should be made. */
  async #must(step: Step, memory: Memory, lane: number): Promise<void> {
    const { outcome, bytes } = await this.#post(this.#frame(step, memory), lane);
    assert.equal(outcome, 'answered', `a good ${step.name}`);
    const rv = codes.get(Number(bytes.readBigUInt64LE(0)));
    if (step.isVain) return;
    assert.equal(rv, 'OK', `a good ${step.name}`);
    this.succeeded.add(step.name);
    this.#keep(step, bytes, memory, step.name);
  }

  async #connect(): Promise<Memory> {
    this.#workers = await this.#sender.connect();
    const memory: Memory = {};
    for (const step of [openSession, ...keys]) await this.#must(step, memory, 0);
    this.#memory = memory;
    return memory;
  }

  /** Makes the token, and goes through all scenarios as they should be gone through. */
  async rehearse(): Promise<void> {
    this.#workers = await this.#sender.connect();
    const memory: Memory = {};
    for (const step of token) await this.#must(step, memory, 0);
    for (const scenario of scenarios) {
      const fresh = await this.#connect();
      for (const step of scenario.steps) await this.#must(step, fresh, 1);
    }
    this.#memory = undefined;
  }

  #judge(frame: Buffer, reply: Reply, isBroken: boolean): void {
    const name = names.get(frame.length >= 8 ? frame.readUInt32LE(0) : 0);
    if (reply.outcome === 'dropped') this.dropped += 1;
    if (reply.outcome === 'silent')
      assert(isBroken || name === 'C_WaitForSlotEvent', `${name} has had no answer, and its sender was not dropped`);
    if (reply.outcome !== 'answered') return;
    assert(name !== undefined && reply.bytes.length >= 8, 'an answer to what is no call');
    const rv = Number(reply.bytes.readBigUInt64LE(0));
    const code = codes.get(rv);
    const isDue = code !== undefined && (codesOf(name) as ReadonlySet<string>).has(code);
    assert(code === 'FUNCTION_NOT_SUPPORTED' || isDue, `${name} answers ${code ?? rv}`);
  }

  /** @throws where the engine has done what it never may. */
  async perform({ scenario, changes, lane, strayWorker, greeting: said }: Plan): Promise<void> {
    if (said) await this.#sender.say(said, 10);
    const memory = this.#memory ?? (await this.#connect());
    for (const [at, step] of scenario.steps.entries()) {
      const due = changes.filter((change) => change.at % scenario.steps.length === at);
      const good = this.#frame(step, memory);
      const frame = due.reduce((bytes, { spoil: spoilIt }) => spoilIt(bytes), good);
      const broken = Object.assign({}, ...due.map((change) => change.breach ?? {})) as Breach;
      const stray = due.length > 0 && strayWorker !== null ? strayWorker : undefined;
      if (due.length > 0) this.spoilt += 1;
      const reply = await this.#post(frame, lane, broken, stray);
      try {
        this.#judge(frame, reply, stray !== undefined);
      } catch (error) {
        throw new Error(`${(error as Error).message}\n  ${step.name}, ${due.map((change) => change.spoil).join(', ')}\n  ${told(frame)}`);
      }
      const isOver = reply.outcome === 'dropped' || reply.outcome === 'silent' || reply.outcome === 'more';
      if (isOver) {
        this.#memory = undefined;
        return;
      }
      if (due.length === 0 && reply.bytes.readUInt32LE(0) === CKR.OK) this.#keep(step, reply.bytes, memory, step.name);
    }
    if (scenario.isLast || this.frames % 50 < 5) this.#memory = undefined;
  }
}

const told = (frame: Buffer): string =>
  `${frame.length} bytes: ${frame.subarray(0, 600).toString('hex')}${frame.length > 600 ? ' ...' : ''}`;
