// Object handles: made from the object's row, and for a private object from the login it was found under, by arithmetic alone.
// Every worker computes the same handle for the same object, so no table of handles is shared, and after C_Logout the
// handles of private objects lead nowhere (C_Logout: "become invalid for good"). 31 bits, never 0.

export interface ObjectName {
  readonly id: number;
  readonly onToken: boolean;
  readonly private: boolean;
}

const SESSION_OBJECT = 2 ** 30;
const PRIVATE = 2 ** 29;
const IDS = 2 ** 29;

/** The last places of public session objects: no id of one reaches them. The objects that the token itself provides have them. */
const BUILT_INS = 2 ** 18;
const FIRST_BUILT_IN = SESSION_OBJECT + IDS - BUILT_INS;

/** Ids of session objects are below it. */
export const SESSION_IDS = IDS - BUILT_INS;

/** They are given in ranges of so many; there are so many ranges, and then they come round. */
export const ID_RANGE = 256;
export const ID_RANGES = SESSION_IDS / ID_RANGE;

/** Distance between one login's handles and the next's: odd and near IDS / golden ratio, so that many logins pass before two meet. */
const STRIDE = 331_804_471;

const shift = (generation: number): number => Math.imul(generation, STRIDE) & (IDS - 1);

/** @param generation of the login (board.ts); counts for private objects only. */
export function handleOf(object: ObjectName, generation: number): number {
  const place = object.private ? (object.id + shift(generation)) % IDS : object.id % IDS;
  return (object.onToken ? 0 : SESSION_OBJECT) + (object.private ? PRIVATE : 0) + place;
}

/** undefined where no object can have such a handle. */
export function nameOf(handle: number, generation: number): ObjectName | undefined {
  if (!Number.isInteger(handle) || handle <= 0 || handle >= 2 ** 31) return undefined;
  const isPrivate = (handle & PRIVATE) !== 0;
  const place = handle % IDS;
  const id = isPrivate ? (place - shift(generation) + IDS) % IDS : place;
  return { id, onToken: (handle & SESSION_OBJECT) === 0, private: isPrivate };
}

/** @param place below 2^18. The same one in every token: the session says which token's. */
export const builtInHandle = (place: number): number => FIRST_BUILT_IN + place;
