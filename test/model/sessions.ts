// Sessions and logins (§5.5, §5.6): which calls a state allows, and what a login, a logout and a closed session change.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { CKF, CKS, CKU } from '../../src/protocol/constants.ts';
import { TRIES } from '../../src/token/pin.ts';
import { type Act, act, pick, rarely } from './act.ts';
import { type Argument, bytes, type CkrName, NUMBER_OUT, number, numbersOf, pointer, structure } from './caller.ts';
import { type Application, OPERATIONS, type Operation, pickSession, type Rule, type Session, type World } from './world.ts';

/** A call that needs a session: without one that is its only error (§5.1.2 comes before all others). */
export const inSession = (
  name: string,
  application: Application,
  session: number,
  rule: (session: Session, handle: number) => Omit<Rule, 'name' | 'words'>,
  words: readonly Argument[] = [],
  suits?: (session: Session) => boolean,
): Rule => {
  const picked = pickSession(application, session, suits);
  const start = { name, words: [number(picked.handle), ...words] };
  if (!picked.session) return { ...start, faults: ['SESSION_HANDLE_INVALID'] };
  return { ...start, ...rule(picked.session, picked.handle) };
};

const PINS = { user: ['123456', '654321'], so: ['12345678', '87654321'] } as const;
type PinOwner = keyof typeof PINS;
const asBytes = (pin: string): Argument => bytes(Buffer.from(pin));

/** A PIN's owner gives the right one, or another. */
const guess = (world: World, owner: PinOwner, isWrong: boolean): string =>
  isWrong ? 'not this one' : (world.pins[owner] ?? PINS[owner][0]);

/** Wrong tries in a row lock a PIN; how many, the token says. */
const pinFaults = ({ pins, tries }: World, owner: PinOwner, pin: string, unset: CkrName): CkrName[] => {
  if (pins[owner] === undefined) return [unset];
  if (tries[owner] >= TRIES) return ['PIN_LOCKED'];
  return pin === pins[owner] ? [] : ['PIN_INCORRECT'];
};
const countTry = (world: World, owner: PinOwner) => (rv: CkrName) => {
  if (rv === 'PIN_INCORRECT' && world.pins[owner] !== undefined) world.tries[owner] += 1;
};

const state = ({ login }: Application, { readWrite }: Session): number => {
  if (login === 'so') return CKS.RW_SO_FUNCTIONS;
  if (login === 'user') return readWrite ? CKS.RW_USER_FUNCTIONS : CKS.RO_USER_FUNCTIONS;
  return readWrite ? CKS.RW_PUBLIC_SESSION : CKS.RO_PUBLIC_SESSION;
};

const login = (world: World, application: Application, choices: { session: number; so: boolean; isWrong: boolean }): Rule => {
  const who = choices.so ? 'so' : 'user';
  const pin = guess(world, who, choices.isWrong);
  const isIn = application.login !== 'nobody';
  return inSession(
    'C_Login',
    application,
    choices.session,
    () => ({
      faults: [
        isIn && (application.login === who ? 'USER_ALREADY_LOGGED_IN' : 'USER_ANOTHER_ALREADY_LOGGED_IN'),
        choices.so && application.hasReadOnlySession && 'SESSION_READ_ONLY_EXISTS',
        ...pinFaults(world, who, pin, 'USER_PIN_NOT_INITIALIZED'),
      ],
      succeed: () => {
        application.login = who;
        world.tries[who] = 0;
      },
      fail: countTry(world, who),
    }),
    [number(choices.so ? CKU.SO : CKU.USER), asBytes(pin)],
  );
};

/** For the one use of a key with CKA_ALWAYS_AUTHENTICATE that was begun in the session (§5.6.8). */
const contextLogin = (world: World, application: Application, choices: { session: number; isWrong: boolean }): Rule => {
  const pin = guess(world, 'user', choices.isWrong);
  return inSession(
    'C_Login',
    application,
    choices.session,
    ({ operations }) => {
      const waiting = OPERATIONS.map((name) => operations[name]).filter((operation): operation is Operation => !!operation?.awaitsLogin);
      const isOver = waiting.some((operation) => operation.isOver);
      return {
        faults: waiting.length === 0 ? ['OPERATION_NOT_INITIALIZED'] : pinFaults(world, 'user', pin, 'USER_PIN_NOT_INITIALIZED'),
        freedom: [isOver && 'OPERATION_NOT_INITIALIZED', isOver && 'USER_NOT_LOGGED_IN'],
        succeed: () => {
          world.tries.user = 0;
          for (const operation of waiting) operation.awaitsLogin = false;
        },
        fail: waiting.length === 0 ? () => {} : countTry(world, 'user'),
      };
    },
    [number(CKU.CONTEXT_SPECIFIC), asBytes(pin)],
    ({ operations }) => Object.values(operations).some(({ awaitsLogin }) => awaitsLogin),
  );
};

/** A new PIN, once in eight times one that is too short. */
const newPin = (owner: PinOwner, choice: number): { pin: string; faults: CkrName[] } =>
  choice === 7 ? { pin: '1', faults: ['PIN_LEN_RANGE'] } : { pin: PINS[owner][choice % 2]!, faults: [] };

