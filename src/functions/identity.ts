// What the library, its slots and its tokens say of themselves.

import { readFileSync } from 'node:fs';

const [major = 0, minor = 0] = (
  JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }
).version
  .split('.')
  .map(Number);

export const VERSION = { major, minor } as const;
export const LIBRARY = { manufacturer: 'Strongroom', description: 'Strongroom software HSM', model: 'Strongroom 1' } as const;
