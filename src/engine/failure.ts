// Errors on their way between threads.

import { Pkcs11Error } from '../model/error.ts';
import { CKR } from '../protocol/constants.ts';
import { VersionConflict } from '../store/store.ts';
import type { Failure } from './mail.ts';

const names = new Map(Object.entries(CKR).map(([name, rv]) => [rv as number, name as keyof typeof CKR]));

export function toFailure(error: unknown): Failure {
  if (error instanceof Pkcs11Error) return { kind: 'rv', rv: error.rv, message: error.message };
  if (error instanceof VersionConflict) return { kind: 'conflict' };
  return { kind: 'bug', message: error instanceof Error ? (error.stack ?? error.message) : String(error) };
}

export function fromFailure(failure: Failure): Error {
  if (failure.kind === 'conflict') return new VersionConflict();
  if (failure.kind === 'rv') return new Pkcs11Error(names.get(failure.rv) ?? 'GENERAL_ERROR', failure.message);
  return new Error(failure.message);
}
