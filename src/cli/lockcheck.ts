// strongroom lockcheck: whether a PKCS#11 module, ours or another's, keeps the standard's promises about locking, threads and fork.

import { writeFileSync } from 'node:fs';
import { LOCKINGS } from '../settings.ts';
import { type Command, fileOption, known, listOption, type Options, type Outcome, textOption, USER_PIN, wordsOption } from './command.ts';
import { EXIT, Failure } from './failure.ts';
import { interruption } from './interruption.ts';
import { LIBRARY } from './library.ts';
import { type Columns, prepareColumns } from './lockcheck/columns.ts';
import { examine, listCases } from './lockcheck/examine.ts';
import { live } from './lockcheck/live.ts';
import { report, tap } from './lockcheck/report.ts';
import { type Case, CLASSES, count, type Examined } from './lockcheck/verdicts.ts';
import { readPin } from './pin.ts';
import { table } from './tables.ts';

/** The cases that were asked for; all, if none was. */
function chosenCases(options: Options, cases: readonly Case[]): Case[] {
  const all = cases.map((each) => `${each.case}`);
  const numbers = known(wordsOption(options, 'case'), all, 'case', '`strongroom lockcheck --list`');
  const groups = known(wordsOption(options, 'group'), [...new Set(cases.map(({ group }) => group))], 'group');
  if (numbers.length + groups.length === 0) return [...cases];
  return cases.filter((each) => numbers.includes(`${each.case}`) || groups.includes(each.group));
}

function modesOf(options: Options): readonly string[] {
  const modes = wordsOption(options, 'mode');
  return modes.includes('all') ? LOCKINGS : known(modes, LOCKINGS, 'mode');
}

function patienceOf(options: Options): string {
  const patience = textOption(options, 'patience') ?? '1';
  if (!/^[1-9]\d{0,2}$/.test(patience)) throw new Failure(`--patience is a number from 1 to 999, not "${patience}".`, EXIT.usage);
  return patience;
}

async function columnsOf(options: Options): Promise<Columns> {
  const label = textOption(options, 'token');
  const modules = listOption(options, 'module');
  return prepareColumns({
    modules: modules.length > 0 ? modules : [LIBRARY],
    modes: modesOf(options),
    token: label === undefined ? undefined : { label, pin: await readPin('user', options) },
    makeToken: options.makeToken === true,
    store: textOption(options, 'store'),
    options: ['--patience', patienceOf(options), ...(options.full === true ? ['--full'] : [])],
  });
}

async function examineAll({ columns }: Columns, cases: readonly Case[]): Promise<Examined[]> {
  const interrupted = interruption();
  const numbers = cases.map((each) => `${each.case}`);
  using shown = live(columns, cases.length);
  const all: Examined[] = [];
  for (const column of columns) all.push(await examine(column, numbers, (result) => shown.tell(column, result), interrupted));
  return all;
}

const listed = (cases: readonly Case[]): Outcome => ({
  json: cases,
  text: table(
    ['CASE', 'CLASS', 'GROUP', 'TITLE'],
    cases.map((each) => [each.case, CLASSES[each.class], each.group, each.title]),
  ),
});

export const lockcheck: Command = {
  name: 'lockcheck',
  summary: 'examine how a PKCS#11 module keeps the rules about locking, threads and fork (exit code 1 if it does not)',
  options: [
    ['--module <path...>', 'a module; again for another beside it. Without it: Strongroom'],
    ['--case <numbers>', 'only these cases, separated by commas'],
    ['--group <letters>', 'only these groups of cases, separated by commas'],
    ['--mode <names>', `Strongroom with each of these settings of locking: ${LOCKINGS.join(', ')}, or all`],
    ['--token <label>', 'a token to sign with; Strongroom and SoftHSM have one made, in a store of its own'],
    ...USER_PIN,
    ['--make-token', 'of a module that is not one of these two initialise a free token, if it has one'],
    ['--store <folder>', 'where the module keeps its tokens: case 56 makes it unreadable for a moment'],
    ['--full', 'repeat as often as the cases say: minutes instead of seconds'],
    ['--patience <times>', 'so many times the usual deadlines (1)'],
    ['--tap', 'answer in the Test Anything Protocol'],
    ['--html <file>', 'write a page: modules against cases, with what was observed'],
    ['--list', 'show the cases'],
  ],
  async run(options) {
    const cases = chosenCases(options, await listCases());
    if (options.list === true) return listed(cases);
    const html = fileOption(options, 'html');
    await using columns = await columnsOf(options);
    const all = await examineAll(columns, cases);
    if (html !== undefined) writeFileSync(html, (await import('./lockcheck/page.ts')).page(all, new Date()));
    const failed = all.some(({ results }) => count(results, 'FAIL') > 0);
    return { json: all, text: options.tap === true ? tap(all) : report(all), exitCode: failed ? EXIT.failed : 0 };
  },
};
