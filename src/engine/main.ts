// The engine's process: what it checks before it serves, how it says that it is ready, how it ends.

import { closeSync, openSync, writeSync } from 'node:fs';
import process from 'node:process';
import type { Worker } from 'node:worker_threads';
import { SettingError, type Settings } from '../settings.ts';
import { folder, leave, lockFile } from './channel.ts';
import { Engine } from './engine.ts';
import { type Log, logTo } from './log.ts';

/** Descriptors that the library's starter hands over (native/pkcs11/start.c). */
const READY_FD = 3;
/** systemd's first (sd_listen_fds). */
const LISTEN_FD = 3;

const OTHERS = 0o077;

export async function serve(settings: Settings, threads: readonly Worker[], onDemand: boolean): Promise<void> {
  const { home } = settings;
  process.umask(0o077);
  checkFolder(home);
  // The socket's name is then short, however long the path: a Unix socket's may have 107 bytes.
  process.chdir(home);
  if (!onDemand) takeLock(home);
  const listening = process.env.LISTEN_PID === String(process.pid) ? LISTEN_FD : undefined;
  const log = logTo(process.stderr, settings.log_level);
  const engine = new Engine({ settings, onDemand, log, threads });
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => engine.end());
  try {
    await engine.start(listening);
    if (onDemand) {
      writeSync(READY_FD, 'R');
      closeSync(READY_FD);
    } else process.stdout.write(`strongroom serves ${home}\n`);
    await engine.ended;
  } finally {
    await stop(engine, log);
  }
  // What is left (a PIN derivation, a key generation) answers nobody any more.
  leave(await engine.ended);
}

/** Its folder may have been removed under it: whatever is in the way, the process ends. */
const stop = (engine: Engine, log: Log): Promise<void> => engine.stop().catch((error: Error) => log('error', `stopping: ${error.message}`));

function checkFolder(home: string): void {
  const about = folder(home);
  if (about === null) throw new SettingError(`${home} is not a folder; make one that only you may enter, or set STRONGROOM_HOME.`);
  const { mode, uid } = about;
  if ((mode & OTHERS) !== 0) throw new SettingError(`${home} may be entered by others; run \`chmod 700\` on it.`);
  if (uid !== process.geteuid?.()) throw new SettingError(`${home} belongs to another user (${uid}); use a folder of your own.`);
}

/** Held by the descriptor until the process ends, however it ends. */
function takeLock(home: string): void {
  const fd = openSync('engine.lock', 'a', 0o600);
  if (!lockFile(fd)) throw new SettingError(`an engine serves ${home} already; \`strongroom stop\` ends it.`);
}
