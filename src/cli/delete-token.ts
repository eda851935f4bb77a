// `strongroom delete-token`: PKCS#11 has no such call, so the engine is asked; the library is there to start it and to find the slot.

import { chosenToken, namedSlot } from './choose.ts';
import { type Command, type Options, type Outcome, WHICH_TOKEN } from './command.ts';
import { ask } from './control.ts';
import { EXIT, Failure } from './failure.ts';
import { openLibrary, type Slot } from './library.ts';
import { question } from './prompt.ts';

async function confirm(slot: Slot): Promise<void> {
  if (!process.stdin.isTTY)
    throw new Failure(`This destroys every key in "${slot.label}" and nobody can be asked; add --force.`, EXIT.usage);
  const answer = await question(`This destroys the token "${slot.label}" and every key in it. Type its label to go on: `);
  if (answer !== slot.label) throw new Failure('That was not its label; nothing was deleted.');
}

async function run(options: Options): Promise<Outcome> {
  using library = openLibrary();
  // Never "the only one there is": what is destroyed has to be named.
  if (!namedSlot(library, options)) throw new Failure('Which token? Name it by --token LABEL, --serial or --slot.', EXIT.usage);
  const slot = chosenToken(library, options);
  if (!options.force) await confirm(slot);
  const answer = await ask(library.home, 'delete-token', { slot: slot.number });
  if (!answer) throw new Failure('The engine stopped before it could delete the token; run the command again.');
  return {
    json: { deleted: true, slot: slot.number, label: slot.label, serial: slot.serial },
    text: `The token "${slot.label}" is deleted.`,
  };
}

export const deleteToken: Command = {
  name: 'delete-token',
  summary: 'destroy a token and every key in it',
  options: [...WHICH_TOKEN, ['--force', 'do not ask']],
  run,
};
