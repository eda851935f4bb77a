// The functions that the test cases call: a request's items become C's arguments, and what C wrote becomes an answer's items.

import { valueTypes } from '../../../src/model/classes.ts';
import { CK, CKA, CKF, CKM, CKO, CKU } from '../../../src/protocol/constants.ts';
import { array, call, mechanism, members, read, structure, ulong, type Value } from '../../support/cryptoki.ts';
import type { Item } from './messages.ts';

/** What was received: as an Item, its value still a number, bytes or text. */
export interface Received {
  readonly name: string;
  readonly value?: number | string | Uint8Array;
  readonly length?: number;
  /** An attribute's. */
  readonly type?: string;
  readonly version?: { readonly major: number; readonly minor: number };
  readonly items?: readonly Received[];
}
export interface Reply {
  readonly rv: string;
  readonly items: readonly Received[];
}

const families: Readonly<Record<string, Readonly<Record<string, number>>>> = { UserType: CKU, Type: CKM, Flags: CKF, CLASS: CKO };

/** Enumerations and flags by their names, numbers as they are (Value Representation). */
export function numberOf(name: string, text: string): number {
  if (text === 'UnavailableInformation') return CK.UNAVAILABLE_INFORMATION;
  if (/^(\d+|0x[\da-f]+)$/i.test(text)) return Number(text);
  return text.split(/[ |]/).reduce((sum, each) => {
    const value = families[name]?.[each];
    if (value === undefined) throw new Error(`${name} has no value ${each}`);
    return sum + value;
  }, 0);
}

const attributeType = (name: string): number => CKA[name as keyof typeof CKA];

/** The value of an attribute of that type, as the XML writes it. */
export function attributeBytes(type: string, text: string): Buffer {
  const kind = valueTypes().get(attributeType(type));
  if (kind === 'bool') return Buffer.of(text.toLowerCase() === 'true' ? 1 : 0);
  if (kind === 'ulong') return ulong(numberOf(type, text));
  return kind === 'text' ? Buffer.from(text) : Buffer.from(text, 'hex');
}

const item = (request: Item, name: string): Item => {
  const found = request.items.find((each) => each.name === name);
  if (found === undefined) throw new Error(`${request.name} has no ${name}`);
  return found;
};
const number = (request: Item, name: string): number => numberOf(name, item(request, name).attributes.value!);
const length = ({ attributes }: Item): number | undefined => (attributes.length === undefined ? undefined : Number(attributes.length));

/** Hungarian notation is omitted, and the rest begins with a capital (Normalizing Names): of those, not of `label` and its like. */
const normalised = (field: string): string => field.replace(/^ul(?=[A-Z])/, '');

function structItems(name: string, bytes: Buffer): Received[] {
  return [...members(name, bytes)].map(([field, { type, bytes: own }]): Received => {
    const named = { name: normalised(field) };
    if (type === 'CK_VERSION') return { ...named, version: { major: own[0]!, minor: own[1]! } };
    return { ...named, value: type === 'CK_ULONG' || type === 'CK_FLAGS' ? read(own) : own.toString() };
  });
}

/** A function that fills a structure. */
const informing =
  (struct: string, name: string, inputs: readonly string[]) =>
  (request: Item): Reply => {
    const info = structure(struct, []);
    const rv = call(request.name, ...inputs.map((input) => number(request, input)), info);
    return { rv, items: [{ name, items: structItems(struct, info) }] };
  };

/** A function that gives a list: without a length, how long it is. */
const listing =
  (name: string, element: string, inputs: (request: Item) => number[]) =>
  (request: Item): Reply => {
    const [room, count] = [length(item(request, name)), ulong()];
    if (room !== undefined) count.writeBigUInt64LE(BigInt(room));
    const list = room === undefined ? null : Buffer.alloc(8 * room);
    const rv = call(request.name, ...inputs(request), list, count);
    if (list === null) return { rv, items: [{ name, length: read(count) }] };
    const items = Array.from({ length: read(count) }, (_, i) => ({ name: element, value: read(list, i) }));
    return { rv, items: [{ name, items }] };
  };

/** A function that gives nothing back. */
const plain =
  (...inputs: readonly string[]) =>
  (request: Item): Reply => ({ rv: call(request.name, ...inputs.map((input) => number(request, input))), items: [] });

