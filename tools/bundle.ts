// The engine's and the command's sources as a few plain JavaScript files in build/bundle: Node then resolves, strips and compiles one
// file in each of its threads instead of two hundred, and an application that starts the engine waits a fraction of the time.

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { build, type Plugin } from 'rolldown';
import { TABLES } from '../src/protocol/hash.ts';

const root = join(import.meta.dirname, '..');
/** Two folders deep, as src/engine and src/cli are: the sources' paths to the addon and to package.json hold for both. */
const folder = join(root, 'build', 'bundle');

/** Each by itself: what two threads share would be a file more to look for in both. CommonJS: Node begins with it at once. */
const programs = {
  serve: join(root, 'src', 'serve.ts'),
  worker: join(root, 'src', 'engine', 'worker.ts'),
  'slow-keys-thread': join(root, 'src', 'engine', 'slow-keys-thread.ts'),
  main: join(root, 'src', 'cli', 'main.ts'),
};

/** The hash over the tables of both languages, made here instead of at each start. */
const tables: Plugin = {
  name: 'tables',
  load: { filter: { id: /\/src\/protocol\/hash\.ts$/ }, handler: () => `export const TABLES = ${TABLES};` },
};

rmSync(folder, { recursive: true, force: true });
for (const [name, input] of Object.entries(programs)) {
  await build({
    input: { [name]: input },
    platform: 'node',
    plugins: [tables],
    // The one finds its own binary by the path of its file; the other is large, and seldom needed.
    external: ['pkcs11js', 'echarts'],
    output: {
      dir: folder,
      format: 'cjs',
      entryFileNames: '[name].cjs',
      chunkFileNames: `${name}-[name].cjs`,
      sourcemap: false,
      comments: false,
    },
    logLevel: 'warn',
  });
}
