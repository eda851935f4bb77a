// Short arrays on their way to OpenSSL. V8 keeps them where they may move, and has to give them other memory before anything outside may
// read them: a copy to memory that stays costs a tenth of that.

const SHORT = 128;

/** @returns what gives bytes that are good until it is called again. */
export function steady(): (bytes: Uint8Array) => Uint8Array {
  const memory = new Uint8Array(new ArrayBuffer(SHORT));
  return (bytes) => {
    if (bytes.length > SHORT) return bytes;
    memory.set(bytes);
    return memory.subarray(0, bytes.length);
  };
}
