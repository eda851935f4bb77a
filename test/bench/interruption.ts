// Ctrl-C, or the time that is over: a bench ends at its next step, and what was made for the time is cleared away.

export function interruption(): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(name, () => controller.abort(new Error('interrupted')));
  return controller.signal;
}
