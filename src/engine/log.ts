// The engine's log: a line an event, with its time and level. Never key bytes, PINs, labels or data.

import { LOG_LEVELS } from '../settings.ts';

export type Level = (typeof LOG_LEVELS)[number];
export type Log = (level: Level, text: string) => void;

/** Writes what is at least as grave as `most` says. */
export function logTo(stream: NodeJS.WritableStream, most: Level): Log {
  const told = LOG_LEVELS.slice(0, LOG_LEVELS.indexOf(most) + 1);
  return (level, text) => {
    if (told.includes(level)) stream.write(`${new Date().toISOString()} ${level}: ${text}\n`);
  };
}
