// What an application can break of its side of the contract between threads, in the order of the counters in the region's header.
// The library notices and counts; the words are for whoever reads `strongroom audit`.

export interface Breach {
  readonly meaning: string;
  /** What the standard says, in other words, and where. */
  readonly clause: string;
  readonly remedy: string;
  /** Nothing forbids it; it deserves a look. Never refused. */
  readonly advice?: true;
}

const OWN_SESSION = 'Give each thread a session of its own, or take turns with a lock of yours.';

export const breaches = {
  B1: {
    meaning: 'two threads at once, though one was promised',
    clause: 'C_Initialize: without CKF_OS_LOCKING_OK and without callbacks the application will not call from several threads at once.',
    remedy: 'Pass CKF_OS_LOCKING_OK, or four callbacks, to C_Initialize.',
  },
  B2: {
    meaning: 'one session, two threads at once',
    clause: 'Sessions: an application should never make simultaneous calls that use one session, however it was initialised.',
    remedy: OWN_SESSION,
  },
  B3: {
    meaning: 'C_Finalize with calls in flight',
    clause: 'C_Finalize: undefined while other threads are inside, but for one that waits in C_WaitForSlotEvent.',
    remedy: 'Join the threads that use the library before C_Finalize.',
  },
  B4: {
    meaning: 'two threads in C_WaitForSlotEvent',
    clause: 'C_WaitForSlotEvent: undefined when called while another thread of the application is in it.',
    remedy: 'Let one thread wait, and tell the others.',
  },
  B5: {
    meaning: 'a child that uses what it inherited',
    clause: 'Applications and processes: a child is another application and calls C_Initialize itself.',
    remedy: 'Call C_Initialize in the child after fork().',
  },
  B6: {
    meaning: 'a session closed under a running call',
    clause: 'C_CloseSession: a call of another thread in that session may fail with CKR_SESSION_CLOSED, or may not be noticed to.',
    remedy: 'Close a session when its last call has returned; a finaliser of a garbage collector does not know when.',
  },
  B7: {
    meaning: 'a login, a logout or a destruction beside others at work',
    clause: 'C_Login, C_Logout: all sessions of the application change together. C_DestroyObject: whoever uses the object may fail.',
    remedy: 'Log in once, before the threads start; destroy a key when the last operation with it has ended.',
    advice: true,
  },
  B8: {
    meaning: 'a call from within a call',
    clause: 'Mutex callbacks and signal handlers run inside the call that they interrupt; the library is not entered from them.',
    remedy: 'Note the event in the handler or callback, and call the library after it has returned.',
  },
} as const satisfies Record<string, Breach>;

export type BreachName = keyof typeof breaches;
export const breachNames = Object.keys(breaches) as BreachName[];
