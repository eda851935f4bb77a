// What goes wrong, as a sentence that says what to do. The one place of the command where an exception becomes words.

import { SettingError } from '../settings.ts';

export const EXIT = { failed: 1, usage: 2, notRunning: 3, interrupted: 130 } as const;

/** Something that the person at the command can put right; `message` is the whole sentence. */
export class Failure extends Error {
  readonly exitCode: number;
  constructor(sentence: string, exitCode: number = EXIT.failed) {
    super(sentence);
    this.exitCode = exitCode;
  }
}

/** Return values, for people. What a command knows better than this table it says itself. */
const SENTENCES: Record<string, string> = {
  CKR_ATTRIBUTE_VALUE_INVALID: 'The token does not accept one of the key’s properties; choose another size or type.',
  CKR_CURVE_NOT_SUPPORTED: 'The token does not know this curve; choose p256, p384, p521 or ed25519.',
  CKR_DEVICE_ERROR: 'The engine stopped answering; run the command again, a new engine is started for it.',
  CKR_DEVICE_MEMORY: 'The store’s disk is full; make room and run the command again.',
  CKR_DEVICE_REMOVED: 'The engine stopped while the command ran; run the command again.',
  CKR_FUNCTION_FAILED: 'The engine could not do it; engine.log in the store’s folder says why.',
  CKR_FUNCTION_NOT_SUPPORTED: 'The library does not offer this function; is it as new as this command?',
  CKR_GENERAL_ERROR: 'The engine could not be reached or met an error of its own; engine.log in the store’s folder says more.',
  CKR_HOST_MEMORY: 'There is not enough memory; free some and run the command again.',
  CKR_KEY_SIZE_RANGE: 'The token does not make keys of this size; choose another one.',
  CKR_MECHANISM_INVALID: 'The token does not know how to make such a key; choose another type.',
  CKR_PIN_EXPIRED: 'The PIN has expired; set a new one.',
  CKR_PIN_INCORRECT: 'The PIN is wrong; several wrong PINs in a row lock the token.',
  CKR_PIN_INVALID: 'The PIN holds characters that the token does not accept; choose another one.',
  CKR_PIN_LEN_RANGE: 'The PIN is too short or too long; choose one of 4 to 255 bytes.',
  CKR_PIN_LOCKED: 'The PIN is locked after too many wrong ones; the Security Officer can set a new user PIN.',
  CKR_SESSION_EXISTS: 'Another application has a session with this token; end it and run the command again.',
  CKR_SESSION_READ_ONLY: 'The token is write-protected; remove its write protection first.',
  CKR_SLOT_ID_INVALID: 'There is no such slot; `strongroom tokens` shows the slots there are.',
  CKR_TEMPLATE_INCONSISTENT: 'These properties do not go together; choose another type or size.',
  CKR_TOKEN_NOT_PRESENT: 'There is no token in this slot; `strongroom tokens` shows the tokens there are.',
  CKR_TOKEN_NOT_RECOGNIZED: 'The token in this slot is not readable; was the store made by a newer version?',
  CKR_TOKEN_WRITE_PROTECTED: 'The token is write-protected; remove its write protection first.',
  CKR_USER_ALREADY_LOGGED_IN: 'Somebody is logged in to this token already; end that application and run the command again.',
  CKR_USER_PIN_NOT_INITIALIZED: 'The token has no user PIN yet; initialise it with one: `strongroom init-token`.',
  CKR_USER_TYPE_INVALID: 'The token does not know this kind of user; log in as the user.',
};

const isReturnValue = (error: unknown): error is Error => error instanceof Error && /^CKR_[A-Z0-9_]+$/.test(error.message);

/** The name of the return value behind an exception of pkcs11js, if it is one. */
export const returnValueOf = (error: unknown): string | undefined => (isReturnValue(error) ? error.message : undefined);

function sentenceOf(error: unknown): string {
  if (error instanceof Failure || error instanceof SettingError) return error.message;
  const name = returnValueOf(error);
  if (name !== undefined) return SENTENCES[name] ?? `The token refused with ${name}; see PKCS#11's chapter on return values.`;
  return `This should not have happened, please report it: ${error instanceof Error ? error.stack : String(error)}`;
}

/** An exception as what the command prints and what it exits with. */
export function explain(error: unknown): { sentence: string; exitCode: number } {
  return { sentence: sentenceOf(error), exitCode: error instanceof Failure ? error.exitCode : EXIT.failed };
}
