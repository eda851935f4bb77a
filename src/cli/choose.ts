// Which token a command is about.

import { type Options, textOption } from './command.ts';
import { EXIT, Failure } from './failure.ts';
import { type Library, type Slot, slotNumber, slotsOf } from './library.ts';

interface Way {
  readonly option: string;
  readonly matches: (slot: Slot, wanted: string) => boolean;
  readonly called: string;
}

const WAYS: readonly Way[] = [
  { option: 'token', called: 'the label', matches: (slot, wanted) => slot.initialised && slot.label === wanted },
  { option: 'slot', called: 'the slot number', matches: (slot, wanted) => slot.number === slotNumber(wanted) },
  { option: 'serial', called: 'the serial number', matches: (slot, wanted) => slot.initialised && slot.serial === wanted },
];

const SEE = '`strongroom tokens` shows the tokens there are';

/** The one slot that the options name; undefined if they name none. Two options must agree. */
export function namedSlot(library: Library, options: Options): Slot | undefined {
  const ways = WAYS.flatMap((way) => {
    const wanted = textOption(options, way.option);
    return wanted === undefined ? [] : [{ ...way, wanted }];
  });
  if (ways.length === 0) return undefined;
  const found = slotsOf(library).filter((slot) => ways.every(({ matches, wanted }) => matches(slot, wanted)));
  const asked = ways.map(({ called, wanted }) => `${called} "${wanted}"`).join(' and ');
  if (found.length > 1) throw new Failure(`Several tokens have ${asked}; say which one by --serial.`);
  if (!found[0]) throw new Failure(`No token has ${asked}; ${SEE}.`);
  return found[0];
}

/** An initialised token: the one that was named, or the only one there is. */
export function chosenToken(library: Library, options: Options): Slot {
  const named = namedSlot(library, options);
  if (named && !named.initialised)
    throw new Failure(`The token in slot ${named.number} is not initialised; run \`strongroom init-token\` first.`);
  if (named) return named;
  const tokens = slotsOf(library).filter(({ initialised }) => initialised);
  if (tokens.length > 1) throw new Failure(`There are ${tokens.length} tokens; say which one by --token LABEL (${SEE}).`, EXIT.usage);
  if (!tokens[0]) throw new Failure('There is no token yet; make one: `strongroom init-token --label NAME`.');
  return tokens[0];
}
