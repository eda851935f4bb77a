// What a command is: a row. main.ts turns the rows into a parser; a command answers with data and with text, and prints nothing.

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
