import { describe, expect, it } from 'vitest';
import { EXIT, explain, Failure } from '../../../src/cli/failure.ts';
import { SettingError } from '../../../src/settings.ts';

const returnValue = (name: string) => Object.assign(new Error(name), { code: 1 });

describe('what went wrong', () => {
  it('is a sentence for a return value, without its name', () => {
    expect(explain(returnValue('CKR_PIN_INCORRECT'))).toEqual({
      sentence: 'The PIN is wrong; several wrong PINs in a row lock the token.',
      exitCode: EXIT.failed,
    });
  });

  it('keeps the name of a return value that has no sentence yet', () => {
    expect(explain(returnValue('CKR_EXCEEDED_MAX_ITERATIONS')).sentence).toContain('CKR_EXCEEDED_MAX_ITERATIONS');
  });

  it('is told as it is where the command or the settings said it', () => {
    expect(explain(new Failure('Do this.', EXIT.usage))).toEqual({ sentence: 'Do this.', exitCode: EXIT.usage });
    expect(explain(new SettingError('Change that.'))).toEqual({ sentence: 'Change that.', exitCode: EXIT.failed });
  });

  it('is reported with its stack where it is a mistake of ours', () => {
    expect(explain(new TypeError('x is not a function')).sentence).toMatch(/please report it: TypeError: x is not a function\n +at /);
  });
});
