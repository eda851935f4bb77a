// Where a PIN comes from: an option, a file, the environment or a hidden prompt. It is never printed, logged or put into an error.

import { readFileSync } from 'node:fs';
import { type Options, textOption } from './command.ts';
import { EXIT, Failure } from './failure.ts';
import { question } from './prompt.ts';

interface Kind {
  readonly option: string;
  readonly flag: string;
  readonly environment: string;
  readonly called: string;
}

export const PINS = {
  user: { option: 'pin', flag: '--pin', environment: 'STRONGROOM_PIN', called: 'user PIN' },
  so: { option: 'soPin', flag: '--so-pin', environment: 'STRONGROOM_SO_PIN', called: 'Security Officer’s PIN' },
} as const satisfies Record<string, Kind>;

let linesOfInput: string[] | undefined;

/** Standard input is read once; two PINs from it are two lines, in the order in which they are asked for. */
function nextLineOfInput(): string | undefined {
  linesOfInput ??= readFileSync(0, 'utf8').split('\n');
  return linesOfInput.shift();
}

function fromFile(path: string, kind: Kind): string {
  let line: string | undefined;
  try {
    line = path === '-' ? nextLineOfInput() : readFileSync(path, 'utf8').split('\n')[0];
  } catch (error) {
    // The file was named by the person at the command, who wants its name and not a stack.
    throw new Failure(
      `The file ${path} of ${kind.flag}-file cannot be read (${(error as NodeJS.ErrnoException).code}); check its name and mode.`,
    );
  }
  const pin = line?.replace(/\r$/, '');
  if (!pin) throw new Failure(`The first line of ${path === '-' ? 'standard input' : path} is empty; write the ${kind.called} there.`);
  return pin;
}

async function ask(kind: Kind, twice: boolean): Promise<string> {
  const pin = await question(`The ${kind.called}: `, true);
  if (pin === '') throw new Failure(`The ${kind.called} is empty; type one.`);
  if (twice && (await question(`The ${kind.called} again: `, true)) !== pin)
    throw new Failure('The two PINs differ; run the command again.');
  return pin;
}

/** The PIN, if a way was chosen that needs no question. */
export function givenPin(which: keyof typeof PINS, options: Options): string | undefined {
  const kind: Kind = PINS[which];
  const typed = textOption(options, kind.option);
  if (typed !== undefined) {
    process.stderr.write(
      `Warning: others can read a PIN given by ${kind.flag}; leave it out to be asked, or use ${kind.flag}-file FILE or ${kind.environment}.\n`,
    );
    if (typed === '') throw new Failure(`${kind.flag} is empty; give a PIN.`, EXIT.usage);
    return typed;
  }
  const file = textOption(options, `${kind.option}File`);
  return file === undefined ? process.env[kind.environment] || undefined : fromFile(file, kind);
}

/** The PIN; asks for it where somebody can answer. `twice` where a new one is chosen. */
export async function readPin(which: keyof typeof PINS, options: Options, twice = false): Promise<string> {
  const kind: Kind = PINS[which];
  const pin = givenPin(which, options);
  if (pin !== undefined) return pin;
  if (process.stdin.isTTY) return ask(kind, twice);
  throw new Failure(
    `The ${kind.called} is needed and nobody can be asked; give ${kind.flag}-file FILE or set ${kind.environment}.`,
    EXIT.usage,
  );
}
