// Operations (§5.2, §5.10, §5.11, §5.13): what begins them, what a length query and a buffer that is too small leave as it was, and what
// ends them. Here those whose result has a length of its own: digests, signatures and MACs; ciphers.ts has the others.
import assert from 'node:assert/strict';
import { createHash, createHmac, createPrivateKey, createPublicKey, verify } from 'node:crypto';
import fc from 'fast-check';
import { CKA, CKK, CKM, CKO } from '../../src/protocol/constants.ts';
import { type Act, act, pick } from './act.ts';
import { type Argument, buffer, bytes, bytesOf, type CkrName, lengthOf, mechanism, NULL_MECHANISM, number } from './caller.ts';
import { EC_PRIVATE } from './making.ts';
import { inSession } from './sessions.ts';
import {
  type Application,
  isClass,
  isSecretKey,
  isTrue,
  isType,
  keepsItsValue,
  type Operation,
  type OperationName,
  pickSession,
  pickThing,
  type Rule,
  type Session,
  type Thing,
  type World,
} from './world.ts';

const NO_MECHANISM = 0x7fff_0001;
export const IV = Buffer.alloc(16, 9);

const newOperation = (type: number, key?: Thing): Operation => ({
  mechanism: type,
  key,
  secret: key?.attributes.get(CKA.VALUE),
  parameter: type === CKM.AES_CBC_PAD ? IV : Buffer.alloc(0),
  input: Buffer.alloc(0),
  output: Buffer.alloc(0),
  parted: false,
  awaitsLogin: key !== undefined && isTrue(key, CKA.ALWAYS_AUTHENTICATE),
  isOver: false,
  unfinished: undefined,
});

type How = 'right' | 'no such mechanism' | 'a bad parameter' | 'cancel';
export const how = fc.oneof(
  { weight: 12, arbitrary: fc.constant<How>('right') },
  { weight: 3, arbitrary: fc.constantFrom<How>('no such mechanism', 'a bad parameter', 'cancel') },
);

const mechanismOf = (choice: How, type: number): Argument => {
  if (choice === 'cancel') return NULL_MECHANISM;
  if (choice === 'no such mechanism') return mechanism(NO_MECHANISM);
  if (choice === 'a bad parameter') return mechanism(type, Buffer.alloc(3));
  return mechanism(type, newOperation(type).parameter);
};

const mechanismFaults = (choice: How): CkrName[] => {
  if (choice === 'no such mechanism') return ['MECHANISM_INVALID'];
  return choice === 'a bad parameter' ? ['MECHANISM_PARAM_INVALID'] : [];
};

/** "pMechanism set to NULL_PTR to terminate an active operation"; where none is, ours says that there is no mechanism. */
const cancelling = (session: Session, name: OperationName) => ({
  faults: [session.operations[name] === undefined && ('MECHANISM_INVALID' as const)],
  succeed: () => {
    delete session.operations[name];
  },
});

/** What a key must be, and must permit. */
export interface Use {
  readonly name: OperationName;
  readonly init: string;
  readonly permission: number;
  /** Which mechanism for which key. */
  readonly mechanisms: readonly (readonly [type: number, keyType: number])[];
}

const keyFaults = (thing: Thing, { permission }: Use, keyType: number): (CkrName | false)[] => [
  !isType(thing, keyType) && 'KEY_TYPE_INCONSISTENT',
  thing.attributes.get(permission)?.[0] === 0 && 'KEY_FUNCTION_NOT_PERMITTED',
  // A data object permits nothing, and is no key at all.
  !thing.attributes.has(permission) && 'KEY_FUNCTION_NOT_PERMITTED',
  isClass(thing, CKO.DATA) && 'KEY_HANDLE_INVALID',
];

export const beginWithKey =
  (use: Use) =>
  (world: World, application: Application, choices: { session: number; object: number; choice: How; mechanism: number }): Rule => {
    const [type, keyType] = use.mechanisms[choices.mechanism % use.mechanisms.length]!;
    const { handle, thing } = pickThing(world, application, choices.object, (object) => isType(object, keyType));
    return inSession(
      use.init,
      application,
      choices.session,
      (session) => {
        if (choices.choice === 'cancel') return cancelling(session, use.name);
        const active = session.operations[use.name];
        const faults = [
          active !== undefined && ('OPERATION_ACTIVE' as const),
          ...mechanismFaults(choices.choice),
          ...(thing ? keyFaults(thing, use, keyType) : ['KEY_HANDLE_INVALID' as const]),
        ];
        return {
          // After C_Logout it "may or may not be the case that those operations are still active".
          faults: active?.isOver ? faults.slice(1) : faults,
          freedom: active?.isOver ? ['OPERATION_ACTIVE'] : [],
          succeed: () => {
            session.operations[use.name] = newOperation(type, thing);
          },
        };
      },
      [mechanismOf(choices.choice, type), number(handle)],
    );
  };

