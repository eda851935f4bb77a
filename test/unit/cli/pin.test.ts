import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { givenPin, readPin } from '../../../src/cli/pin.ts';

let folder: string;
const file = (text: string) => {
  const path = join(folder, 'pin');
  writeFileSync(path, text);
  return path;
};

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pin-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
  vi.unstubAllEnvs();
});

describe('a PIN', () => {
  it('comes from the first line of a file, whatever ends that line', () => {
    expect(givenPin('user', { pinFile: file('1234\nsecond') })).toBe('1234');
    expect(givenPin('so', { soPinFile: file(' 12 34 \r\n') })).toBe(' 12 34 ');
  });

  it('comes from the environment where no option gives one', () => {
    vi.stubEnv('STRONGROOM_PIN', '5678');
    expect(givenPin('user', {})).toBe('5678');
    expect(givenPin('so', {})).toBeUndefined();
    expect(givenPin('user', { pinFile: file('1234') })).toBe('1234');
  });

  it('given as an argument works and is warned about, without being repeated', () => {
    const warnings = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    expect(givenPin('so', { soPin: '8642' })).toBe('8642');
    expect(warnings.mock.calls.join('')).toContain('STRONGROOM_SO_PIN');
    expect(warnings.mock.calls.join('')).not.toContain('8642');
  });

  it.each([
    ['an empty file', () => file(''), 'is empty'],
    ['a file that is not there', () => join(folder, 'none'), 'ENOENT'],
  ])('is refused from %s', (_name, path, words) => {
    expect(() => givenPin('user', { pinFile: path() })).toThrow(words);
  });

  it('is not waited for where nobody can be asked', async () => {
    vi.stubEnv('STRONGROOM_PIN', '');
    const terminal = process.stdin.isTTY;
    process.stdin.isTTY = false;
    await expect(readPin('user', {})).rejects.toThrow('--pin-file FILE or set STRONGROOM_PIN');
    process.stdin.isTTY = terminal;
  });
});
