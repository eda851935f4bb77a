// The module's functions as C calls them: any structure with pointers in it, NULL, buffers that are too short, what comes back in place.
import { DynamicLibrary, getRawPointer } from 'node:ffi';
import { CKR } from '../../src/protocol/constants.ts';
import { structs, typedefs } from '../../src/protocol/structs.ts';
import { modulePath } from './paths.ts';

/** A number, a pointer to bytes, NULL; and of a structure, one that lies inside it: its members in order, or by their names. */
export type Value = number | bigint | boolean | Uint8Array | null | Members;
export type Members = readonly Value[] | { readonly [name: string]: Value };

const rvNames = new Map<number, string>(Object.entries(CKR).map(([name, rv]) => [rv, name]));

/** What the bytes of a structure point to, as long as they are there themselves. */
const pointed = new WeakMap<Uint8Array, readonly Value[]>();

const isMembers = (value: Value): value is Members => typeof value === 'object' && value !== null && !(value instanceof Uint8Array);

export function sizeOf(type: string): { size: number; alignment: number } {
  // Of the types, only those of callbacks are in neither table.
  const isPointer = type.includes('*') || (type.startsWith('CK_') && typedefs[type] === undefined && structs[type] === undefined);
  if (isPointer) return { size: 8, alignment: 8 };
  if (type === 'unsigned char') return { size: 1, alignment: 1 };
  if (/^(unsigned )?long int$/.test(type)) return { size: 8, alignment: 8 };
  const fields = structs[type];
  if (fields === undefined) return sizeOf(typedefs[type]!);
  const { end, widest } = placed(fields);
  return { size: Math.ceil(end / widest) * widest, alignment: widest };
}

function placed(fields: NonNullable<(typeof structs)[string]>) {
  let [end, widest] = [0, 1];
  const places = fields.map(([type, declaration]) => {
    const { size, alignment } = sizeOf(type);
    const count = Number(/\[(\w+)\]$/.exec(declaration)?.[1] ?? 1);
    const offset = Math.ceil(end / alignment) * alignment;
    end = offset + size * count;
    widest = Math.max(widest, alignment);
    return { type, offset, size: size * count };
  });
  return { places, end, widest };
}

function put(bytes: Buffer, offset: number, size: number, type: string, value: Value): void {
  if (isMembers(value)) bytes.set(structure(type, value), offset);
  // An array of bytes may be as long as a number.
  else if (size !== 8 || sizeOf(type).size === 1) bytes.set(value instanceof Uint8Array ? value : [Number(value)], offset);
  else bytes.writeBigUInt64LE(numberOf(value), offset);
}

export const numberOf = (value: Value): bigint => {
  if (value === null) return 0n;
  if (isMembers(value)) throw new Error('a structure where a number or a pointer belongs');
  if (value instanceof Uint8Array) return value.length === 0 ? 1n : getRawPointer(value);
  return BigInt(value as number | bigint | boolean);
};

const inOrder = (name: string, members: Members): readonly Value[] => {
  if (Array.isArray(members)) return members;
  const names = structs[name]!.map(([, declaration]) => /^\w+/.exec(declaration)![0]);
  const unknown = Object.keys(members).find((member) => !names.includes(member));
  if (unknown !== undefined) throw new Error(`${name} has no ${unknown}`);
  return names.map((member) => (members as Record<string, Value>)[member] ?? 0);
};

/** What is left out of a structure is zero. */
export function structure(name: string, members: Members): Buffer {
  const values = inOrder(name, members);
  const bytes = Buffer.alloc(sizeOf(name).size);
  const { places } = placed(structs[name]!);
  values.forEach((value, i) => {
    const { type, offset, size } = places[i]!;
    put(bytes, offset, size, type, value);
  });
  pointed.set(bytes, values);
  return bytes;
}

/** The members of a structure by their names: C type and bytes. */
export function members(name: string, bytes: Buffer): Map<string, { readonly type: string; readonly bytes: Buffer }> {
  const fields = structs[name]!;
  const { places } = placed(fields);
  return new Map(
    fields.map(([, declaration], i) => {
      const { type, offset, size } = places[i]!;
      return [declaration.split('[')[0]!, { type, bytes: bytes.subarray(offset, offset + size) }];
    }),
  );
}

/** Structures side by side. */
export function array(name: string, elements: readonly Members[]): Buffer {
  const each = elements.map((members) => structure(name, members));
  const bytes = Buffer.concat(each);
  pointed.set(bytes, each);
  return bytes;
}

export const ulong = (value: number | bigint = 0): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
};
export const ulongs = (...values: readonly number[]): Buffer => Buffer.concat(values.map((value) => ulong(value)));
export const read = (bytes: Uint8Array, index = 0): number => Number(Buffer.from(bytes).readBigUInt64LE(index * 8));

/** An attribute's value: a truth, a number, or bytes. */
export type Entries = Readonly<Record<number, boolean | number | Uint8Array>>;

const bytesOf = (value: boolean | number | Uint8Array): Uint8Array =>
  typeof value === 'boolean' ? Uint8Array.of(value ? 1 : 0) : typeof value === 'number' ? ulong(value) : value;

/** A template and its length, as two arguments. */
export function template(entries: Entries): [Buffer, number] {
  const attributes = Object.entries(entries).map(([type, value]) => {
    const bytes = bytesOf(value);
    return [Number(type), bytes, bytes.length] as const;
  });
  return [array('CK_ATTRIBUTE', attributes), attributes.length];
}

export const mechanism = (type: number, parameter: Uint8Array | null = null): Buffer =>
  structure('CK_MECHANISM', [type, parameter, parameter?.length ?? 0]);

let library: DynamicLibrary | undefined;

/** The functions that have answered CKR_OK in this process. */
export const succeeded = new Set<string>();

/** @returns the name of the return value, without its CKR_. */
export function call(name: string, ...args: readonly (number | bigint | Uint8Array | null)[]): string {
  library ??= new DynamicLibrary(modulePath);
  const signature = { arguments: args.map(() => 'uint64' as const), return: 'uint64' as const };
  const rv = Number(library.getFunction(name, signature)(...args.map(numberOf)));
  if (rv === CKR.OK) succeeded.add(name);
  return rvNames.get(rv) ?? String(rv);
}

/** For calls that must succeed. */
export function must(name: string, ...args: Parameters<typeof call> extends [string, ...infer A] ? A : never): void {
  const rv = call(name, ...args);
  if (rv !== 'OK') throw new Error(`${name}: CKR_${rv}`);
}

/** A handle that the call writes to its last argument. */
export function made(name: string, ...args: Parameters<typeof must> extends [string, ...infer A] ? A : never): number {
  const handle = ulong();
  must(name, ...args, handle);
  return read(handle);
}

/** Bytes that the call writes to its last two arguments: its length is asked first. */
export function given(name: string, ...args: Parameters<typeof must> extends [string, ...infer A] ? A : never): Buffer {
  const length = ulong();
  must(name, ...args, null, length);
  const bytes = Buffer.alloc(read(length));
  must(name, ...args, bytes, length);
  return bytes.subarray(0, read(length));
}