/** A call of an operation: without one that is its only error; of one that went with its login there is nothing left to be had. */
export const inOperation = (
  name: OperationName,
  call: string,
  application: Application,
  session: number,
  words: readonly Argument[],
  rule: (operation: Operation, end: () => void) => Omit<Rule, 'name' | 'words'>,
): Rule =>
  inSession(
    call,
    application,
    session,
    ({ operations }) => {
      const operation = operations[name];
      const end = () => {
        delete operations[name];
      };
      if (operation === undefined) return { faults: ['OPERATION_NOT_INITIALIZED'] };
      if (operation.isOver) return { faults: ['OPERATION_NOT_INITIALIZED', 'USER_NOT_LOGGED_IN'], fail: end };
      if (operation.awaitsLogin) return { faults: ['USER_NOT_LOGGED_IN', 'OPERATION_NOT_INITIALIZED'], fail: end };
      const inner = rule(operation, end);
      const fail = (rv: CkrName, outputs: readonly string[]) => {
        inner.fail?.(rv, outputs);
        if (rv !== 'BUFFER_TOO_SMALL') end();
      };
      return { ...inner, fail };
    },
    words,
    isActive(name),
  );

const isActive = (name: OperationName) => (session: Session) => session.operations[name] !== undefined;

export type Room = 'none' | 'little' | 'enough';
export const room = fc.constantFrom<Room>('none', 'little', 'enough', 'enough', 'enough');
/** Of few lengths, those about a block's: so that a call is now and then repeated with what it had. */
export const data = fc.constantFrom(0, 1, 15, 16, 17, 32, 33).map((length) => Buffer.from(Array.from({ length }, (_, at) => at)));

/** Whether `result` is the right one for all of the operation's input. */
type Check = (operation: Operation, input: Buffer, result: Buffer) => void;

const publicKey = createPublicKey(
  createPrivateKey({
    key: Buffer.concat([Buffer.from('30310201010420', 'hex'), EC_PRIVATE, Buffer.from('a00a06082a8648ce3d030107', 'hex')]),
    format: 'der',
    type: 'sec1',
  }),
);
const hmac = (operation: Operation, input: Buffer): Buffer => createHmac('sha256', operation.secret!).update(input).digest();
const checkDigest: Check = (_, input, result) => assert.deepEqual(result, createHash('sha256').update(input).digest());
const checkSignature: Check = (operation, input, result) => {
  if (operation.mechanism === CKM.SHA256_HMAC) assert.deepEqual(result, hmac(operation, input));
  else assert(verify('sha256', input, { key: publicKey, dsaEncoding: 'ieee-p1363' }, result), 'the signature is right');
};
const sizeOf = ({ mechanism: type }: Operation): number => (type === CKM.ECDSA_SHA256 ? 64 : 32);

/** The room for a result of known length: a query and too little of it leave everything as it was (§5.2). */
const result = (
  operation: Operation,
  wanted: Room,
  others: readonly (CkrName | false)[],
  take: (result: Buffer) => void,
): Omit<Rule, 'name' | 'words'> => {
  const isEnough = ([output]: readonly string[]) => assert(lengthOf(output) >= sizeOf(operation), 'the length suffices');
  return {
    faults: [...others, wanted === 'little' && 'BUFFER_TOO_SMALL'],
    succeed: (outputs) => (wanted === 'none' ? isEnough(outputs) : take(bytesOf(outputs[0]))),
    fail: (rv, outputs) => {
      if (rv === 'BUFFER_TOO_SMALL') isEnough(outputs);
    },
  };
};

const space = (wanted: Room): Argument => buffer({ none: undefined, little: 7, enough: 80 }[wanted]);

interface Part {
  readonly session: number;
  readonly part: Buffer;
  readonly room: Room;
}
const part = { session: pick(), part: data, room };

const once = (name: OperationName, call: string, check: Check) => (_: World, application: Application, choices: Part) =>
  inOperation(name, call, application, choices.session, [bytes(choices.part), space(choices.room)], (operation, end) =>
    result(operation, choices.room, [operation.parted === true && 'OPERATION_ACTIVE'], (signature) => {
      check(operation, choices.part, signature);
      end();
    }),
  );

const update = (name: OperationName, call: string) => (_: World, application: Application, choices: Omit<Part, 'room'>) =>
  inOperation(name, call, application, choices.session, [bytes(choices.part)], (operation) => ({
    faults: [],
    succeed: () => {
      operation.input = Buffer.concat([operation.input, choices.part]);
      operation.parted = true;
    },
  }));

const final = (name: OperationName, call: string, check: Check) => (_: World, application: Application, choices: Omit<Part, 'part'>) =>
  inOperation(name, call, application, choices.session, [space(choices.room)], (operation, end) =>
    result(operation, choices.room, [], (signature) => {
      check(operation, operation.input, signature);
      end();
    }),
  );

