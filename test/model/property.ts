// The property: whatever two applications call, in whatever order, the module answers as the model says.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { CKF, CKU } from '../../src/protocol/constants.ts';
import { request } from '../support/engine.ts';
import { type Step, steps } from './act.ts';
import { bytes, Caller, type CkrName, compile, NUMBER_OUT, number, numbers, numbersOf, pointer, template } from './caller.ts';
import { cipherActs } from './ciphers.ts';
import { firstObjects, makingActs } from './making.ts';
import { objectActs } from './objects.ts';
import { operationActs } from './operations.ts';
import { searchActs } from './search.ts';
import { sessionActs } from './sessions.ts';
import { Application, type Rule, World } from './world.ts';

const SLOT = 0;
const PINS = { user: '123456', so: '12345678' };
const text = (value: string) => Buffer.from(value);
const SERIAL_RW = number(CKF.SERIAL_SESSION + CKF.RW_SESSION);

/** How a sequence begins: whether each application's user is logged in. */
export type Start = readonly [boolean, boolean];

export const sequences = (shortest: number, longest: number): fc.Arbitrary<[Start, Step[]]> =>
  fc.tuple(
    fc.tuple(fc.boolean(), fc.boolean()),
    fc.array(steps({ ...sessionActs, ...makingActs, ...objectActs, ...searchActs, ...operationActs, ...cipherActs }), {
      minLength: shortest,
      maxLength: longest,
      size: 'max',
    }),
  );

const must = async (caller: Caller, name: string, ...words: string[]): Promise<readonly string[]> => {
  const { rv, outputs } = await caller.call(name, ...words);
  assert.equal(rv, 'OK', name);
  return outputs;
};

/** Makes the call and judges its answer. */
const follow = async ({ caller }: Application, { name, words, faults, freedom = [], succeed, fail }: Rule, step: string): Promise<void> => {
  const { rv, outputs } = await caller.call(name, ...words);
  const due = faults.filter((fault) => fault !== false);
  const allowed = [...(due.length > 0 ? due : ['OK' as const]), ...freedom].filter((code): code is CkrName => code !== false);
  const told = `${step}\n  ${name} ${words.join(' ')}`;
  assert(allowed.includes(rv), `${told}\n  is ${rv}, and should be ${[...new Set(allowed)].join(' or ')}`);
  try {
    if (rv === 'OK') await succeed?.(outputs);
    else fail?.(rv, outputs);
  } catch (error) {
    throw new Error(`${told}\n  ${outputs.join(' ')}\n  ${(error as Error).message}`, { cause: error });
  }
};

export class Laboratory {
  readonly #home: string;
  readonly #callers: readonly Caller[];

  private constructor(home: string, callers: readonly Caller[]) {
    this.#home = home;
    this.#callers = callers;
  }

  /** @param home of the store. @param folder for the program that makes the calls. */
  static async open(home: string, folder: string): Promise<Laboratory> {
    const program = compile(folder);
    const environment = { PATH: process.env.PATH, STRONGROOM_HOME: home };
    const callers = [new Caller(program, environment), new Caller(program, environment)];
    for (const caller of callers) await must(caller, 'C_Initialize', number(0));
    return new Laboratory(home, callers);
  }

  /** Calls made so far. */
  get calls(): number {
    return this.#callers.reduce((sum, { calls }) => sum + calls, 0);
  }

  async close(): Promise<void> {
    for (const caller of this.#callers) await caller.end();
  }

  /** A new token, a session for each application, and the model of that. */
  async #begin(start: Start): Promise<World> {
    const [first] = this.#callers as [Caller];
    for (const caller of this.#callers) await caller.call('C_CloseAllSessions', number(SLOT));
    await request(this.#home, 'delete-token', { slot: SLOT });
    await must(first, 'C_InitToken', number(SLOT), bytes(text(PINS.so)), pointer(text('a token'.padEnd(32))));
    const [opened] = await must(first, 'C_OpenSession', number(SLOT), SERIAL_RW, number(0), number(0), NUMBER_OUT);
    const [session] = numbersOf(opened);
    await must(first, 'C_Login', number(session!), number(CKU.SO), bytes(text(PINS.so)));
    await must(first, 'C_InitPIN', number(session!), bytes(text(PINS.user)));
    await must(first, 'C_FindObjectsInit', number(session!), template([]));
    const [builtIn] = await must(first, 'C_FindObjects', number(session!), numbers(1000));
    await must(first, 'C_CloseSession', number(session!));
    const applications = this.#callers.map((caller) => new Application(caller));
    const world = new World(SLOT, applications, { ...PINS }, new Set(numbersOf(builtIn)));
    for (const [at, application] of applications.entries()) await this.#settle(application, start[at]!);
    return world;
  }

  async #settle(application: Application, isLoggedIn: boolean): Promise<void> {
    const { caller } = application;
    const [opened] = await must(caller, 'C_OpenSession', number(SLOT), SERIAL_RW, number(0), number(0), NUMBER_OUT);
    const [session] = numbersOf(opened);
    application.sessions.set(session!, { readWrite: true, operations: {} });
    if (!isLoggedIn) return;
    await must(caller, 'C_Login', number(session!), number(CKU.USER), bytes(text(PINS.user)));
    application.login = 'user';
  }

  /** @throws where the module and the model differ. */
  async run(start: Start, sequence: readonly Step[]): Promise<void> {
    const world = await this.#begin(start);
    for (const application of world.applications) {
      for (const rule of firstObjects(world, application)) await follow(application, rule, 'at first');
    }
    for (const step of sequence) {
      const application = world.applications[step.application]!;
      await follow(application, step.rule(world, application), `${step}`);
    }
  }
}
