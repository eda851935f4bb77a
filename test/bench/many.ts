// `npm run bench:many`: sixty-four applications that sign with one key at once, and ten thousand sessions of one, ours and SoftHSM's by turns.

import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Contestant, measure, measureTogether, USUAL } from '../../src/cli/speed/meter.ts';
import { gatherBoth } from './both.ts';
import { keep, originOf } from './kept.ts';
import type { Crowd, ManyResult, Sessions } from './many-result.ts';
import type { Held } from './many-sessions.ts';
import { runBench, type Tell, withBar } from './program.ts';

const APPLICATIONS = [1, 64];
const SESSIONS = join(import.meta.dirname, 'many-sessions.ts');

const SIGNING = { ...USUAL, operation: 'p-256' };

interface Plan {
  readonly rounds: number;
  readonly seconds: number;
  readonly sessions: number;
}

type Growing<T> = { readonly [name in keyof T]: T[name] extends readonly number[] ? number[] : T[name] };

const crowdOf = (module: string, applications: number): Growing<Crowd> => ({
  module,
  applications,
  failed: [],
  rates: [],
  fairness: [],
  p99: [],
  engine: [],
});

const residentOf = (pid: number) => (Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]) * 1024) / 1e6;

async function crowd(contestant: Contestant, kept: Growing<Crowd>, seconds: number): Promise<void> {
  const ends = await measureTogether(contestant, SIGNING, seconds, kept.applications);
  const samples = ends.flatMap((end) => (end.status === 'fulfilled' ? [end.value] : []));
  const rates = samples.map(({ rate }) => rate);
  if (samples.length === 0) throw new Error(`none of ${kept.applications} applications could sign with ${kept.module}`);
  kept.failed.push(ends.length - samples.length);
  // From the first's beginning to the last's end: rates of different moments do not add up.
  const whole = Math.max(...samples.map(({ began, seconds: took }) => began + took)) - Math.min(...samples.map(({ began }) => began));
  kept.rates.push(samples.reduce((sum, { done }) => sum + done, 0) / whole);
  kept.fairness.push(Math.min(...rates) / Math.max(...rates));
  kept.p99.push(Math.max(...samples.map(({ p99 }) => p99)));
  const engine = await contestant.engine();
  if (engine !== undefined) kept.engine.push(residentOf(engine));
}

async function hold(contestant: Contestant, kept: Growing<Sessions>): Promise<void> {
  const { module, label, pin, environment } = contestant;
  const engine = await contestant.engine();
  const args = [SESSIONS, '--module', module, '--label', label, '--count', `${kept.sessions}`];
  if (engine !== undefined) args.push('--engine', `${engine}`);
  const env = { ...process.env, ...environment, STRONGROOM_PIN: pin };
  const held = JSON.parse((await promisify(execFile)(process.execPath, args, { env })).stdout) as Held;
  for (const name of ['opened', 'signed', 'closed', 'memory'] as const) kept[name].push(held[name]);
}

async function measureAll(contestants: readonly Contestant[], plan: Plan, tell: Tell) {
  const crowds = APPLICATIONS.flatMap((count) => contestants.map((contestant) => ({ contestant, kept: crowdOf(contestant.name, count) })));
  const sessions = contestants.map((contestant) => ({
    contestant,
    kept: { module: contestant.name, sessions: plan.sessions, opened: [], signed: [], closed: [], memory: [] } as Growing<Sessions>,
  }));
  // The key is made by one before many look for it.
  for (const contestant of contestants) await measure(contestant, SIGNING, 0.1);
  for (let round = 0; round < plan.rounds; round++) {
    const turns = <T>(of: readonly T[]) => (round % 2 === 0 ? of : of.toReversed());
    for (const { contestant, kept } of turns(crowds)) {
      tell(`${kept.applications} applications, ${kept.module}`);
      await crowd(contestant, kept, plan.seconds);
    }
    for (const { contestant, kept } of turns(sessions)) {
      tell(`${kept.sessions} sessions, ${kept.module}`);
      await hold(contestant, kept);
    }
  }
  return { crowds: crowds.map(({ kept }) => kept), sessions: sessions.map(({ kept }) => kept) };
}

async function bench(quick: boolean, interrupted: AbortSignal): Promise<void> {
  const plan: Plan = quick ? { rounds: 1, seconds: 0.5, sessions: 1000 } : { rounds: 3, seconds: 1.5, sessions: 10_000 };
  const origin = originOf(quick);
  await using contest = await gatherBoth();
  const steps = plan.rounds * contest.contestants.length * (APPLICATIONS.length + 1);
  const found = await withBar(steps, interrupted, (tell) => measureAll(contest.contestants, plan, tell));
  keep<ManyResult>('many', { ...origin, rounds: plan.rounds, seconds: plan.seconds, ...found });
}

await runBench(bench);
