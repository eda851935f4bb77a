// How a thread waits for another that is at something short. It looks again instead of being told: so that who gives a lock back has nothing to
// ask and nobody to wake, and a thread that has died is waited for no longer than any other.

/** Looks before it sleeps: what takes so long is no matter of a few instructions, its thread has lost its processor. */
const LOOKS = 200;

/** Milliseconds between two looks. */
const PAUSE = 0.05;

/** Milliseconds after which a thread that was to be done in microseconds is taken for dead. */
const MOST = 1000;

const never = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));

/** Waits until it is so. @returns false where it did not come to be so. */
export function awaited(isSo: () => boolean): boolean {
  for (let look = 0; look < LOOKS; look++) if (isSo()) return true;
  for (const end = performance.now() + MOST; performance.now() < end; Atomics.wait(never, 0, 0, PAUSE)) if (isSo()) return true;
  return isSo();
}