function findInit(request: Item): Reply {
  const attributes = item(request, 'Template').items.map(({ attributes: { type, value } }): Value[] => {
    const bytes = attributeBytes(type!, value!);
    return [attributeType(type!), bytes, bytes.length];
  });
  return { rv: call(request.name, number(request, 'Session'), array('CK_ATTRIBUTE', attributes), attributes.length), items: [] };
}

function find(request: Item): Reply {
  const [room, count] = [length(item(request, 'Object'))!, ulong()];
  const list = Buffer.alloc(8 * room);
  const rv = call(request.name, number(request, 'Session'), list, room, count);
  const items = Array.from({ length: read(count) }, (_, i) => ({ name: 'Object', value: read(list, i) }));
  return { rv, items: [{ name: 'Object', items }] };
}

function getAttributes(request: Item): Reply {
  const wanted = item(request, 'Template').items.map((each) => {
    const room = length(each);
    return { type: each.attributes.type!, space: room === undefined ? null : Buffer.alloc(room) };
  });
  const template = array(
    'CK_ATTRIBUTE',
    wanted.map(({ type, space }) => [attributeType(type), space, space?.length ?? 0]),
  );
  const rv = call(request.name, number(request, 'Session'), number(request, 'Object'), template, wanted.length);
  const items = wanted.map(({ type, space }, i): Received => {
    const given = read(template, 3 * i + 2);
    const named = { name: 'Attribute', type };
    return space === null ? { ...named, length: given } : { ...named, value: space.subarray(0, given) };
  });
  return { rv, items: [{ name: 'Template', items }] };
}

function openSession(request: Item): Reply {
  const handle = ulong();
  const rv = call(request.name, number(request, 'SlotID'), number(request, 'Flags'), null, null, handle);
  return { rv, items: [{ name: 'Session', value: read(handle) }] };
}

function login(request: Item): Reply {
  const pin = Buffer.from(item(request, 'Pin').attributes.value!);
  return { rv: call(request.name, number(request, 'Session'), number(request, 'UserType'), pin, pin.length), items: [] };
}

function signInit(request: Item): Reply {
  const type = number(item(request, 'Mechanism'), 'Type');
  return { rv: call(request.name, number(request, 'Session'), mechanism(type), number(request, 'Key')), items: [] };
}

function sign(request: Item): Reply {
  const data = Buffer.from(item(request, 'Data').attributes.value!, 'hex');
  const room = length(item(request, 'Signature'))!;
  const [signature, size] = [Buffer.alloc(room), ulong(room)];
  const rv = call(request.name, number(request, 'Session'), data, data.length, signature, size);
  return { rv, items: [{ name: 'Signature', value: signature.subarray(0, read(size)) }] };
}

export const calls: Readonly<Record<string, (request: Item) => Reply>> = {
  C_Initialize: (request) => ({ rv: call(request.name, null), items: [] }),
  C_Finalize: (request) => ({ rv: call(request.name, null), items: [] }),
  C_GetInfo: informing('CK_INFO', 'Info', []),
  C_GetSlotInfo: informing('CK_SLOT_INFO', 'SlotInfo', ['SlotID']),
  C_GetTokenInfo: informing('CK_TOKEN_INFO', 'TokenInfo', ['SlotID']),
  C_GetMechanismInfo: informing('CK_MECHANISM_INFO', 'MechanismInfo', ['SlotID', 'Type']),
  C_GetSlotList: listing('SlotList', 'SlotID', (request) => [item(request, 'TokenPresent').attributes.value === 'true' ? 1 : 0]),
  C_GetMechanismList: listing('MechanismList', 'Type', (request) => [number(request, 'SlotID')]),
  C_OpenSession: openSession,
  C_CloseSession: plain('Session'),
  C_CloseAllSessions: plain('SlotID'),
  C_Login: login,
  C_Logout: plain('Session'),
  C_FindObjectsInit: findInit,
  C_FindObjects: find,
  C_FindObjectsFinal: plain('Session'),
  C_GetAttributeValue: getAttributes,
  C_SignInit: signInit,
  C_Sign: sign,
};
