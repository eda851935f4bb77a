// What a command is: a row. main.ts turns the rows into a parser; a command answers with data and with text, and prints nothing.

import { closeSync, openSync } from 'node:fs';
import { EXIT, Failure } from './failure.ts';

/** Values by option name in camelCase, as the parser gives them. */
export interface Options {
  readonly [name: string]: string | boolean | readonly string[] | undefined;
}

export interface Outcome {
  /** What --json prints. */
  readonly json: unknown;
  /** What people read. */
  readonly text: string;
  readonly exitCode?: number;
}

export interface Command {
  readonly name: string;
  readonly summary: string;
  readonly options: readonly (readonly [flags: string, meaning: string])[];
  /** Options without which the command cannot start, by the name in the flags. */
  readonly required?: readonly string[];
  readonly run: (options: Options) => Outcome | Promise<Outcome>;
}

export const textOption = (options: Options, name: string): string | undefined => {
  const value = options[name];
  return typeof value === 'string' ? value : undefined;
};

/** What an option was given that may be given several times (`<name...>` in its flags). */
export const listOption = (options: Options, name: string): readonly string[] => {
  const value = options[name];
  return Array.isArray(value) ? value : [];
};

/** What an option lists, separated by commas. */
export const wordsOption = (options: Options, name: string, usual?: string): readonly string[] =>
  (textOption(options, name) ?? usual)?.split(',') ?? [];

/** The words, if each of them is known. @param see how to have them listed, where they are too many for an error. */
export function known<T extends string>(words: readonly string[], there: readonly T[], option: string, see?: string): readonly T[] {
  const wrong = words.find((word) => !there.includes(word as T));
  if (wrong !== undefined)
    throw new Failure(
      `--${option} has no "${wrong}"; ${see === undefined ? `there is ${there.join(', ')}` : `${see} shows what there is`}.`,
      EXIT.usage,
    );
  return words as readonly T[];
}

/** A file that is written when all is done: where it cannot be, that is said before anything is begun. */
export function fileOption(options: Options, name: string): string | undefined {
  const path = textOption(options, name);
  if (path === undefined) return undefined;
  try {
    closeSync(openSync(path, 'a'));
  } catch (error) {
    throw new Failure(`The file ${path} of --${name} cannot be written (${(error as NodeJS.ErrnoException).code}); name another.`);
  }
  return path;
}

export const WHICH_TOKEN = [
  ['--token <label>', 'the token with this label'],
  ['--slot <number>', 'the token in this slot'],
  ['--serial <serial>', 'the token with this serial number'],
] as const;

export const USER_PIN = [
  ['--pin-file <file>', 'a file whose first line is the user PIN; - reads a line from standard input'],
  ['--pin <pin>', 'the user PIN itself; other users of this machine can see it, better use the other ways'],
] as const;

export const SO_PIN = [
  ['--so-pin-file <file>', 'a file whose first line is the Security Officer’s PIN; - reads a line from standard input'],
  ['--so-pin <pin>', 'the Security Officer’s PIN itself; other users of this machine can see it'],
] as const;
