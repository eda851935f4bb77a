// As much of DER as keys need: written from the inside out, read exactly (nothing left over, no indefinite or padded lengths).

export const TAG = {
  INTEGER: 0x02,
  BIT_STRING: 0x03,
  OCTET_STRING: 0x04,
  NULL: 0x05,
  OID: 0x06,
  PRINTABLE_STRING: 0x13,
  SEQUENCE: 0x30,
} as const;

export function element(tag: number, ...contents: readonly Uint8Array[]): Uint8Array {
  const length = contents.reduce((sum, content) => sum + content.length, 0);
  const size =
    length < 0x80 ? [] : length < 0x100 ? [length] : length < 0x10000 ? [length >> 8, length] : [length >> 16, length >> 8, length];
  const head = Uint8Array.of(tag, length < 0x80 ? length : 0x80 | size.length, ...size);
  const whole = new Uint8Array(head.length + length);
  whole.set(head);
  let at = head.length;
  for (const content of contents) {
    whole.set(content, at);
    at += content.length;
  }
  return whole;
}

export const sequence = (...contents: readonly Uint8Array[]): Uint8Array => element(TAG.SEQUENCE, ...contents);
export const octetString = (content: Uint8Array): Uint8Array => element(TAG.OCTET_STRING, content);
export const bitString = (content: Uint8Array): Uint8Array => element(TAG.BIT_STRING, Uint8Array.of(0), content);

/** A number that is not negative, from its big-endian bytes. */
export function integer(magnitude: Uint8Array): Uint8Array {
  const bare = stripped(magnitude);
  const sign = bare.length === 0 || bare[0]! >= 0x80 ? Uint8Array.of(0) : new Uint8Array(0);
  return element(TAG.INTEGER, sign, bare);
}

/** Big-endian bytes without leading zeros; zero is empty. Not a copy. */
export function stripped(magnitude: Uint8Array): Uint8Array {
  let at = 0;
  while (magnitude[at] === 0) at++;
  return magnitude.subarray(at);
}

export interface Element {
  readonly tag: number;
  readonly content: Uint8Array;
  /** With its tag and length. */
  readonly whole: Uint8Array;
}

/** The elements of which `bytes` consists, or undefined where it is not exactly DER. Not copies. */
export function elements(bytes: Uint8Array): Element[] | undefined {
  const found: Element[] = [];
  for (let at = 0; at < bytes.length; ) {
    const head = lengthAt(bytes, at + 1);
    if (head === undefined || head.end > bytes.length) return undefined;
    found.push({ tag: bytes[at]!, content: bytes.subarray(head.start, head.end), whole: bytes.subarray(at, head.end) });
    at = head.end;
  }
  return found;
}

/** A DER element of this tag, and nothing but zeros behind it; or undefined. Not a copy. */
export function elementBefore(bytes: Uint8Array, tag: number): Element | undefined {
  const head = bytes[0] === tag ? lengthAt(bytes, 1) : undefined;
  if (head === undefined || head.end > bytes.length || bytes.subarray(head.end).some((byte) => byte !== 0)) return undefined;
  return { tag, content: bytes.subarray(head.start, head.end), whole: bytes.subarray(0, head.end) };
}

/** A number's magnitude, without leading zeros; undefined where the element is no INTEGER, or a negative one. Not a copy. */
export function magnitudeOf({ tag, content }: Element): Uint8Array | undefined {
  return tag === TAG.INTEGER && content.length > 0 && content[0]! < 0x80 ? stripped(content) : undefined;
}

/** The content of the one element that `bytes` is, or undefined where it is anything else. Not a copy. */
export function contentOf(bytes: Uint8Array, tag: number): Uint8Array | undefined {
  const found = elements(bytes);
  return found?.length === 1 && found[0]!.tag === tag ? found[0]!.content : undefined;
}

function lengthAt(bytes: Uint8Array, at: number): { start: number; end: number } | undefined {
  const first = bytes[at];
  if (first === undefined) return undefined;
  if (first < 0x80) return { start: at + 1, end: at + 1 + first };
  const count = first & 0x7f;
  if (count === 0 || count > 3 || at + count >= bytes.length) return undefined;
  let length = 0;
  for (let i = 1; i <= count; i++) length = length * 256 + bytes[at + i]!;
  // X.690 §10.1: the shortest form is the only one.
  if (length < 0x80 || length < 2 ** (8 * (count - 1))) return undefined;
  return { start: at + 1 + count, end: at + 1 + count + length };
}
