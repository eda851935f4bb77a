// The engine's control socket: one JSON line asks, one JSON line answers.

import { connect } from 'node:net';
import { join } from 'node:path';
import { EXIT, Failure } from './failure.ts';

const PATIENCE_MS = 10_000;
const LONGEST_ANSWER = 1 << 20;

export interface Application {
  readonly pid: number;
  readonly uid: number;
  readonly sessions: number;
}

export interface Status {
  readonly pid: number;
  readonly version: string;
  readonly uptime: number;
  readonly home: string;
  readonly workers: number;
  readonly applications: readonly Application[];
  readonly tokens: number;
  readonly idle_seconds_left: number | null;
}

interface Answers {
  readonly status: Status;
  readonly stop: { readonly stopping: true };
  readonly 'delete-token': { readonly deleted: true };
}

export const socketOf = (home: string): string => join(home, 'engine.sock');

// What connecting says where nobody listens: no folder, no socket, or the socket of an engine that has gone.
const NOBODY = new Set(['ENOENT', 'ENOTDIR', 'ECONNREFUSED']);

/** The first line that the engine sends; undefined if no engine listens. */
function exchange(path: string, line: string): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(path, () => socket.write(`${line}\n`));
    const finish = (settle: () => void) => {
      socket.destroy();
      settle();
    };
    const fail = (sentence: string) => finish(() => reject(new Failure(sentence)));
    socket.setEncoding('utf8');
    socket.setTimeout(PATIENCE_MS, () => fail('The engine does not answer; look at its log in the store’s folder.'));
    socket.on('data', (text: string) => {
      answer += text;
      if (answer.includes('\n')) finish(() => resolve(answer.slice(0, answer.indexOf('\n'))));
      else if (answer.length > LONGEST_ANSWER) fail('The engine’s answer is too long to be one; is it another program’s socket?');
    });
    socket.on('end', () => fail('The engine hung up without an answer; look at its log in the store’s folder.'));
    socket.on('error', ({ code = '', message }: NodeJS.ErrnoException) => {
      if (NOBODY.has(code)) finish(() => resolve(undefined));
      else if (code === 'EACCES' || code === 'EPERM') fail('The engine belongs to another user; run the command as that user.');
      else fail(`The engine’s socket ${path} failed (${code || message}); is the path in STRONGROOM_HOME right?`);
    });
  });
}

/** Asks the engine of a store; undefined if none runs there. */
export async function ask<R extends keyof Answers>(home: string, request: R, more: object = {}): Promise<Answers[R] | undefined> {
  const line = await exchange(socketOf(home), JSON.stringify({ request, ...more }));
  if (line === undefined) return undefined;
  let answer: Answers[R] & { error?: unknown };
  try {
    answer = JSON.parse(line);
  } catch {
    // JSON.parse's words are about characters; the person's question is whose socket this is.
    throw new Failure(
      `What listens at ${socketOf(home)} is no engine of Strongroom; end it or choose another STRONGROOM_HOME.`,
      EXIT.failed,
    );
  }
  if (typeof answer.error === 'string') throw new Failure(answer.error);
  return answer;
}
