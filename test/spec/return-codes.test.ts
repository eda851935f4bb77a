// The rows of src/protocol/return-codes.ts beside the standard's "Return values". STRONGROOM_SPEC names the folder with its Markdown
// (working/doc/spec of OASIS's repository); without it there is nothing to compare with and these are skipped.

import { expect, it } from 'vitest';
import { calls } from '../../src/protocol/calls.ts';
import { listedCodes, standardCodes } from '../../src/protocol/return-codes.ts';
import { returnValues } from './standard.ts';

const folder = process.env.STRONGROOM_SPEC;
const standard = folder === undefined ? new Map<string, ReadonlySet<string>>() : returnValues(folder);

/** What every function may return, or every one of many (§5.1.1 to §5.1.3, §5.1.6): in no row of ours. */
const everywhere = new Set([
  ...['OK', 'GENERAL_ERROR', 'HOST_MEMORY', 'FUNCTION_FAILED', 'CRYPTOKI_NOT_INITIALIZED'],
  ...['SESSION_HANDLE_INVALID', 'SESSION_CLOSED', 'DEVICE_REMOVED'],
  ...['DEVICE_MEMORY', 'DEVICE_ERROR', 'TOKEN_NOT_PRESENT', 'TOKEN_NOT_INITIALIZED'],
]);

const names = Object.keys(calls) as (keyof typeof calls)[];

it.each(names)('%s has the codes that the standard lists for it', (name) => {
  expect(standard.has(name)).toBe(true);
  const own = [...standard.get(name)!].filter((code) => !everywhere.has(code));
  expect([...new Set(listedCodes[name])].sort()).toEqual(own.sort());
});

it.each(names)('%s may return whatever the standard lists, the codes of all functions too', (name) => {
  const allowed: ReadonlySet<string> = standardCodes(name);
  // Their lists have CKR_OK, and §5.1.1 says that these two cannot return it.
  const missing = name === 'C_GetFunctionStatus' || name === 'C_CancelFunction' ? ['OK'] : [];
  expect([...standard.get(name)!].filter((code) => !allowed.has(code))).toEqual(missing);
});
