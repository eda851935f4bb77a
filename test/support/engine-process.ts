// An engine with settings that a test gives (as JSON), where an operator would write a file: root's is /etc/strongroom.toml alone.
import process from 'node:process';
import { leave } from '../../src/engine/channel.ts';
import { Engine } from '../../src/engine/engine.ts';
import { logTo } from '../../src/engine/log.ts';
import { startOthers, startThread } from '../../src/engine/threads.ts';
import { readSettings } from '../../src/settings.ts';

const settings = { ...readSettings(), ...JSON.parse(process.argv[2]!) };
process.chdir(settings.home);
const engine = new Engine({
  settings,
  onDemand: false,
  log: logTo(process.stderr, 'warn'),
  threads: startOthers(startThread(0), settings.workers),
});
process.on('SIGTERM', () => engine.end());
await engine.start();
process.stdout.write('ready\n');
const status = await engine.ended;
await engine.stop();
leave(status);
