import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { output } from '../../../tools/generate/mechanisms.ts';
import { project } from '../../support/paths.ts';

test('docs/mechanisms.md is what the rows say', () => {
  expect(readFileSync(join(project, output.path), 'utf8')).toBe(output.text());
});
