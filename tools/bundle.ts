// The engine's and the command's sources as a few plain JavaScript files in build/bundle: Node then resolves, strips and compiles three
// files in each of its threads instead of two hundred, and an application that starts the engine waits a fraction of the time.

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'rolldown';

const root = join(import.meta.dirname, '..');
/** Two folders deep, as src/engine and src/cli are: the sources' paths to the addon and to package.json hold for both. */
const folder = join(root, 'build', 'bundle');

rmSync(folder, { recursive: true, force: true });
await build({
  input: {
    serve: join(root, 'src', 'serve.ts'),
    worker: join(root, 'src', 'engine', 'worker.ts'),
    'slow-keys-thread': join(root, 'src', 'engine', 'slow-keys-thread.ts'),
    main: join(root, 'src', 'cli', 'main.ts'),
  },
  platform: 'node',
  // Two find their own binary by the path of their file; the third is large, and seldom needed.
  external: ['better-sqlite3', 'pkcs11js', 'echarts'],
  output: { dir: folder, format: 'esm', entryFileNames: '[name].js', chunkFileNames: '[name].js', sourcemap: false },
  logLevel: 'warn',
});