type Claim = 'right' | 'wrong' | 'short';
const claims = fc.constantFrom<Claim>('right', 'right', 'wrong', 'short');
const claimed = (operation: Operation | undefined, input: Buffer, claim: Claim): Buffer => {
  const signature = operation?.secret ? hmac(operation, input) : Buffer.alloc(32);
  if (claim === 'wrong') signature[5]! ^= 1;
  return claim === 'short' ? signature.subarray(1) : signature;
};

/** "A call to C_Verify always terminates the active verification operation." */
const verifying =
  (call: string, isOnce: boolean) =>
  (_: World, application: Application, choices: { session: number; part: Buffer; claim: Claim }): Rule => {
    const operation = pickSession(application, choices.session, isActive('verify')).session?.operations.verify;
    const input = isOnce ? choices.part : (operation?.input ?? Buffer.alloc(0));
    const words = [...(isOnce ? [bytes(choices.part)] : []), bytes(claimed(operation, input, choices.claim))];
    return inOperation('verify', call, application, choices.session, words, (active, end) => ({
      faults: [
        isOnce && active.parted === true && 'OPERATION_ACTIVE',
        choices.claim === 'wrong' && 'SIGNATURE_INVALID',
        choices.claim === 'short' && 'SIGNATURE_LEN_RANGE',
      ],
      succeed: end,
    }));
  };

const SIGN: Use = {
  name: 'sign',
  init: 'C_SignInit',
  permission: CKA.SIGN,
  mechanisms: [
    [CKM.SHA256_HMAC, CKK.GENERIC_SECRET],
    [CKM.ECDSA_SHA256, CKK.EC],
  ],
};
const VERIFY: Use = { name: 'verify', init: 'C_VerifyInit', permission: CKA.VERIFY, mechanisms: [[CKM.SHA256_HMAC, CKK.GENERIC_SECRET]] };
export const begun = { session: pick(), object: pick(), choice: how, mechanism: fc.nat(3) };

const digestInit = (_: World, application: Application, choices: { session: number; choice: How }): Rule =>
  inSession(
    'C_DigestInit',
    application,
    choices.session,
    (session) => {
      if (choices.choice === 'cancel') return cancelling(session, 'digest');
      return {
        faults: [session.operations.digest !== undefined && 'OPERATION_ACTIVE', ...mechanismFaults(choices.choice)],
        succeed: () => {
          session.operations.digest = newOperation(CKM.SHA256);
        },
      };
    },
    [mechanismOf(choices.choice, CKM.SHA256)],
  );

/** The value of a key that may be read anyway; any other is indigestible to this token. */
const digestKey = (world: World, application: Application, choices: { session: number; object: number }): Rule => {
  const { handle, thing } = pickThing(world, application, choices.object, isSecretKey);
  const value = thing?.attributes.get(CKA.VALUE);
  const isDigestible = thing !== undefined && isSecretKey(thing) && !keepsItsValue(thing);
  return inOperation('digest', 'C_DigestKey', application, choices.session, [number(handle)], (operation) => ({
    faults: [thing === undefined || isClass(thing, CKO.DATA) ? 'KEY_HANDLE_INVALID' : !isDigestible && 'KEY_INDIGESTIBLE'],
    succeed: () => {
      operation.parted = true;
      operation.input = Buffer.concat([operation.input, value!]);
    },
  }));
};

export const operationActs: Record<string, Act> = {
  digestInit: act(3, { session: pick(), choice: how }, digestInit),
  digest: act(2, part, once('digest', 'C_Digest', checkDigest)),
  digestUpdate: act(2, { session: pick(), part: data }, update('digest', 'C_DigestUpdate')),
  digestKey: act(1, { session: pick(), object: pick() }, digestKey),
  digestFinal: act(2, { session: pick(), room }, final('digest', 'C_DigestFinal', checkDigest)),
  signInit: act(6, begun, beginWithKey(SIGN)),
  sign: act(4, part, once('sign', 'C_Sign', checkSignature)),
  signUpdate: act(3, { session: pick(), part: data }, update('sign', 'C_SignUpdate')),
  signFinal: act(3, { session: pick(), room }, final('sign', 'C_SignFinal', checkSignature)),
  verifyInit: act(4, begun, beginWithKey(VERIFY)),
  verify: act(2, { session: pick(), part: data, claim: claims }, verifying('C_Verify', true)),
  verifyUpdate: act(2, { session: pick(), part: data }, update('verify', 'C_VerifyUpdate')),
  verifyFinal: act(2, { session: pick(), part: fc.constant(Buffer.alloc(0)), claim: claims }, verifying('C_VerifyFinal', false)),
};
