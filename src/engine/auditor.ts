// What the applications' libraries noticed of broken thread contracts: told live, and kept in the store's folder, a JSON line a finding.

import { appendFileSync, renameSync, statSync } from 'node:fs';
import { type BreachName, breaches, breachNames } from '../protocol/breaches.ts';
import { calls } from '../protocol/calls.ts';
import { AUDIT, PRIMITIVE } from '../protocol/layout.ts';
import { type Caller, type Conduct, conduct, orphans } from './channel.ts';
import type { Peer } from './connections.ts';
import type { Log } from './log.ts';

const FILE = 'audit.jsonl';
const OLDER = 'audit.old.jsonl';
/** Bytes after which a new file is begun; the one before is kept, others are not. */
const FILE_MOST = 1 << 20;
/** Milliseconds between two looks at the applications that are there. */
const BETWEEN_LOOKS = 5000;

const functionNames = new Map(Object.entries(calls).map(([name, { id }]) => [id, name]));
const nameOf = (table: Readonly<Record<string, number>>, number: number) =>
  (Object.entries(table).find(([, value]) => value === number)?.[0] ?? 'unknown').toLowerCase();

/** Whoever wrote it may be hostile, and people read it on terminals. */
const printable = (bytes: Uint8Array) => Buffer.from(bytes).toString('utf8').replaceAll(/\p{C}/gu, '\u{FFFD}');

const callerOf = ({ thread, name, function: id, session, process }: Caller) => ({
  thread,
  name: printable(name),
  function: functionNames.get(id) ?? 'unknown',
  session,
  ...(process === 0 ? {} : { process }),
});

function findingsOf({ findings }: Conduct) {
  return findings.flatMap(({ breach, count, first, second }) => {
    const name = breachNames[breach - 1];
    // Thread 0: nobody knows who was there before.
    return name === undefined
      ? []
      : [{ breach: name, count, first: first.thread === 0 ? null : callerOf(first), second: callerOf(second) }];
  });
}

/** With what its children noted: their calls are breaches of the application that made them. */
function withOrphans(own: Conduct, region: number): Conduct {
  const children = orphans(region);
  if (children === null) return own;
  const counts = own.counts.map((count, index) => (breachNames[index] === 'B5' ? count + children.calls : count));
  const findings = children.findings.filter(({ breach }) => breachNames[breach - 1] === 'B5');
  return { ...own, counts, findings: [...own.findings, ...findings] };
}

const countsOf = ({ counts }: Conduct): Partial<Record<BreachName, number>> =>
  Object.fromEntries(breachNames.map((name, index) => [name, counts[index] ?? 0]).filter(([, count]) => count !== 0));

interface Watched {
  readonly peer: Peer;
  readonly since: string;
  /** How often what is in the file had been met with when it was written. */
  readonly told: Map<string, number>;
  /** How it was when it went; it may still have children. */
  last: Conduct | null;
  /** The totals that are in the file. */
  total: string;
}

export class Auditor {
  readonly #applications = new Map<number, Watched>();
  readonly #log: Log;
  readonly #timer: NodeJS.Timeout;

  constructor(log: Log) {
    this.#log = log;
    this.#timer = setInterval(() => {
      for (const region of this.#applications.keys()) this.#look(region);
    }, BETWEEN_LOOKS).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  arrived(region: number, peer: Peer): void {
    this.#applications.set(region, { peer, since: new Date().toISOString(), told: new Map(), last: null, total: '{}' });
  }

  /** While its region is still there. */
  leaving(region: number): void {
    this.#look(region, true);
    const watched = this.#applications.get(region);
    if (watched) watched.last ??= conduct(region);
  }

  /** While what its children noted is still there. */
  forgetting(region: number): void {
    this.#look(region, true);
    this.#applications.delete(region);
  }

  #seen(region: number): Conduct | null {
    const own = conduct(region) ?? this.#applications.get(region)?.last ?? null;
    return own === null ? null : withOrphans(own, region);
  }

  counts(region: number): Partial<Record<BreachName, number>> {
    const seen = this.#seen(region);
    return seen === null ? {} : countsOf(seen);
  }

  /** The applications that are there, and what each has done; and those of which only children are, if these did something. */
  live() {
    return [...this.#applications].flatMap(([region, { peer, since, last }]) => {
      const seen = this.#seen(region);
      return seen === null || (last !== null && orphans(region)?.calls === 0)
        ? []
        : [{ ...introduction(peer, since, seen), totals: countsOf(seen), findings: findingsOf(seen) }];
    });
  }

  /** @param final it goes: how often each was met with is known now. */
  #look(region: number, final = false): void {
    const watched = this.#applications.get(region);
    const seen = this.#seen(region);
    if (!watched || seen === null || seen.audit === AUDIT.OFF) return;
    const about = introduction(watched.peer, watched.since, seen);
    const lines: object[] = [];
    for (const finding of findingsOf(seen)) {
      const key = `${finding.breach} ${finding.first?.function} ${finding.second.function}`;
      const told = watched.told.get(key);
      if (told !== undefined && !(final && told !== finding.count)) continue;
      watched.told.set(key, finding.count);
      const { clause, remedy } = breaches[finding.breach];
      lines.push({ ...about, ...finding, clause, remedy });
    }
    const totals = countsOf(seen);
    const total = JSON.stringify(totals);
    if (final && total !== watched.total) lines.push({ ...about, totals });
    if (final) watched.total = total;
    if (lines.length > 0) this.#write(lines);
  }

  #write(lines: readonly object[]): void {
    const time = new Date().toISOString();
    try {
      if ((statSync(FILE, { throwIfNoEntry: false })?.size ?? 0) > FILE_MOST) renameSync(FILE, OLDER);
      appendFileSync(FILE, lines.map((line) => `${JSON.stringify({ time, ...line })}\n`).join(''), { mode: 0o600 });
    } catch (error) {
      // Signing goes on where the disk is full.
      this.#log('warn', `${FILE} cannot be written: ${(error as Error).message}`);
    }
  }
}

const introduction = ({ pid, uid }: Peer, since: string, { initCase, primitive, audit }: Conduct) => ({
  pid,
  uid,
  since,
  case: initCase,
  locks: nameOf(PRIMITIVE, primitive),
  audit: nameOf(AUDIT, audit),
});
