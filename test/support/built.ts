// Vitest runs this once before the projects that load the library. It builds nothing: a stale library is worse than a missing one.
import { existsSync } from 'node:fs';
import { modulePath } from './paths.ts';

export default function built(): void {
  if (!existsSync(modulePath)) throw new Error(`The library is not built: ${modulePath} is missing. Run \`npm run build\` first.`);
}
