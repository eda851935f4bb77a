// Short arrays on their way to OpenSSL. V8 keeps them where they may move, and has to give them other memory before anything outside may
// read them: a copy to memory that stays costs a tenth of that.

const SHORT = 128;

/** @returns what gives bytes that are good until it is called again. */
export function steady(): (bytes: Uint8Array) => Uint8Array {
  const memory = new Uint8Array(new ArrayBuffer(SHORT));
  // The same few lengths come again and again; a new view each time would cost more than the copy.
  const views = Array.from({ length: SHORT + 1 }, (_, length) => memory.subarray(0, length));
  return (bytes) => {
    if (bytes.length > SHORT) return bytes;
    memory.set(bytes);
    return views[bytes.length]!;
  };
}
