// What `npm run bench:start` keeps.

import type { Origin } from './kept.ts';

export const FIGURES = {
  running: { what: 'C_Initialize, the engine running', unit: 'ms', aim: 3 },
  notRunning: { what: 'C_Initialize, the engine not running', unit: 'ms', aim: 150 },
  opened: { what: 'the first three calls then: slots, token, session', unit: 'ms' },
  login: { what: 'C_Login: mostly the PIN’s derivation', unit: 'ms' },
  signature: { what: 'the first signature', unit: 'ms' },
  idle: { what: 'memory of the engine, idle', unit: 'MB' },
  idleResident: { what: '… all of its pages, Node’s shared program included', unit: 'MB' },
  used: { what: 'memory of the engine, after signatures in 64 sessions', unit: 'MB' },
  application: { what: 'memory in the application, after C_Initialize', unit: 'MB' },
  applicationUsed: { what: 'memory in the application, after 8 threads have signed', unit: 'MB', aim: 2 },
  help: { what: '`strongroom --help`', unit: 'ms' },
  status: { what: '`strongroom status`', unit: 'ms' },
} as const satisfies Readonly<Record<string, { readonly what: string; readonly unit: 'ms' | 'MB'; readonly aim?: number }>>;

export type FigureName = keyof typeof FIGURES;

/** Of one store. Milliseconds, or MB of 1,000,000 bytes; memory is the proportional set (PSS), where nothing else is said. */
export interface Started {
  readonly objects: number;
  readonly figures: Readonly<Record<FigureName, readonly number[]>>;
}

export interface StartResult extends Origin {
  readonly stores: readonly Started[];
}
