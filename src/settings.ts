// What an operator may choose, one row a setting, and where its value came from. The command and the engine read it here;
// libstrongroom.so reads `home`, `locking` and `audit` by the same rules (native/pkcs11). Imports nothing of ours.

import { readFileSync, type Stats, statSync } from 'node:fs';
import { availableParallelism, homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { parse } from 'smol-toml';

export const LOCKINGS = ['auto', 'none', 'os', 'strict'] as const;
export const AUDITS = ['off', 'count', 'log', 'enforce', 'abort'] as const;
export const EC_POINT_FORMS = ['standard', 'octet-string'] as const;
export const LOG_LEVELS = ['error', 'warn', 'info', 'debug'] as const;
const MOST_WORKERS = 64;
const MOST_IDLE_SECONDS = 31_536_000;

/** What is settled for one token or one application alone. */
export interface Own {
  readonly ec_point_form: (typeof EC_POINT_FORMS)[number];
}

export interface Settings {
  home: string;
  idle_seconds: number;
  workers: number;
  locking: (typeof LOCKINGS)[number];
  legacy: boolean;
  audit: (typeof AUDITS)[number];
  trace: boolean;
  ec_point_form: Own['ec_point_form'];
  /** By label. */
  tokens: Readonly<Record<string, Own>>;
  /** By the path of the executable. */
  applications: Readonly<Record<string, Own>>;
  log_level: (typeof LOG_LEVELS)[number];
}

export type Key = keyof Settings;
export type Environment = Readonly<Record<string, string | undefined>>;

/** Who runs this: the rules differ for root, and tests are somebody else. */
export interface Account {
  readonly uid: number;
  readonly folder: string;
}

interface Setting<K extends Key> {
  /** undefined: a table, which only a file has. */
  readonly environment: string | undefined;
  readonly meaning: string;
  /** Completes the sentence "… must be". */
  readonly must: string;
  readonly fallback: (environment: Environment, account: Account) => Settings[K];
  /** A value from the environment is text, one from a file has TOML's type; undefined refuses it. */
  readonly check: (value: unknown) => Settings[K] | undefined;
}

export interface Chosen<K extends Key = Key> {
  readonly value: Settings[K];
  /** `default`, the name of a variable, or the path of a file. */
  readonly source: string;
}

/** What an operator wrote and nobody can follow; its message is a sentence for him. */
export class SettingError extends Error {}

const wholeNumber = (least: number, most: number) => (value: unknown) => {
  const number = typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value;
  return Number.isInteger(number) && (number as number) >= least && (number as number) <= most ? (number as number) : undefined;
};

const oneOf =
  <T extends string>(choices: readonly T[]) =>
  (value: unknown) =>
    choices.find((choice) => choice === value);

const truth = (value: unknown) => (value === true || value === 'true' ? true : value === false || value === 'false' ? false : undefined);

const isTable = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);

const isOwn = (value: unknown): value is Own =>
  isTable(value) && Object.keys(value).join() === 'ec_point_form' && oneOf(EC_POINT_FORMS)(value.ec_point_form) !== undefined;

/** Tables of settings of their own, by names of that sort. */
const ownBy =
  (isName: (name: string) => boolean) =>
  (value: unknown): Readonly<Record<string, Own>> | undefined =>
    isTable(value) && Object.entries(value).every(([name, own]) => isName(name) && isOwn(own)) ? (value as Record<string, Own>) : undefined;

const xdg = (environment: Environment, account: Account, variable: string, usual: string) => {
  const chosen = environment[variable];
  // The XDG specification: a relative path in these variables is to be ignored.
  return chosen !== undefined && isAbsolute(chosen) ? chosen : join(account.folder, usual);
};

