// `strongroom tokens`: the slots and the tokens in them; `--show-slots` prints them the way SoftHSM's users parse.

import { CKF } from '../protocol/constants.ts';
import type { Command, Options, Outcome } from './command.ts';
import { openLibrary, type Slot, slotsOf } from './library.ts';
import { table } from './tables.ts';

const FLAGS = {
  'login-required': CKF.LOGIN_REQUIRED,
  'user-pin-set': CKF.USER_PIN_INITIALIZED,
  'write-protected': CKF.WRITE_PROTECTED,
  'user-pin-count-low': CKF.USER_PIN_COUNT_LOW,
  'user-pin-final-try': CKF.USER_PIN_FINAL_TRY,
  'user-pin-locked': CKF.USER_PIN_LOCKED,
  'so-pin-count-low': CKF.SO_PIN_COUNT_LOW,
  'so-pin-final-try': CKF.SO_PIN_FINAL_TRY,
  'so-pin-locked': CKF.SO_PIN_LOCKED,
} as const;

function flagsOf({ flags, initialised }: Slot): string[] {
  if (!initialised) return ['uninitialised'];
  return Object.entries(FLAGS).flatMap(([name, bit]) => ((flags & bit) === 0 ? [] : [name]));
}

const yesOrNo = (condition: boolean) => (condition ? 'yes' : 'no');

function asSoftHsm(slot: Slot): string {
  const rows = [
    ['Manufacturer ID', slot.manufacturer],
    ['Model', slot.model],
    ['Serial number', slot.serial],
    ['Initialized', yesOrNo(slot.initialised)],
    ['User PIN init.', yesOrNo((slot.flags & CKF.USER_PIN_INITIALIZED) !== 0)],
    ['Label', slot.label],
  ];
  const lines = rows.map(([name, value]) => `        ${`${name}:`.padEnd(18)}${value}`.trimEnd());
  return [`Slot ${slot.number}`, '    Token info:', ...lines].join('\n');
}

function run(options: Options): Outcome {
  using library = openLibrary();
  const slots = slotsOf(library);
  const json = slots.map((slot) => ({
    slot: slot.number,
    label: slot.label,
    serial: slot.serial,
    initialised: slot.initialised,
    flags: flagsOf(slot),
  }));
  if (options.showSlots) return { json, text: ['Available slots:', ...slots.map(asSoftHsm)].join('\n') };
  return {
    json,
    text: table(
      ['SLOT', 'LABEL', 'SERIAL', 'FLAGS'],
      json.map((row) => [row.slot, row.label, row.serial, row.flags.join(' ')]),
    ),
  };
}

export const tokens: Command = {
  name: 'tokens',
  summary: 'list the tokens and the free slot',
  options: [['--show-slots', 'in the form of softhsm2-util --show-slots']],
  run,
};
