// The memory that an application and the engine share, and the two messages that set it up.
// tools/generate.ts makes native/shared/layout.h of this file; nothing else states an offset.

/** Raised whenever anything in this file or the meaning of a frame changes; a differing peer is refused at hello. */
export const WIRE_VERSION = 8;

/** Lanes of one application: the calls it may have in flight. A worker's pending lanes are the bits of one 64-bit word. */
export const LANES = 64;

/** A session handle's low bits name its worker, so the shim routes a call without looking anything up. */
export const WORKER_BITS = 6;
export const WORKERS = 2 ** WORKER_BITS;

/** Bytes of a frame that a lane holds at once; a longer frame crosses in fragments of this size. */
export const LANE_DATA = 32_768;

/** The longest frame, in bytes, either way: what one call may make the engine hold. */
export const FRAME_MAX = 256 * 1024 * 1024;

/** A field of a shared structure: width in bits, and how many of them. */
export interface LayoutField {
  readonly name: string;
  readonly bits: 32 | 64;
  readonly count?: number;
  readonly meaning: string;
}

/** Start of the region. Each group a different side writes has a cache line of its own (generate.ts aligns at `line`). */
export const header: readonly (LayoutField | 'line')[] = [
  { name: 'magic', bits: 64, meaning: 'REGION_MAGIC' },
  { name: 'version', bits: 32, meaning: 'WIRE_VERSION' },
  { name: 'tables', bits: 32, meaning: 'low 32 bits of the hash of the protocol tables' },
  { name: 'workers', bits: 32, meaning: 'workers that serve this application' },
  { name: 'detached', bits: 32, meaning: 'set to 1 by the engine when it has given this application up' },
  { name: 'changes', bits: 32, meaning: 'engine: counts whatever may change how an Init ends (native/pkcs11/foreseen.c)' },
  { name: 'traced', bits: 32, meaning: 'engine: 1 where it wants to know how long calls take, stage by stage (native/addon/trace.h)' },
  { name: 'first_worker', bits: 32, meaning: 'engine: where this application begins to spread its sessions' },
  'line',
  { name: 'init_case', bits: 32, meaning: 'shim: which of C_Initialize’s four cases the application chose' },
  { name: 'primitive', bits: 32, meaning: 'shim: what its threads wait in: PRIMITIVE' },
  { name: 'audit', bits: 32, meaning: 'shim: the setting `audit`: AUDIT' },
  { name: 'breaches', bits: 32, count: 8, meaning: 'shim: how often each row of breaches.ts was met with' },
  'line',
];

/** What was noticed of a breach: the first two threads that were seen at it, for each pair of functions. Follows the lanes. */
export const finding: readonly (LayoutField | 'line')[] = [
  { name: 'pair', bits: 32, meaning: 'the breach’s number, then a byte for each function: whoever sets it fills the rest' },
  { name: 'ready', bits: 32, meaning: '1: the rest is filled' },
  { name: 'count', bits: 32, meaning: 'how often' },
  { name: 'first_thread', bits: 32, meaning: 'who was inside already, 0: nobody knows' },
  { name: 'second_thread', bits: 32, meaning: 'who came' },
  { name: 'second_process', bits: 32, meaning: 'of which process, 0: the application itself' },
  { name: 'first_session', bits: 64, meaning: 'its session, 0: none' },
  { name: 'second_session', bits: 64, meaning: 'its session, 0: none' },
  { name: 'first_name', bits: 64, count: 2, meaning: 'the thread’s name' },
  { name: 'second_name', bits: 64, count: 2, meaning: 'the thread’s name' },
  'line',
];

/** As many as fill the page; further pairs are counted only. */
export const FINDINGS = 31;

/**
 * A page of its own, the only memory of the two that forked children keep: what they call without a C_Initialize is noted there (B5). Before
 * as many findings as a region has.
 */
export const tally: readonly (LayoutField | 'line')[] = [
  { name: 'calls', bits: 32, meaning: 'shim: calls of children' },
  { name: 'closed', bits: 32, meaning: 'engine: 1 where nobody reads it any more' },
  'line',
];

/** How C_Initialize was told to lock, and what came of it. */
export const PRIMITIVE = { NONE: 0, APP: 1, OS: 2 } as const;
export const AUDIT = { OFF: 0, COUNT: 1, LOG: 2, ENFORCE: 3, ABORT: 4 } as const;

/** One per worker, each on its own cache line, after the header. */
export const bell: readonly (LayoutField | 'line')[] = [
  { name: 'pending', bits: 64, meaning: 'bit n: lane n is posted; the shim sets, the worker takes' },
  { name: 'asleep', bits: 32, meaning: 'futex word: 1 while the worker sleeps; the ringer clears it and wakes' },
  { name: 'sessions', bits: 32, meaning: 'engine: how many of this application’s sessions live at the worker' },
  'line',
];

/** One per lane, each on its own cache line, after the bells; the lanes' data follow, page-aligned, LANE_DATA bytes each. */
export const lane: readonly (LayoutField | 'line')[] = [
  { name: 'state', bits: 32, meaning: 'futex word: LANE_STATE' },
  { name: 'worker', bits: 32, meaning: 'the worker whose pending word the lane was posted to' },
  { name: 'length', bits: 32, meaning: 'bytes of this fragment in the data' },
  { name: 'more', bits: 32, meaning: '1: another fragment of this frame follows' },
  // Only where header.traced is 1; CLOCK_MONOTONIC, in nanoseconds.
  { name: 'began', bits: 64, meaning: 'shim: when the call entered the library' },
  { name: 'marshalled', bits: 64, meaning: 'shim: when its frame was complete' },
  { name: 'ended', bits: 64, meaning: 'shim: `began` of the call that the next three are of: the last one that ended' },
  { name: 'rung', bits: 64, meaning: 'shim: when it was posted, and the worker woken' },
  { name: 'seen', bits: 64, meaning: 'shim: when the thread saw the answer' },
  { name: 'done', bits: 64, meaning: 'shim: when the call was about to return' },
  'line',
];

/**
 * A lane's life: FREE → CLAIMED (a thread took it) → POSTED (a fragment lies there; SLEEPING: and its thread sleeps on the word)
 * → MORE (engine: took the fragment, send the next) or ANSWERED (engine: a fragment of the reply lies there)
 * → after the last fragment of the reply FREE again; while `more` is 1 the thread posts the lane again (length 0) to get the next one.
 */
export const LANE_STATE = { FREE: 0, CLAIMED: 1, POSTED: 2, SLEEPING: 3, MORE: 4, ANSWERED: 5 } as const;

export const REGION_MAGIC = 0x31_6d_6f_72_67_6e_72_73n; // "srngrom1"

/** First bytes on the socket, from the shim; one more byte is its farewell. All fields little-endian 32 bits: magic, WIRE_VERSION, tables hash, HELLO_POINTS. */
export const HELLO_MAGIC = 0x6f_6c_65_68; // "helo"
export const HELLO_SIZE = 16;

/** The engine's answer, with the descriptors of the region and of its orphans as SCM_RIGHTS: magic, status (HELLO_STATUS), region size in bytes (64 bits). */
export const WELCOME_MAGIC = 0x65_6d_6f_63; // "come"
export const WELCOME_SIZE = 16;
export const HELLO_STATUS = { OK: 0, VERSION: 1, CREDENTIALS: 2, FULL: 3 } as const;

/** How the application wants CKA_EC_POINT, from its own environment; AS_SET: the engine's settings decide. */
export const HELLO_POINTS = { AS_SET: 0, STANDARD: 1, OCTET_STRING: 2 } as const;
