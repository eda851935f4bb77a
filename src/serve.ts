// The engine's own start: bin/strongroom runs this file under Node's permission model, once STRONGROOM_HOME is known.
// It loads nothing of the command line, since an application waits for it in C_Initialize.

import { startOthers, startThread } from './engine/threads.ts';
import { readSettings, SettingError } from './settings.ts';

async function start(): Promise<void> {
  const settings = readSettings();
  const first = startThread(0);
  const { serve } = await import('./engine/main.ts');
  await serve(settings, startOthers(first, settings.workers), process.argv.includes('--on-demand'));
}

start().catch((error: Error) => {
  // The last stop of a program: an operator's mistake becomes a sentence, anything else keeps its stack.
  process.stderr.write(`strongroom: ${error instanceof SettingError ? error.message : error.stack}\n`);
  // Whatever failed, the workers' threads are there and would stay.
  process.exit(1);
});
