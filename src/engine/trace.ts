// The setting `trace`: how long each stage of a call takes, from the application's thread and back to it. native/addon/trace.h keeps the
// times; here are the marks that only TypeScript can set, and the table's words.

import { type CallName, calls } from '../protocol/calls.ts';
import { startTrace, mark as toMark, traced } from './channel.ts';

/** As native/addon/trace.h numbers them. */
export const MARK = { DISPATCHED: 5, READ: 6, HANDLED: 9 } as const;

/** What lies between two marks, in a call's order. */
export const STAGES = [
  'marshal',
  'post',
  'worker wakes',
  'take',
  'dispatch',
  'read frame',
  'session, operation',
  'OpenSSL',
  'operation ends',
  'reply frame',
  'answer',
  'thread wakes',
  'unmarshal',
  'whole call',
] as const;

/** Microseconds. */
export interface Stage {
  readonly stage: (typeof STAGES)[number];
  readonly p50: number;
  readonly p99: number;
  readonly mean: number;
}
export interface TracedFunction {
  readonly function: CallName;
  readonly calls: number;
  readonly stages: readonly Stage[];
}

let isOn = false;

/** For the process and for this thread: each worker says it for itself. */
export function traceCalls(): void {
  isOn = true;
  startTrace();
}

export function mark(at: (typeof MARK)[keyof typeof MARK]): void {
  if (isOn) toMark(at);
}

const names = new Map(Object.entries(calls).map(([name, { id }]) => [id, name as CallName]));
const inMicroseconds = (nanoseconds: number) => Math.round(nanoseconds) / 1000;

/** The functions that were called since the engine started; undefined where nobody asked for it. */
export const stages = (): readonly TracedFunction[] | undefined =>
  isOn
    ? traced().flatMap(({ function: id, calls: count, stages: times }) => {
        const name = names.get(id);
        const named = times.map(({ p50, p99, mean }, at) => ({
          stage: STAGES[at]!,
          p50: inMicroseconds(p50),
          p99: inMicroseconds(p99),
          mean: inMicroseconds(mean),
        }));
        return name === undefined ? [] : [{ function: name, calls: count, stages: named }];
      })
    : undefined;
