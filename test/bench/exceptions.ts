// What is slower than SoftHSM at eight threads, and why it has to be. A row of the speed table that is slower and not told here fails a
// test (test/unit/bench/exceptions.test.ts); one that is told here and is not slower is not shown.

import type { Summary } from '../../src/cli/speed/rounds.ts';
import { MANY } from './entries.ts';
import { againstSoftHsm, type SpeedResult } from './speed-result.ts';

const CROSSES =
  'SoftHSM computes it in the application’s own memory, in less time than any call needs to reach another process and to come back';

export const EXCEPTIONS: Readonly<Record<string, string>> = {
  'sha-256': `${CROSSES}. The digest of 1 KiB takes OpenSSL about a microsecond. It needs no key, so an application that is in a hurry computes digests itself; through the library it gets them for what a crossing costs.`,
  random: `${CROSSES}. SoftHSM hands out bytes of OpenSSL’s generator in the application; here they come from the engine’s, which no application can look into or fork.`,
  'session-info':
    'Answered in the library while nothing has changed, but not by memory alone: each time it asks the system whether the engine still lives, which SoftHSM, being in the process, need not.',
  session: `${CROSSES}. In SoftHSM a session is a structure in the application’s heap; here the engine must know of it, and the worker that will serve it.`,
  'generate-aes':
    'Session objects: SoftHSM draws random bytes into a structure of its own process, and forgets it there. Here either is a call that crosses, and the key is sealed and written down for the other workers, because every session of the application may use it.',
  'generate-p-256':
    'Session objects: three calls that cross, one that makes two objects and two that destroy them (see generate-aes); the pair itself is a small part of it in either.',
  'p-384':
    'Both do what OpenSSL does, which has no fast code for this curve: nearly all the time is the same multiplication, and what lies between them is the machine’s noise.',
  'aes-gcm': `${CROSSES} twice: the message itself crosses both ways.`,
  'generate-rsa-2048': 'How long it takes to find two primes is luck: the mean of so few keys lies anywhere.',
  'generate-rsa-4096': 'How long it takes to find two primes is luck: the mean of so few keys lies anywhere.',
};

export interface ExceptionRow {
  readonly operation: string;
  readonly ratio: Summary;
  readonly why: string | undefined;
}

/** Every operation that is slower than SoftHSM at eight threads. */
export const exceptionRows = (speed: SpeedResult | undefined): ExceptionRow[] =>
  (speed?.cases ?? [])
    .filter(({ threads }) => threads === MANY)
    .flatMap((each) => {
      const ratio = againstSoftHsm(each);
      return ratio !== undefined && ratio.median < 1 ? [{ operation: each.operation, ratio, why: EXCEPTIONS[each.operation] }] : [];
    });
