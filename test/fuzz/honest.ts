// An application of another process that signs all the while, and notices at once when it is not served, or wrongly.
import assert from 'node:assert/strict';
import { createPrivateKey, createPublicKey, verify } from 'node:crypto';
import { CKA, CKF, CKK, CKM, CKO, CKU } from '../../src/protocol/constants.ts';
import { buffer, bytes, bytesOf, Caller, mechanism, NUMBER_OUT, number, numbersOf, pointer, template } from '../model/caller.ts';
import { EC_PRIVATE } from '../model/making.ts';
import { bool, ulong } from '../model/world.ts';

const SLOT = 0;
const PINS = { user: Buffer.from('honest user'), so: Buffer.from('honest officer') };
const P256 = Buffer.from('06082a8648ce3d030107', 'hex');
/** It waits for a core like everybody else; nobody waits so long unless he is forgotten. */
const LIMIT = 30_000;

const publicKey = createPublicKey(
  createPrivateKey({
    key: Buffer.concat([Buffer.from('30310201010420', 'hex'), EC_PRIVATE, Buffer.from('a00a06082a8648ce3d030107', 'hex')]),
    format: 'der',
    type: 'sec1',
  }),
);

export class Honest {
  signatures = 0;
  readonly #caller: Caller;
  #session = '';
  #key = '';

  private constructor(caller: Caller) {
    this.#caller = caller;
  }

  /** Starts the engine, and makes a token of its own. */
  static async open(program: string, home: string): Promise<Honest> {
    const honest = new Honest(new Caller(program, { PATH: process.env.PATH, STRONGROOM_HOME: home }));
    await honest.#begin();
    return honest;
  }

  async #must(name: string, ...words: string[]): Promise<readonly string[]> {
    let alarm: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      alarm = setTimeout(() => reject(new Error(`an honest ${name} has had no answer for ${LIMIT / 1000} s`)), LIMIT);
    });
    const { rv, outputs } = await Promise.race([this.#caller.call(name, ...words), late]).finally(() => clearTimeout(alarm));
    assert.equal(rv, 'OK', `an honest ${name}`);
    return outputs;
  }

  async #open(): Promise<string> {
    const flags = number(CKF.SERIAL_SESSION + CKF.RW_SESSION);
    const [opened] = await this.#must('C_OpenSession', number(SLOT), flags, number(0), number(0), NUMBER_OUT);
    return number(numbersOf(opened)[0]!);
  }

  async #begin(): Promise<void> {
    await this.#must('C_Initialize', number(0));
    await this.#must('C_InitToken', number(SLOT), bytes(PINS.so), pointer(Buffer.from('honest'.padEnd(32))));
    this.#session = await this.#open();
    await this.#must('C_Login', this.#session, number(CKU.SO), bytes(PINS.so));
    await this.#must('C_InitPIN', this.#session, bytes(PINS.user));
    await this.#must('C_Logout', this.#session);
    await this.#must('C_Login', this.#session, number(CKU.USER), bytes(PINS.user));
    const key = template([
      [CKA.CLASS, ulong(CKO.PRIVATE_KEY)],
      [CKA.KEY_TYPE, ulong(CKK.EC)],
      [CKA.TOKEN, bool(true)],
      [CKA.EC_PARAMS, P256],
      [CKA.VALUE, EC_PRIVATE],
      [CKA.SIGN, bool(true)],
    ]);
    const [made] = await this.#must('C_CreateObject', this.#session, key, NUMBER_OUT);
    this.#key = number(numbersOf(made)[0]!);
  }

  async sign(): Promise<void> {
    const text = Buffer.from(`text ${this.signatures}`);
    await this.#must('C_SignInit', this.#session, mechanism(CKM.ECDSA_SHA256), this.#key);
    const [signature] = await this.#must('C_Sign', this.#session, bytes(text), buffer(64));
    assert(verify('sha256', text, { key: publicKey, dsaEncoding: 'ieee-p1363' }, bytesOf(signature)), 'an honest signature is right');
    this.signatures += 1;
  }

  async end(): Promise<void> {
    await this.#caller.end();
  }
}
