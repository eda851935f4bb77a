// What there is, by the standard's rules: one token, two applications with their sessions and logins, and objects.
// The rules of single calls are in sessions.ts, objects.ts, operations.ts and ciphers.ts; what several of them bring about is here.
import { CKA, CKK, CKO } from '../../src/protocol/constants.ts';
import type { Argument, Caller, CkrName } from './caller.ts';

export type Who = 'nobody' | 'user' | 'so';

/** An object, as much of it as its maker said. */
export interface Thing {
  readonly attributes: Map<number, Buffer>;
  /** CKA_UNIQUE_ID. */
  uniqueId: string;
  /** Of a session object: whose, and of which session. */
  readonly owner: { readonly application: Application; readonly session: number } | undefined;
}

/** An operation, from its Init until a call ends it. */
export interface Operation {
  readonly mechanism: number;
  readonly key: Thing | undefined;
  /** The key's value when the operation began: it goes on with that, whatever becomes of the object. */
  readonly secret: Buffer | undefined;
  readonly parameter: Buffer;
  input: Buffer;
  output: Buffer;
  /** A part was given (`true`), or a part was only asked about (`'asked'`). */
  parted: boolean | 'asked';
  /** CKA_ALWAYS_AUTHENTICATE, before the context-specific login. */
  awaitsLogin: boolean;
  /** C_Logout came after it was begun with a private key: it may or may not be active still, and will do nothing any more. */
  isOver: boolean;
  /** The call whose result did not fit, and its input: it is to be repeated. */
  unfinished: { readonly call: string; readonly input: Buffer } | undefined;
}

export interface SearchOperation {
  readonly fits: (thing: Thing) => boolean;
  /** What it has to find, and what it may. */
  readonly due: Set<Thing>;
  readonly fitted: ReadonlySet<Thing>;
  readonly found: Set<number>;
  /** Objects were destroyed meanwhile: it may find handles that lead nowhere. */
  disturbed: boolean;
}

export type OperationName = 'digest' | 'sign' | 'verify' | 'encrypt' | 'decrypt';
export const OPERATIONS: readonly OperationName[] = ['digest', 'sign', 'verify', 'encrypt', 'decrypt'];

export interface Session {
  readonly readWrite: boolean;
  readonly operations: { [N in OperationName]?: Operation };
  search?: SearchOperation | undefined;
}

export class Application {
  login: Who = 'nobody';
  readonly sessions = new Map<number, Session>();
  /** Handles that lead to objects, and those that did. */
  readonly handles = new Map<number, Thing>();
  readonly dead = new Set<number>();
  readonly closed = new Set<number>();
  readonly caller: Caller;

  constructor(caller: Caller) {
    this.caller = caller;
  }

  get hasReadOnlySession(): boolean {
    return [...this.sessions.values()].some(({ readWrite }) => !readWrite);
  }
}

/** One call: what it is, which errors apply to it, and what it brings about. */
export interface Rule {
  readonly name: string;
  readonly words: readonly Argument[];
  /** The errors that apply. None: CKR_OK. Several: "any of the applicable error codes may be returned" (§5.1.7). */
  readonly faults: readonly (CkrName | false)[];
  /** What the standard allows beside that. */
  readonly freedom?: readonly (CkrName | false)[];
  /** CKR_OK: what changes, and whether the outputs are right (it throws if not). */
  readonly succeed?: (outputs: readonly string[]) => void | Promise<void>;
  /** An error: what changes all the same. */
  readonly fail?: (rv: CkrName, outputs: readonly string[]) => void;
}

const TRUE = Buffer.of(1);
const FALSE = Buffer.of(0);
export const bool = (truth: boolean): Buffer => (truth ? TRUE : FALSE);
export const ulong = (value: number): Buffer => {
  const result = Buffer.alloc(8);
  result.writeBigUInt64LE(BigInt(value));
  return result;
};
export const isTrue = ({ attributes }: Thing, type: number): boolean => attributes.get(type)?.[0] === 1;
export const isClass = (thing: Thing, objectClass: number): boolean => thing.attributes.get(CKA.CLASS)!.equals(ulong(objectClass));
export const isType = (thing: Thing, keyType: number): boolean => thing.attributes.get(CKA.KEY_TYPE)?.equals(ulong(keyType)) ?? false;
export const isSecretKey = (thing: Thing): boolean => isClass(thing, CKO.SECRET_KEY);
export const isAes = (thing: Thing): boolean => isType(thing, CKK.AES);
/** Footnote 7. */
export const keepsItsValue = (thing: Thing): boolean =>
  !isClass(thing, CKO.DATA) && (isTrue(thing, CKA.SENSITIVE) || !isTrue(thing, CKA.EXTRACTABLE));

