// Any PKCS#11 module inside the test's own process, every function of it, by the rows of src/protocol/calls.ts: for what pkcs11js has no
// function or no parameter for, and where two modules are held against each other.
import { DynamicLibrary } from 'node:ffi';
import { type CallName, calls, type Kind } from '../../src/protocol/calls.ts';
import { CKR } from '../../src/protocol/constants.ts';
import { array, mechanism as mechanismOf, numberOf, read, sizeOf, ulong, type Value } from './cryptoki.ts';
import { struct } from './parameter.ts';

const names = new Map<number, string>(Object.entries(CKR).map(([name, rv]) => [rv, name]));

/** Room for any single output of the tests: the longest is a signature of SLH-DSA, 49,856 bytes. */
const ROOM = 65_536;
/** Slots, or mechanisms. */
const MOST_LISTED = 1024;

/** NULL, or bytes: those of a structure, too. */
export type Parameter = null | Uint8Array;
export interface Mechanism {
  readonly mechanism: number;
  readonly parameter?: Parameter;
}
export type AttributeValue = number | boolean | string | Uint8Array;
/** By attribute type. */
export type Template = ReadonlyMap<number, AttributeValue>;

type Input<K extends Kind> = K extends { kind: 'ulong' | 'flags' }
  ? [number]
  : K extends { kind: 'bytes' | 'fixedBytes' | 'text' }
    ? [Uint8Array]
    : K extends { kind: 'mechanism' | 'inOutMechanism' | 'messageMechanism' | 'inOutMessageMechanism' }
      ? [Mechanism]
      : K extends { kind: 'template' }
        ? [Template]
        : K extends { kind: 'parameter' | 'inOutMessageParameter' }
          ? [Parameter]
          : K extends { kind: 'outTemplate' }
            ? [readonly number[]]
            : K extends { kind: 'outHandles' | 'outFixed' }
              ? [number]
              : [];
type Output<K extends Kind> = K extends { kind: 'outUlong' | 'maybeOutUlong' }
  ? [number]
  : K extends { kind: 'outUlongs' | 'outHandles' }
    ? [number[]]
    : K extends { kind: 'outTemplate' }
      ? [Buffer[]]
      : K extends { kind: 'outBytes' | 'maybeOutBytes' | 'outFixed' | 'outStruct' }
        ? [Buffer]
        : [];
type Inputs<K extends readonly Kind[]> = K extends readonly [infer F extends Kind, ...infer R extends readonly Kind[]]
  ? [...Input<F>, ...Inputs<R>]
  : [];
type Outputs<K extends readonly Kind[]> = K extends readonly [infer F extends Kind, ...infer R extends readonly Kind[]]
  ? [...Output<F>, ...Outputs<R>]
  : [];
type Kinds<N extends CallName> = (typeof calls)[N]['kinds'];

/** Those that never cross, and those with C arguments that do not: their rows do not tell what C takes. */
const apart = [
  'C_Initialize',
  'C_Finalize',
  'C_GetFunctionList',
  'C_GetFunctionStatus',
  'C_CancelFunction',
  'C_GetInterfaceList',
  'C_GetInterface',
  'C_OpenSession',
  'C_WaitForSlotEvent',
  'C_AsyncComplete',
] as const;
type Callable = Exclude<CallName, (typeof apart)[number]>;
const callables = (Object.keys(calls) as CallName[]).filter((name): name is Callable => !(apart as readonly string[]).includes(name));

/** A function's inputs, in C's order without lengths and places for outputs, to its outputs; throws Refused. */
export type Functions = {
  readonly [N in Callable]: (...given: Inputs<Kinds<N>>) => Outputs<Kinds<N>>;
};

/** A function that answered something else than CKR_OK. */
export class Refused extends Error {
  readonly code: number;
  constructor(name: string, code: number) {
    super(`${name}: CKR_${names.get(code) ?? code}`);
    this.code = code;
  }
}

const bytesOf = (value: AttributeValue): Uint8Array => {
  if (typeof value === 'string') return Buffer.from(value);
  if (typeof value === 'boolean') return Buffer.of(Number(value));
  return typeof value === 'number' ? ulong(value) : value;
};

/** One argument of a row: the values that it is in C, and what it has come to after the call. */
interface Argument {
  readonly values: readonly Value[];
  readonly output?: () => unknown;
}
type Make = (next: () => unknown, kind: Kind) => Argument;

const attributes = (values: readonly (readonly [number, Uint8Array])[]): Buffer =>
  array(
    'CK_ATTRIBUTE',
    values.map(([type, value]) => [type, value, value.length]),
  );

