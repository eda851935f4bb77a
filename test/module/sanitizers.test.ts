// The library under ThreadSanitizer, in short; `npm run test:sanitizers` is the long form, with AddressSanitizer and UBSan.
import { join } from 'node:path';
import { expect } from 'vitest';
import { project } from '../support/paths.ts';
import { needs } from '../support/program.ts';
import { test } from '../support/room.ts';

needs('clang');

test('ThreadSanitizer has nothing to say of it, whatever the application does', { timeout: 300_000 }, async ({ room }) => {
  const { code, output } = await room.run('sh', [join(project, 'test/sanitizers.sh'), 'thread', '0'], { limit: 290_000 });
  expect(output).not.toContain('FAILED');
  expect(code, output).toBe(0);
  // Each attempt prints a line.
  expect(output.match(/^thread /gm)).toHaveLength(12);
});
