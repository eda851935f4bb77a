import { describe, expect, it } from 'vitest';
import { translate } from '../../../src/cli/softhsm.ts';

describe('softhsm2-util’s options', () => {
  it('become commands, wherever the action stands', () => {
    expect(translate(['--free', '--init-token', '--label', 'L'])).toEqual(['init-token', '--force', '--free', '--label', 'L']);
    expect(translate(['--delete-token', '--token', 'L'])).toEqual(['delete-token', '--force', '--token', 'L']);
    expect(translate(['--show-slots', '--json'])).toEqual(['tokens', '--show-slots', '--json']);
  });

  it('are left alone behind a command of ours', () => {
    expect(translate(['tokens', '--show-slots'])).toEqual(['tokens', '--show-slots']);
    expect(translate(['--version'])).toEqual(['--version']);
    expect(translate([])).toEqual([]);
  });

  it('exclude each other', () => {
    expect(() => translate(['--init-token', '--delete-token'])).toThrow('--init-token and --delete-token exclude each other');
  });

  it.each(['--import', '--module', '--module=/x.so'])('are refused with a way out where there is none here: %s', (option) => {
    expect(() => translate(['--init-token', option])).toThrow(/pkcs11-tool|leave --module out/);
  });
});