/** Room for several, and a place for how many. */
const counted = (room: Uint8Array, count: number, outputOf: (count: number) => unknown): Argument => {
  const length = ulong(count);
  return { values: [room, length], output: () => outputOf(read(length)) };
};
const ulongsIn = (room: Buffer, count: number): number[] => Array.from({ length: count }, (_, i) => read(room, i));

const one: Make = (next) => ({ values: [next() as Value] });
const bytes: Make = (next) => {
  const given = next() as Uint8Array | null;
  return { values: [given, given?.length ?? 0] };
};
const mechanism: Make = (next) => {
  const given = next() as Mechanism;
  return { values: [mechanismOf(given.mechanism, given.parameter)] };
};
const outUlong: Make = () => {
  const place = ulong();
  return { values: [place], output: () => read(place) };
};
const outBytes: Make = () => {
  const room = Buffer.alloc(ROOM);
  return counted(room, ROOM, (length) => room.subarray(0, length));
};

const makers: Record<Kind['kind'], Make> = {
  ulong: one,
  flags: one,
  bytes,
  fixedBytes: one,
  text: one,
  mechanism,
  inOutMechanism: mechanism,
  messageMechanism: mechanism,
  inOutMessageMechanism: mechanism,
  template: (next) => {
    const values = [...(next() as Template)].map(([type, value]) => [type, bytesOf(value)] as const);
    return { values: [attributes(values), values.length] };
  },
  parameter: bytes,
  inOutMessageParameter: bytes,
  outBytes,
  maybeOutBytes: outBytes,
  outFixed: (next) => {
    const room = Buffer.alloc(next() as number);
    return { values: [room, room.length], output: () => room };
  },
  outTemplate: (next) => {
    const values = (next() as number[]).map((type) => [type, Buffer.alloc(ROOM)] as const);
    const rows = attributes(values);
    return { values: [rows, values.length], output: () => values.map(([, room], i) => room.subarray(0, read(rows, i * 3 + 2))) };
  },
  outUlong,
  maybeOutUlong: outUlong,
  outUlongs: () => {
    const room = Buffer.alloc(MOST_LISTED * 8);
    return counted(room, MOST_LISTED, (count) => ulongsIn(room, count));
  },
  outHandles: (next) => {
    const most = next() as number;
    const [room, length] = [Buffer.alloc(most * 8), ulong()];
    return { values: [room, most, length], output: () => ulongsIn(room, read(length)) };
  },
  outStruct: (_, kind) => {
    const room = Buffer.alloc(sizeOf((kind as { struct: string }).struct).size);
    return { values: [room], output: () => room };
  },
  asyncData: () => {
    throw new Error('nobody asks for this one here');
  },
};

export interface Cryptoki extends Functions, Disposable {
  readonly C_Initialize: (flags: number) => void;
  readonly C_Finalize: () => void;
  readonly C_OpenSession: (slot: number, flags: number) => number;
}

const invoke = (library: DynamicLibrary, name: string, values: readonly Value[]): void => {
  const raw = library.getFunction(name, { arguments: values.map(() => 'uint64' as const), return: 'uint64' });
  const rv = Number(raw(...values.map(numberOf)));
  if (rv !== CKR.OK) throw new Refused(name, rv);
};

const bind =
  (library: DynamicLibrary, name: Callable) =>
  (...given: readonly unknown[]): unknown[] => {
    const left = [...given];
    const made = (calls[name].kinds as readonly Kind[]).map((kind) => makers[kind.kind](() => left.shift(), kind));
    invoke(
      library,
      name,
      made.flatMap(({ values }) => values),
    );
    return made.flatMap(({ output }) => (output ? [output()] : []));
  };

const byHand = (library: DynamicLibrary): Omit<Cryptoki, keyof Functions> => ({
  C_Initialize: (flags) => invoke(library, 'C_Initialize', [struct('CK_C_INITIALIZE_ARGS', { flags })]),
  C_Finalize: () => invoke(library, 'C_Finalize', [null]),
  C_OpenSession: (slot, flags) => {
    const place = ulong();
    invoke(library, 'C_OpenSession', [slot, flags, null, null, place]);
    return read(place);
  },
  [Symbol.dispose]: () => library.close(),
});

/** Loaded, not initialised. */
export const loadCryptoki = (path: string): Cryptoki => {
  const library = new DynamicLibrary(path);
  const functions = Object.fromEntries(callables.map((name) => [name, bind(library, name)])) as unknown as Functions;
  return { ...functions, ...byHand(library) };
};
