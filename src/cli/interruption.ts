// Ctrl-C and its like: what runs long ends at its next step, and clears away what it began.

import { EXIT, Failure } from './failure.ts';

export function interruption(): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(name, () => controller.abort(new Failure('Interrupted.', EXIT.interrupted)));
  return controller.signal;
}
