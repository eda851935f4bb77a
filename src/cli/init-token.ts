// `strongroom init-token`: a new token in the free slot, or an old one made new, which destroys what is in it.

import { namedSlot } from './choose.ts';
import { type Command, type Options, type Outcome, SO_PIN, textOption, USER_PIN, WHICH_TOKEN } from './command.ts';
import { EXIT, Failure } from './failure.ts';
import { type Library, login, openLibrary, openSession, type Slot, slotAgain, slotsOf } from './library.ts';
import { readPin } from './pin.ts';

// CK_TOKEN_INFO keeps the label in 32 bytes.
const LABEL_BYTES = 32;

function labelFrom(options: Options): string {
  const label = textOption(options, 'label') ?? '';
  const bytes = Buffer.byteLength(label);
  if (bytes < 1 || bytes > LABEL_BYTES)
    throw new Failure(`A label has 1 to ${LABEL_BYTES} bytes, this one has ${bytes}; choose another.`, EXIT.usage);
  return label;
}

/** The slot that was named, else the first one whose token is not initialised. */
function target(library: Library, options: Options): Slot {
  const named = namedSlot(library, options);
  if (named && options.free) throw new Failure('--free and a named token exclude each other; give one of them.', EXIT.usage);
  if (named?.initialised && !options.force) {
    throw new Failure(`Slot ${named.number} holds the token "${named.label}"; to destroy its keys and begin anew, add --force.`);
  }
  const slot = named ?? slotsOf(library).find(({ initialised }) => !initialised);
  if (!slot) throw new Failure('There is no free slot; delete a token first: `strongroom delete-token`.');
  return slot;
}

async function run(options: Options): Promise<Outcome> {
  const label = labelFrom(options);
  using library = openLibrary();
  const slot = target(library, options);
  const soPin = await readPin('so', options, !slot.initialised);
  const pin = await readPin('user', options, true);
  // The standard's label is padded with blanks, and pkcs11js would pad with zeroes.
  library.pkcs11.C_InitToken(slot.handle, soPin, label + ' '.repeat(LABEL_BYTES - Buffer.byteLength(label)));
  {
    using session = openSession(library, slot, true);
    login(session, 'SO', soPin);
    library.pkcs11.C_InitPIN(session.handle, pin);
  }
  const { number, serial } = slotAgain(library, slot);
  const isAlone = slotsOf(library).filter((each) => each.initialised && each.label === label).length === 1;
  const note = isAlone ? '' : `\nOther tokens have this label too: say which one by --serial ${serial}`;
  return {
    json: { slot: number, label, serial },
    text: `The token "${label}" (serial ${serial}) has been initialized and is in slot ${number}${note}`,
  };
}

export const initToken: Command = {
  name: 'init-token',
  summary: 'make a token',
  options: [
    ['--label <label>', 'the token’s name'],
    ['--free', 'in the first free slot (which is the default)'],
    ...WHICH_TOKEN,
    ['--force', 'make an existing token new, which destroys every key in it'],
    ...SO_PIN,
    ...USER_PIN,
  ],
  required: ['label'],
  run,
};
