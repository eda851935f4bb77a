// `strongroom audit`: whether applications keep the contract between threads. Live from the engine, past from the file it writes.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type BreachName, breaches, breachNames } from '../protocol/breaches.ts';
import { readSettings } from '../settings.ts';
import type { Command, Outcome } from './command.ts';
import { ask, type Caller, type Finding, type Watched } from './control.ts';
import { table } from './tables.ts';

/** A finding of an application, or its totals when it went. */
type Line = Watched & { readonly time: string } & Partial<Finding>;

/** Of the past, so many findings are written out for people; --json has them all. */
const LATEST = 20;

function linesOf(path: string): Line[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    // None was written yet.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  return text.split('\n').flatMap((line) => {
    try {
      const value: unknown = JSON.parse(line);
      return typeof value === 'object' && value !== null ? [value as Line] : [];
    } catch {
      // The empty last one, or one that a full disk cut short.
      return [];
    }
  });
}

/** The last line of each: it has the final count. */
function past(home: string): Line[] {
  const lines = ['audit.old.jsonl', 'audit.jsonl'].flatMap((name) => linesOf(join(home, name)));
  const keyOf = ({ pid, since, breach, first, second }: Line) =>
    [pid, since, breach, first?.function, second?.function].map(String).join(' ');
  return [...new Map(lines.map((line) => [keyOf(line), line])).values()];
}

const describeCaller = ({ thread, name, function: call, session, process }: Caller) =>
  `${call}${session === 0 ? '' : ` of session ${session}`}, thread ${thread} (${name})${process === undefined ? '' : ` of process ${process}`}`;

function describe(pid: number, { breach, count, first, second }: Finding): string {
  const { meaning, clause, remedy } = breaches[breach];
  return [
    `${breach}  ${meaning}: ${count} ${count === 1 ? 'time' : 'times'} in process ${pid}`,
    `    ${describeCaller(second)}`,
    ...(second.process === undefined ? [`    while ${first === null ? 'nobody knows what was there' : describeCaller(first)}`] : []),
    `    ${clause}`,
    `    ${remedy}`,
  ].join('\n');
}

const isFinding = (line: Line): line is Line & Finding => line.breach !== undefined && line.breach in breaches && line.second !== undefined;

const column = (totals: Watched['totals']) => (name: BreachName) => totals[name] ?? 0;

function drawLive(applications: readonly Watched[]): string {
  const head = ['PID', 'CASE', 'LOCKS', 'AUDIT', ...breachNames];
  return table(
    head,
    applications.map((each) => [each.pid, each.case, each.locks, each.audit, ...breachNames.map(column(each.totals))]),
    4,
  );
}

export const audit: Command = {
  name: 'audit',
  summary: 'say which applications break the contract between threads, who did it, and how to cure it',
  options: [],
  async run(): Promise<Outcome> {
    const { home } = readSettings();
    const live = (await ask(home, 'audit'))?.applications ?? [];
    const before = past(home);
    // What is live is told from the engine, where its count is the latest.
    const isLive = ({ pid, since }: Line) => live.some((each) => each.pid === pid && each.since === since);
    const findings = [
      ...live.flatMap((each) => each.findings.map((finding) => describe(each.pid, finding))),
      ...before
        .filter((line) => !isLive(line))
        .filter(isFinding)
        .slice(-LATEST)
        .map((line) => describe(line.pid, line)),
    ];
    const text = [
      live.length > 0 ? drawLive(live) : 'No application is there.',
      ...(findings.length > 0
        ? findings
        : ['No finding is kept; STRONGROOM_AUDIT=log in an application’s environment keeps who and where.']),
    ].join('\n\n');
    return { json: { live, past: before }, text };
  },
};
