// What was received, held against what the test case says must be: every item, in both directions, and nothing beside them.

import { attributeBytes, numberOf, type Received, type Reply } from './calls.ts';
import type { Exchange, Item } from './messages.ts';

/** Values by the names that the test case has for them: ${Name}. */
export type Symbols = Map<string, string>;

/** Where what the provider tells of itself is not what the test case's provider told. Exactly this is expected instead. */
export type Own = Readonly<Record<string, { readonly value: string; readonly why: string }>>;

/** "Permitted Test Case Variations", Variable Items: of a provider, what it calls itself. Handles are symbols in every test case. */
const VARIABLE = new Set([
  'LibraryDescription',
  'LibraryVersion',
  'ManufacturerID',
  'SlotDescription',
  'HardwareVersion',
  'FirmwareVersion',
  'serialNumber',
  'label',
  'model',
  'utcTime',
]);

/** Variable Behaviour 3: number and order of their entries may vary. */
export const LISTS = new Set(['SlotList', 'MechanismList']);

const symbolIn = (text: string | undefined): string | undefined => (text === undefined ? undefined : /^\$\{(.+)\}$/.exec(text)?.[1]);

/** The request with every symbol replaced by what it stands for by now. */
export function filled(request: Item, symbols: Symbols): Item {
  const attributes = Object.entries(request.attributes).map(([name, text]): [string, string] => {
    const symbol = symbolIn(text);
    const value = symbol === undefined ? text : symbols.get(symbol);
    if (value === undefined) throw new Error(`nothing was received for ${text}`);
    return [name, value];
  });
  return { ...request, attributes: Object.fromEntries(attributes), items: request.items.map((each) => filled(each, symbols)) };
}

export class Judge {
  readonly differences: string[] = [];
  /** What of `own` was needed. */
  readonly used = new Set<string>();
  readonly #symbols: Symbols;
  readonly #own: Own;

  constructor(symbols: Symbols, own: Own) {
    this.#symbols = symbols;
    this.#own = own;
  }

  judge({ request, answer }: Exchange, { rv, items }: Reply): void {
    // A test case asks about several mechanisms.
    const about = request.items.find(({ name }) => name === 'Type')?.attributes.value;
    const place = about === undefined ? request.name : `${request.name}(${about})`;
    this.#same(place, answer.attributes.rv, rv);
    this.#items(place, answer.items, items);
  }

  #same(place: string, expected: unknown, received: unknown): void {
    if (expected !== received) this.differences.push(`${place}: ${received}, expected ${expected}`);
  }

  #items(place: string, expected: readonly Item[], received: readonly Received[]): void {
    this.#same(`${place}: items`, expected.length, received.length);
    expected.forEach((item, i) => {
      if (received[i] !== undefined) this.#item(`${place}.${item.name}`, item, received[i]);
    });
  }

  #item(place: string, expected: Item, received: Received): void {
    const { type, value, length } = expected.attributes;
    this.#same(`${place}: name`, expected.name.toLowerCase(), received.name.toLowerCase());
    this.#same(`${place}: type`, type, received.type);
    this.#same(`${place}: has a length`, length !== undefined, received.length !== undefined);
    this.#same(`${place}: has a value`, value !== undefined, received.value !== undefined);
    const named = type === undefined ? place : `${place}(${type})`;
    if (length !== undefined) this.#number(named, length, received.length!);
    if (received.version !== undefined) this.#version(named, expected, received.version);
    if (value !== undefined && received.value !== undefined) this.#value(named, expected, received.value);
    if (LISTS.has(expected.name) && received.items !== undefined) this.#list(place, expected.items, received.items);
    else this.#items(place, expected.items, received.items ?? []);
  }

  #number(place: string, expected: string, received: number): void {
    const symbol = symbolIn(expected);
    if (symbol === undefined) this.#same(place, Number(expected), received);
    else this.#symbols.set(symbol, String(received));
  }

  #version(place: string, { name, attributes }: Item, { major, minor }: { major: number; minor: number }): void {
    if (!VARIABLE.has(name)) this.#same(place, `${attributes.major}.${attributes.minor}`, `${major}.${minor}`);
  }

  #value(place: string, { name, attributes: { type, value } }: Item, received: number | string | Uint8Array): void {
    const symbol = symbolIn(value);
    const own = this.#own[place];
    if (own !== undefined) this.used.add(place);
    if (symbol !== undefined) this.#symbols.set(symbol, String(received));
    else if (VARIABLE.has(name)) this.#same(`${place}: bytes`, value!.length, String(received).length);
    else this.#same(place, written(name, type, own?.value ?? value!, received), shown(received));
  }

  /** Each entry that the test case names must be there. */
  #list(place: string, expected: readonly Item[], received: readonly Received[]): void {
    expected.forEach(({ name, attributes: { value } }, i) => {
      const symbol = symbolIn(value);
      if (symbol !== undefined) this.#symbols.set(symbol, String(received[i]?.value));
      else if (!received.some((each) => each.value === numberOf(name, value!))) this.differences.push(`${place}: no ${value}`);
    });
  }
}

/** What the XML's text comes to, in the form that `shown` has. */
function written(name: string, type: string | undefined, text: string, received: number | string | Uint8Array): unknown {
  if (typeof received === 'number') return numberOf(name, text);
  if (typeof received === 'string') return text;
  return Buffer.from(type === undefined ? Buffer.from(text, 'hex') : attributeBytes(type, text)).toString('hex');
}

const shown = (received: number | string | Uint8Array): unknown =>
  received instanceof Uint8Array ? Buffer.from(received).toString('hex') : received;