export const SETTINGS: { readonly [K in Key]: Setting<K> } = {
  home: {
    environment: 'STRONGROOM_HOME',
    meaning: 'the folder of the store and of the engine’s socket',
    must: 'an absolute path',
    fallback: (environment, account) =>
      account.uid === 0 ? '/var/lib/strongroom' : join(xdg(environment, account, 'XDG_DATA_HOME', '.local/share'), 'strongroom'),
    check: (value) => (typeof value === 'string' && isAbsolute(value) && !value.includes('\0') ? value : undefined),
  },
  idle_seconds: {
    environment: 'STRONGROOM_IDLE_SECONDS',
    meaning: 'how long an engine that was started on demand waits for another application',
    must: `a whole number from 0 to ${MOST_IDLE_SECONDS}`,
    fallback: () => 30,
    check: wholeNumber(0, MOST_IDLE_SECONDS),
  },
  workers: {
    environment: 'STRONGROOM_WORKERS',
    meaning: 'how many threads of the engine serve sessions',
    must: `a whole number from 1 to ${MOST_WORKERS}`,
    fallback: () => Math.min(availableParallelism(), MOST_WORKERS),
    check: wholeNumber(1, MOST_WORKERS),
  },
  locking: {
    environment: 'STRONGROOM_LOCKING',
    meaning: 'whether C_Initialize’s flags choose the library’s locks',
    must: `one of ${LOCKINGS.join(', ')}`,
    fallback: () => 'auto',
    check: oneOf(LOCKINGS),
  },
  legacy: {
    environment: 'STRONGROOM_LEGACY',
    meaning: 'whether broken mechanisms are offered: MD5, single DES, RC4, SSL 3.0 and their like',
    must: 'true or false',
    fallback: () => false,
    check: truth,
  },
  audit: {
    environment: 'STRONGROOM_AUDIT',
    meaning: 'what becomes of broken thread contracts, which are always counted',
    must: `one of ${AUDITS.join(', ')}`,
    fallback: () => 'off',
    check: oneOf(AUDITS),
  },
  trace: {
    environment: 'STRONGROOM_TRACE',
    meaning: 'whether the engine times the stages of calls, for `strongroom status`',
    must: 'true or false',
    fallback: () => false,
    check: truth,
  },
  ec_point_form: {
    environment: 'STRONGROOM_EC_POINT_FORM',
    meaning: 'how CKA_EC_POINT of Edwards and Montgomery keys is read: as v3.2 has it, or with v3.0’s OCTET STRING around it',
    must: `one of ${EC_POINT_FORMS.join(', ')}`,
    fallback: () => 'standard',
    check: oneOf(EC_POINT_FORMS),
  },
  tokens: {
    environment: undefined,
    meaning: 'the same for one token',
    must: `tables by tokens’ labels, each with ec_point_form, one of ${EC_POINT_FORMS.join(', ')}`,
    fallback: () => ({}),
    check: ownBy(() => true),
  },
  applications: {
    environment: undefined,
    meaning: 'the same for one application',
    must: `tables by executables’ absolute paths, each with ec_point_form, one of ${EC_POINT_FORMS.join(', ')}`,
    fallback: () => ({}),
    check: ownBy(isAbsolute),
  },
  log_level: {
    environment: 'STRONGROOM_LOG_LEVEL',
    meaning: 'how much the engine writes into its log',
    must: `one of ${LOG_LEVELS.join(', ')}`,
    fallback: () => 'warn',
    check: oneOf(LOG_LEVELS),
  },
};

export const KEYS = Object.keys(SETTINGS) as Key[];

/** The files that are looked at, the first that names a setting decides it. */
export function configurationFiles(environment: Environment, account: Account): string[] {
  const system = '/etc/strongroom.toml';
  return account.uid === 0 ? [system] : [join(xdg(environment, account, 'XDG_CONFIG_HOME', '.config'), 'strongroom.toml'), system];
}

// ERR_ACCESS_DENIED: the engine's permission model shows it the files its launcher knew of, and no others.
// EACCES while looking: the folder is somebody else's, as HOME is after a change of user.
const ABSENT = new Set(['ENOENT', 'ENOTDIR', 'EACCES', 'ERR_ACCESS_DENIED']);

function lookAt(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch (error) {
    // That there is none is the usual case.
    if (ABSENT.has((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}

function readConfiguration(path: string, account: Account): Record<string, unknown> {
  const about = lookAt(path);
  if (!about) return {};
  // The library leaves such a file unread: whoever may write there could choose another store for us.
  const mine = about.uid === 0 || about.uid === account.uid;
  if ((about.mode & 0o022) !== 0 || !mine) throw new SettingError(`${path} may be changed by other users; \`chmod go-w\` it and own it.`);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    // A file that is there and cannot be read is the operator's to know of.
    throw new SettingError(`${path} cannot be read (${(error as NodeJS.ErrnoException).code}); let this user read it or remove it.`);
  }
  let table: Record<string, unknown>;
  try {
    table = parse(text);
  } catch (error) {
    // The parser's own exception says the line, but in several lines.
    throw new SettingError(`${path} is not valid TOML: ${String((error as Error).message).split('\n')[0]}.`);
  }
  const unknown = Object.keys(table).find((key) => !Object.hasOwn(SETTINGS, key));
  if (unknown !== undefined) throw new SettingError(`${path} sets "${unknown}", which is no setting; the settings are ${KEYS.join(', ')}.`);
  return table;
}

export const thisAccount = (): Account => ({ uid: process.geteuid?.() ?? 0, folder: homedir() });

/** Each setting's value and where it is from. Throws SettingError. */
export function chooseSettings(environment: Environment = process.env, account: Account = thisAccount()): { [K in Key]: Chosen<K> } {
  const files = configurationFiles(environment, account).map((path) => ({ path, table: readConfiguration(path, account) }));
  const choose = <K extends Key>(key: K): Chosen<K> => {
    const setting: Setting<K> = SETTINGS[key];
    const variable = setting.environment;
    const given = variable === undefined ? undefined : environment[variable];
    const file = files.find(({ table }) => Object.hasOwn(table, key));
    const source = given !== undefined && given !== '' ? variable : file?.path;
    if (source === undefined) return { value: setting.fallback(environment, account), source: 'default' };
    const value = setting.check(source === variable ? given : file?.table[key]);
    if (value === undefined) throw new SettingError(`${key} must be ${setting.must}; change it in ${source}.`);
    return { value, source };
  };
  return Object.fromEntries(KEYS.map((key) => [key, choose(key)])) as { [K in Key]: Chosen<K> };
}

/** The settings' values alone, which is what the engine wants. */
export function readSettings(environment?: Environment, account?: Account): Settings {
  const chosen = chooseSettings(environment, account);
  return Object.fromEntries(KEYS.map((key) => [key, chosen[key].value])) as unknown as Settings;
}
