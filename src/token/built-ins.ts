// The objects that every token has of itself: its clock and its counter (§4.3), the mechanisms it offers (§4.12), the profiles it conforms
// to (§4.13). There is no validation object (§4.14): nobody has validated this module. All are public, and nobody's to change.

import { type Attributes, boolBytes, readUlong, type Template, ulongBytes } from '../model/attribute.ts';
import { builtInObject } from '../model/built-in.ts';
import { isUnasked } from '../model/classes.ts';
import { matches } from '../model/reading.ts';
import { CKA, CKH, CKO } from '../protocol/constants.ts';
import { utcTime } from './clock.ts';
import { builtInHandle } from './handles.ts';
import { profiles } from './profiles.ts';

/** A class, and the attribute that has an object's own number. A row's place gives its handles: rows are added at the end. */
const CLASSES = [
  { objectClass: CKO.HW_FEATURE, number: CKA.HW_FEATURE_TYPE },
  { objectClass: CKO.MECHANISM, number: CKA.MECHANISM_TYPE },
  { objectClass: CKO.PROFILE, number: CKA.PROFILE_ID },
] as const;
type BuiltInClass = (typeof CLASSES)[number]['objectClass'];

/** Numbers of each class: all of the standard's own are below, and no vendor's mechanism is offered. */
const NUMBERS = 2 ** 16;

/** As it is just now. */
type Read = (slot: number) => Attributes;

/** Big endian (§4.3.4). */
export function counterBytes(value: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(value));
  return bytes;
}

export class BuiltIns {
  readonly #byHandle = new Map<number, Read>();
  readonly #byClass = new Map<number, Map<number, Read>>();

  /** @param counter what a slot's counter was last given as. */
  constructor(mechanisms: Iterable<number>, counter: (slot: number) => number) {
    this.#add(CKO.HW_FEATURE, CKH.CLOCK, () => [[CKA.VALUE, Uint8Array.from(Buffer.from(utcTime()))]]);
    this.#add(CKO.HW_FEATURE, CKH.MONOTONIC_COUNTER, (slot) => [
      [CKA.RESET_ON_INIT, boolBytes(false)],
      [CKA.HAS_RESET, boolBytes(false)],
      [CKA.VALUE, counterBytes(counter(slot))],
    ]);
    for (const number of mechanisms) this.#add(CKO.MECHANISM, number);
    for (const number of profiles) this.#add(CKO.PROFILE, number);
  }

  at(handle: number, slot: number): Attributes | undefined {
    return this.#byHandle.get(handle)?.(slot);
  }

  search(slot: number, template: Template): number[] {
    const named = template.find(({ type }) => type === CKA.CLASS)?.value;
    const asked = named?.length === 8 ? readUlong(named) : undefined;
    const handles: number[] = [];
    for (const [objectClass, objects] of this.#byClass) {
      if (asked === undefined ? isUnasked(objectClass) : asked !== objectClass) continue;
      for (const [handle, read] of objects) if (matches(read(slot), template)) handles.push(handle);
    }
    return handles;
  }

  /** @param changing attributes that are read anew each time. */
  #add(objectClass: BuiltInClass, number: number, changing?: (slot: number) => [number, Uint8Array][]): void {
    const row = CLASSES.findIndex((each) => each.objectClass === objectClass);
    const same: [number, Uint8Array][] = [
      [CKA.CLASS, ulongBytes(objectClass)],
      [CKA.UNIQUE_ID, Uint8Array.from(Buffer.from(`built in: ${objectClass}/${number}`))],
      [CLASSES[row]!.number, ulongBytes(number)],
    ];
    const constant = changing === undefined ? builtInObject(new Map(same)) : undefined;
    const read: Read = (slot) => constant ?? builtInObject(new Map([...same, ...changing!(slot)]));
    const handle = builtInHandle(row * NUMBERS + number);
    this.#byHandle.set(handle, read);
    if (!this.#byClass.has(objectClass)) this.#byClass.set(objectClass, new Map());
    this.#byClass.get(objectClass)!.set(handle, read);
  }
}
