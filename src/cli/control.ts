// The engine's control socket: one JSON line asks, one JSON line answers.

import { closeSync, constants, existsSync, openSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { BreachName } from '../protocol/breaches.ts';
import { Failure } from './failure.ts';

const PATIENCE_MS = 10_000;
const LONGEST_ANSWER = 1 << 20;

export interface Application {
  readonly pid: number;
  readonly uid: number;
  readonly sessions: number;
  readonly breaches: Partial<Record<BreachName, number>>;
}

export interface Status {
  readonly pid: number;
  readonly version: string;
  readonly uptime: number;
  readonly home: string;
  readonly workers: number;
  readonly applications: readonly Application[];
  readonly tokens: number;
  /** Objects for which several wanted to write at once, by their number in the store (a session object's is negative). */
  readonly contended: readonly { readonly object: number; readonly times: number }[];
  readonly idle_seconds_left: number | null;
  /** With the setting `trace`: how long each function's calls took, stage by stage, in microseconds. */
  readonly stages?: readonly Traced[];
}

export interface Traced {
  readonly function: string;
  readonly calls: number;
  readonly stages: readonly { readonly stage: string; readonly p50: number; readonly p99: number; readonly mean: number }[];
}

/** One of the two calls of a finding. */
export interface Caller {
  readonly thread: number;
  readonly name: string;
  readonly function: string;
  readonly session: number;
  /** Of which process it is, if it is a child of the application. */
  readonly process?: number;
}

export interface Finding {
  readonly breach: BreachName;
  readonly count: number;
  readonly first: Caller | null;
  readonly second: Caller;
}

/** An application as the engine's auditor tells of it. */
export interface Watched {
  readonly pid: number;
  readonly uid: number;
  readonly since: string;
  readonly case: number;
  readonly locks: string;
  readonly audit: string;
  readonly totals: Partial<Record<BreachName, number>>;
}

interface Answers {
  readonly status: Status;
  readonly audit: { readonly applications: readonly (Watched & { readonly findings: readonly Finding[] })[] };
  readonly stop: { readonly stopping: true };
  readonly 'delete-token': { readonly deleted: true };
}

export const socketOf = (home: string): string => join(home, 'engine.sock');

// What a socket says where nobody listens: no folder, no socket, or the socket of an engine that has gone or is about to.
const NOBODY = new Set(['ENOENT', 'ENOTDIR', 'ECONNREFUSED', 'ECONNRESET', 'EPIPE']);

// A Unix socket's path has 107 bytes at most.
const LONGEST_PATH = 107;

/** A name for the store's folder that is short enough, and what is to be closed once it was used. */
function shorten(home: string): { folder: string; close: () => void } {
  if (Buffer.byteLength(socketOf(home)) <= LONGEST_PATH) return { folder: home, close: () => {} };
  const descriptor = openSync(home, constants.O_RDONLY | constants.O_DIRECTORY);
  return { folder: `/proc/self/fd/${descriptor}`, close: () => closeSync(descriptor) };
}

async function exchange(home: string, line: string): Promise<string | undefined> {
  if (!existsSync(home)) return undefined;
  const { folder, close } = shorten(home);
  return talk(socketOf(folder), line).finally(close);
}

/** The first line that the engine sends; undefined if no engine listens. */
function talk(path: string, line: string): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(path, () => socket.write(`${line}\n`));
    const finish = (settle: () => void) => {
      socket.destroy();
      settle();
    };
    const fail = (sentence: string) => finish(() => reject(new Failure(sentence)));
    socket.setEncoding('utf8');
    socket.setTimeout(PATIENCE_MS, () => fail('The engine does not answer; look at engine.log in the store’s folder.'));
    socket.on('data', (text: string) => {
      answer += text;
      if (answer.includes('\n')) finish(() => resolve(answer.slice(0, answer.indexOf('\n'))));
      else if (answer.length > LONGEST_ANSWER) fail('The engine’s answer is too long to be one; is it another program’s socket?');
    });
    socket.on('end', () => fail('The engine hung up without an answer; look at engine.log in the store’s folder.'));
    socket.on('error', ({ code = '', message }: NodeJS.ErrnoException) => {
      if (NOBODY.has(code)) finish(() => resolve(undefined));
      else if (code === 'EACCES' || code === 'EPERM') fail('The engine belongs to another user; run the command as that user.');
      else fail(`The engine’s socket ${path} failed (${code || message}); is the path in STRONGROOM_HOME right?`);
    });
  });
}

/** Asks the engine of a store; undefined if none runs there. */
export async function ask<R extends keyof Answers>(home: string, request: R, more: object = {}): Promise<Answers[R] | undefined> {
  const line = await exchange(home, JSON.stringify({ request, ...more }));
  if (line === undefined) return undefined;
  const answer = parse<Answers[R]>(line);
  // JSON's own words would be about characters; the person's question is whose socket this is.
  if (!answer) throw new Failure(`What listens at ${socketOf(home)} is no engine of Strongroom; end it or choose another STRONGROOM_HOME.`);
  if (typeof answer.error === 'string') throw new Failure(answer.error);
  return answer;
}

function parse<T>(line: string): (T & { error?: unknown }) | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as T & { error?: unknown }) : undefined;
  } catch {
    // No JSON at all: the caller says what that means.
    return undefined;
  }
}