const setPin = (world: World, application: Application, choices: { session: number; isWrong: boolean; choice: number }): Rule => {
  const owner = application.login === 'so' ? 'so' : 'user';
  const old = guess(world, owner, choices.isWrong);
  const fresh = newPin(owner, choices.choice);
  return inSession(
    'C_SetPIN',
    application,
    choices.session,
    ({ readWrite }) => ({
      // Its list has no word for a user PIN that was never set: the old PIN is wrong, then.
      faults: readWrite ? [...pinFaults(world, owner, old, 'PIN_INCORRECT'), ...fresh.faults] : ['SESSION_READ_ONLY'],
      succeed: () => {
        world.pins[owner] = fresh.pin;
        world.tries[owner] = 0;
      },
      fail: countTry(world, owner),
    }),
    [asBytes(old), asBytes(fresh.pin)],
  );
};

const openSession = (world: World, application: Application, choices: { readOnly: boolean; parallel: boolean }): Rule => ({
  name: 'C_OpenSession',
  words: [
    number(world.slot),
    number((choices.parallel ? 0 : CKF.SERIAL_SESSION) + (choices.readOnly ? 0 : CKF.RW_SESSION)),
    number(0),
    number(0),
    NUMBER_OUT,
  ],
  faults: [
    choices.parallel && 'SESSION_PARALLEL_NOT_SUPPORTED',
    choices.readOnly && application.login === 'so' && 'SESSION_READ_WRITE_SO_EXISTS',
  ],
  succeed: ([output]) => {
    const [handle] = numbersOf(output);
    assert(handle !== undefined && handle !== 0, 'a handle is not CK_INVALID_HANDLE');
    assert(!application.sessions.has(handle), 'two sessions have two handles');
    application.closed.delete(handle);
    application.sessions.set(handle, { readWrite: !choices.readOnly, operations: {} });
  },
});

const FLAGS = { digest: CKF.DIGEST, sign: CKF.SIGN, verify: CKF.VERIFY, encrypt: CKF.ENCRYPT, decrypt: CKF.DECRYPT } as const;

export const sessionActs: Record<string, Act> = {
  openSession: act(3, { readOnly: rarely(4), parallel: rarely(16) }, openSession),
  closeSession: act(1, { session: pick() }, (world, application, { session }) =>
    inSession('C_CloseSession', application, session, (_, handle) => ({
      faults: [],
      succeed: () => world.closeSession(application, handle),
    })),
  ),
  closeAllSessions: act(0.2, {}, (world, application) => ({
    name: 'C_CloseAllSessions',
    words: [number(world.slot)],
    faults: [],
    succeed: () => {
      for (const handle of application.sessions.keys()) world.closeSession(application, handle);
    },
  })),
  sessionInfo: act(3, { session: pick() }, (world, application, { session }) =>
    inSession(
      'C_GetSessionInfo',
      application,
      session,
      (picked) => ({
        faults: [],
        succeed: ([output]) => {
          const flags = CKF.SERIAL_SESSION + (picked.readWrite ? CKF.RW_SESSION : 0);
          assert.deepEqual(numbersOf(output), [world.slot, state(application, picked), flags, 0]);
        },
      }),
      [structure(4)],
    ),
  ),
  login: act(2, { session: pick(), so: rarely(4), isWrong: rarely(6) }, login),
  contextLogin: act(1.5, { session: pick(), isWrong: rarely(5) }, contextLogin),
  logout: act(1, { session: pick() }, (world, application, { session }) =>
    inSession('C_Logout', application, session, () => ({
      faults: [application.login === 'nobody' && 'USER_NOT_LOGGED_IN'],
      succeed: () => world.logOut(application),
    })),
  ),
  initPin: act(0.7, { session: pick(), choice: fc.nat(7) }, (world, application, { session, choice }) => {
    const fresh = newPin('user', choice);
    return inSession(
      'C_InitPIN',
      application,
      session,
      () => ({
        // "Can only be called in the R/W SO Functions state": any other is CKR_USER_NOT_LOGGED_IN.
        faults: [application.login !== 'so' && 'USER_NOT_LOGGED_IN', ...fresh.faults],
        succeed: () => {
          world.pins.user = fresh.pin;
          world.tries.user = 0;
        },
      }),
      [asBytes(fresh.pin)],
    );
  }),
  setPin: act(0.7, { session: pick(), isWrong: rarely(4), choice: fc.nat(7) }, setPin),
  initToken: act(0.3, { isWrong: rarely(3) }, (world, _, { isWrong }) => {
    const pin = guess(world, 'so', isWrong);
    const isInUse = world.applications.some(({ sessions }) => sessions.size > 0);
    return {
      name: 'C_InitToken',
      words: [number(world.slot), asBytes(pin), pointer(Buffer.from('a token'.padEnd(32)))],
      faults: [isInUse && 'SESSION_EXISTS', ...(isInUse ? [] : pinFaults(world, 'so', pin, 'PIN_INCORRECT'))],
      succeed: () => {
        world.destroy(() => true);
        world.pins.user = undefined;
        world.tries.user = world.tries.so = 0;
      },
      fail: countTry(world, 'so'),
    };
  }),
  cancel: act(
    1.5,
    { session: pick(), operations: fc.subarray([...OPERATIONS]), search: fc.boolean() },
    (_, application, { session, operations, search }) =>
      inSession(
        'C_SessionCancel',
        application,
        session,
        (picked) => ({
          faults: [],
          succeed: () => {
            for (const name of operations) delete picked.operations[name];
            if (search) picked.search = undefined;
          },
        }),
        [number(operations.reduce((flags, name) => flags + FLAGS[name], search ? CKF.FIND_OBJECTS : 0))],
      ),
  ),
};
