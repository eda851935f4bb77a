// softhsm2-util's way of saying it, so that its users' scripts go on working: an action is an option there and a command here.

import { EXIT, Failure } from './failure.ts';

/** What the action becomes. Its scripts were never asked before something is destroyed, hence --force. */
const ACTIONS: Readonly<Record<string, readonly string[]>> = {
  '--init-token': ['init-token', '--force'],
  '--delete-token': ['delete-token', '--force'],
  '--show-slots': ['tokens', '--show-slots'],
};

const ELSEWHERE: Readonly<Record<string, string>> = {
  '--import': 'Keys are imported by pkcs11-tool --write-object, or OpenSSL’s provider; --import is not offered.',
  '--module': 'This command always uses its own library; leave --module out.',
};

/** The arguments as commands; unchanged where they already are. */
export function translate(argv: readonly string[]): string[] {
  const [first = ''] = argv;
  // `strongroom tokens --show-slots` is our own.
  if (first !== '' && !first.startsWith('-')) return [...argv];
  const elsewhere = argv.map((argument) => ELSEWHERE[argument.split('=')[0] ?? '']).find((sentence) => sentence !== undefined);
  const actions = argv.filter((argument) => Object.hasOwn(ACTIONS, argument));
  if (elsewhere !== undefined) throw new Failure(elsewhere, EXIT.usage);
  if (actions.length > 1) throw new Failure(`${actions.join(' and ')} exclude each other; give one of them.`, EXIT.usage);
  const [action] = actions;
  return action === undefined ? [...argv] : [...(ACTIONS[action] ?? []), ...argv.filter((argument) => argument !== action)];
}