export class World {
  /** What `search` finds without having been made by anybody. */
  readonly builtIn: ReadonlySet<number>;
  readonly slot: number;
  readonly applications: readonly Application[];
  readonly objects = new Set<Thing>();
  pins: { user: string | undefined; so: string };
  /** Wrong tries in a row. */
  readonly tries = { user: 0, so: 0 };

  constructor(slot: number, applications: readonly Application[], pins: World['pins'], builtIn: ReadonlySet<number>) {
    this.slot = slot;
    this.applications = applications;
    this.pins = pins;
    this.builtIn = builtIn;
  }

  /** Private objects are the user's; session objects are seen by every session of their application (§4.4, user guide). */
  sees(application: Application, thing: Thing): boolean {
    if (!this.objects.has(thing) || (thing.owner && thing.owner.application !== application)) return false;
    return !isTrue(thing, CKA.PRIVATE) || application.login === 'user';
  }

  add(application: Application, handle: number, thing: Thing): void {
    this.objects.add(thing);
    this.hand(application, handle, thing);
  }

  hand(application: Application, handle: number, thing: Thing): void {
    application.dead.delete(handle);
    application.handles.set(handle, thing);
  }

  /** Every application's handles to it lead nowhere any more. */
  destroy(gone: (thing: Thing) => boolean): void {
    for (const thing of this.objects) if (gone(thing)) this.objects.delete(thing);
    for (const application of this.applications) {
      bury(application, (thing) => !this.objects.has(thing));
      for (const { search } of application.sessions.values()) if (search) search.disturbed = true;
    }
  }

  /** "If this is the last session, the application is logged out"; its session objects are destroyed (C_CloseSession). */
  closeSession(application: Application, handle: number): void {
    application.sessions.delete(handle);
    application.closed.add(handle);
    this.destroy(({ owner }) => owner?.application === application && owner.session === handle);
    if (application.sessions.size === 0 && application.login !== 'nobody') this.logOut(application);
  }

  /** Private session objects are destroyed, handles to private objects die "even if a user is later logged back in" (C_Logout). */
  logOut(application: Application): void {
    application.login = 'nobody';
    this.destroy((thing) => thing.owner?.application === application && isTrue(thing, CKA.PRIVATE));
    bury(application, (thing) => isTrue(thing, CKA.PRIVATE));
    for (const { search, operations } of application.sessions.values()) {
      for (const thing of search?.due ?? []) if (isTrue(thing, CKA.PRIVATE)) search!.due.delete(thing);
      for (const operation of Object.values(operations)) if (operation.key && isTrue(operation.key, CKA.PRIVATE)) operation.isOver = true;
    }
  }
}

/** Handles that lead nowhere any more. */
const bury = (application: Application, isDead: (thing: Thing) => boolean): void => {
  for (const [handle, thing] of application.handles) {
    if (!isDead(thing)) continue;
    application.handles.delete(handle);
    application.dead.add(handle);
  }
};

/** One in sixteen choices is of what has gone, or of nothing that there ever was; another of anything, whether it suits or not. */
const isOdd = (pick: number): boolean => pick % 16 === 15;
const isBlind = (pick: number): boolean => pick % 16 === 14;
const NO_SUCH = 0x7fff_fff0;
const of = <T>(from: Iterable<T>, pick: number): T | undefined => {
  const all = [...from];
  return all[Math.floor(pick / 16) % all.length];
};
/** Of those that suit, if there are. */
const suitable = <T>(from: ReadonlyMap<number, T>, pick: number, suits: (value: T) => boolean): number | undefined =>
  (isBlind(pick)
    ? undefined
    : of(
        [...from].filter(([, value]) => suits(value)).map(([handle]) => handle),
        pick,
      )) ?? of(from.keys(), pick);

/** The session that a step means, by its handle; there may be none. */
export const pickSession = (application: Application, pick: number, suits: (session: Session) => boolean = () => true) => {
  const { sessions, closed } = application;
  const handle = (isOdd(pick) ? of(closed, pick) : suitable(sessions, pick, suits)) ?? NO_SUCH;
  return { handle, session: sessions.get(handle) };
};

/** The object that a step means. */
export const pickThing = (world: World, application: Application, pick: number, suits: (thing: Thing) => boolean = () => true) => {
  const foreign = world.applications
    .filter((other) => other !== application)
    .flatMap((other) => [...other.handles].filter(([, { owner }]) => owner !== undefined).map(([handle]) => handle));
  const odd = [...application.dead, ...foreign].filter((handle) => !world.builtIn.has(handle));
  const handle = (isOdd(pick) ? of(odd, pick) : suitable(application.handles, pick, suits)) ?? NO_SUCH;
  return { handle, thing: application.handles.get(handle) };
};
