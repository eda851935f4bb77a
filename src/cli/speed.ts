// strongroom speed: how fast a PKCS#11 module is, ours or another's, one or several by turns.

import { writeFileSync } from 'node:fs';
import { SingleBar } from 'cli-progress';
import { type Command, fileOption, known, listOption, type Options, textOption, USER_PIN, wordsOption } from './command.ts';
import { EXIT, Failure } from './failure.ts';
import { interruption } from './interruption.ts';
import { readPin } from './pin.ts';
import { type Contest, gather, type Named } from './speed/contestants.ts';
import { type Case, clean, FORMS, operations, SHARINGS } from './speed/meter.ts';
import { likeHsmSpeed, report } from './speed/report.ts';
import { type Measured, type Plan, play } from './speed/rounds.ts';

const USUAL = 'rsa-2048,p-256,ed25519,hmac-sha256,aes-gcm';
const MOST_THREADS = 2048;
const MOST_SECONDS = 3600;

function whole(text: string, option: string, most: number): number {
  const value = Number(text);
  if (!(Number.isInteger(value) && value > 0 && value <= most))
    throw new Failure(`--${option} is a whole number from 1 to ${most}, not "${text}".`, EXIT.usage);
  return value;
}

function secondsOf(options: Options): number {
  const text = textOption(options, 'seconds') ?? '1';
  const value = Number(text);
  if (!(value > 0 && value <= MOST_SECONDS))
    throw new Failure(`--seconds is a number above 0, up to ${MOST_SECONDS}, not "${text}".`, EXIT.usage);
  return value;
}

/** Every combination of what was asked for. */
async function casesOf(options: Options): Promise<Case[]> {
  const names = known(wordsOption(options, 'operation', USUAL), [...(await operations()).keys()], 'operation');
  const threads = wordsOption(options, 'threads', '1,2,8').map((text) => whole(text, 'threads', MOST_THREADS));
  const forms = known(wordsOption(options, 'init', 'os'), FORMS, 'init');
  const sharings = known(wordsOption(options, 'sessions', 'own'), SHARINGS, 'sessions');
  const sizes =
    textOption(options, 'size') === undefined ? [undefined] : wordsOption(options, 'size').map((text) => whole(text, 'size', 2 ** 24));
  const objects = whole(textOption(options, 'objects') ?? '100', 'objects', 1e7);
  const sessionKeys = options.sessionKeys === true;
  return names.flatMap((operation) =>
    forms.flatMap((form) =>
      sharings.flatMap((sharing) =>
        sizes.flatMap((size) => threads.map((count) => ({ operation, threads: count, form, sharing, sessionKeys, size, objects }))),
      ),
    ),
  );
}

async function namedBy(options: Options): Promise<Named> {
  const modules = listOption(options, 'module');
  const label = textOption(options, 'token');
  return { modules, token: label === undefined ? undefined : { label, pin: await readPin('user', options) } };
}

/** With a bar on the terminal, if there is one. */
async function playAll({ contestants }: Contest, plan: Omit<Plan, 'contestants' | 'tell'>): Promise<Measured[]> {
  const bar = new SingleBar({
    format: '[{bar}] {percentage}%  {what}',
    hideCursor: true,
    clearOnComplete: true,
    noTTYOutput: false,
    stream: process.stderr,
  });
  bar.start(plan.rounds * plan.cases.length * contestants.length, 0, { what: '' });
  try {
    return await play({ ...plan, contestants, tell: (what) => bar.increment({ what }) });
  } finally {
    bar.stop();
    // Keys that were made in a token that somebody named.
    for (const contestant of contestants) await clean(contestant).catch(() => {});
  }
}

/** Where a module could do one thing, what others could not is a result; where none could do anything, it is a failure. */
function demandSomething(all: readonly Measured[]): void {
  const series = all.flatMap((measured) => measured.series);
  if (series.some(({ failed }) => failed === undefined)) return;
  const reasons = new Set(series.map(({ name, failed }) => `${name}: ${failed}`));
  throw new Failure(`Nothing could be measured. ${[...reasons].join(' ')}`);
}

export const speed: Command = {
  name: 'speed',
  summary: 'measure a PKCS#11 module, or several by turns: rates, latencies, fairness',
  options: [
    ['--module <path...>', 'a module; again for another. Without it: Strongroom, and SoftHSM where it is installed and no token is named'],
    [
      '--token <label>',
      'the token to measure: in the end every object in it that is labelled "strongroom speed" is destroyed. Without it Strongroom and SoftHSM get one for the time, in a store of its own',
    ],
    ...USER_PIN,
    ['--operation <names>', `what to do, separated by commas (${USUAL}); --list shows all`],
    ['--threads <numbers>', 'how many threads, each number in turn (1,2,8)'],
    ['--seconds <number>', 'how long each run is measured (1)'],
    ['--rounds <number>', 'how often each module has its turn (3)'],
    ['--init <forms>', `how C_Initialize is called: ${FORMS.join(', ')} (os)`],
    ['--sessions <ways>', 'own: one a thread; one: one for all threads, against the rules; pool: handed from thread to thread (own)'],
    ['--session-keys', 'keys are session objects'],
    ['--size <bytes>', 'bytes of data, for operations that take any'],
    ['--objects <number>', 'among how many keys to find one (100)'],
    ['--like <program>', 'hsm-speed: print the line that ods-hsmspeed prints'],
    ['--html <file>', 'write a page with charts'],
    ['--list', 'show the operations and what each calls'],
  ],
  async run(options) {
    const calls = await operations();
    if (options.list === true)
      return { json: Object.fromEntries(calls), text: [...calls].map(([name, each]) => `${name.padEnd(20)}${each}`).join('\n') };
    const like = textOption(options, 'like');
    if (like !== undefined) known([like], ['hsm-speed'], 'like');
    const cases = await casesOf(options);
    const rounds = whole(textOption(options, 'rounds') ?? '3', 'rounds', 1000);
    const seconds = secondsOf(options);
    const html = fileOption(options, 'html');
    const named = await namedBy(options);
    const interrupted = interruption();
    await using contest = await gather(named);
    const measured = await playAll(contest, { cases, rounds, seconds, interrupted });
    demandSomething(measured);
    if (html !== undefined) writeFileSync(html, (await import('./speed/page.ts')).page(measured, calls, rounds, seconds));
    return { json: { rounds, seconds, measured }, text: like === undefined ? report(measured, rounds, seconds) : likeHsmSpeed(measured) };
  },
};
