// The engine's own start: bin/strongroom runs this file under Node's permission model, once STRONGROOM_HOME is known.
// It loads nothing of the command line, since an application waits for it in C_Initialize.

import { serve } from './engine/main.ts';
import { readSettings, SettingError } from './settings.ts';

try {
  const { home } = readSettings();
  await serve({ home, onDemand: process.argv.includes('--on-demand') });
} catch (error) {
  // The last stop of a program: an operator's mistake becomes a sentence, anything else keeps its stack.
  process.stderr.write(`strongroom: ${error instanceof SettingError ? error.message : (error as Error).stack}\n`);
  process.exitCode = 1;
}
