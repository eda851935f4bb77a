// What was found, as one HTML file: a strip of 88 cells for each module to see at a glance, and below it each case with what was observed.

import { escapeText, pageOf } from '../page.ts';
import { type Case, CLASSES, casesOf, count, type Examined, resultOf, SYMBOLS, score, VERDICTS, type Verdict } from './verdicts.ts';

const NAMES: Readonly<Record<Verdict, string>> = { PASS: 'pass', 'UNDEFINED-BUT-SAFE': 'safe', 'N/A': 'none', FAIL: 'fail' };
const MEANINGS: Readonly<Record<Verdict, string>> = {
  PASS: 'as the clause demands',
  'UNDEFINED-BUT-SAFE': 'the text leaves it undefined, and it is safe',
  'N/A': 'does not apply',
  FAIL: 'against the clause, or a crash, a hang, a wrong signature',
};

// Colours that are told apart without red and green (Okabe and Ito); and each verdict has its sign as well.
const STYLE = `
:root { --pass: #0072b2; --safe: #e69f00; --none: #8a8f9866; --fail: #d55e00; --on: #fff; }
@media (prefers-color-scheme: dark) { :root { --pass: #3b9fd8; --safe: #f0b429; --fail: #ff7a33; --on: #111; } }
body { max-width: 92rem; }
.strips { overflow-x: auto; margin: 1.2rem 0; }
.strips td, .strips th { border: 0; padding: .1rem 0; }
.strips th[scope=row], .strips td.score { padding-right: 1rem; white-space: nowrap; color: inherit; }
.strips td.first { padding-left: .55rem; }
.strips a { display: block; width: .72rem; height: 1.5rem; margin-right: 1px; border-radius: 2px; font-size: .62rem; line-height: 1.5rem; text-align: center; text-decoration: none; color: var(--on); }
.strips a:hover, .strips a:focus { outline: 2px solid currentColor; outline-color: canvastext; }
.pass { background: var(--pass); } .safe { background: var(--safe); } .none { background: var(--none); } .fail { background: var(--fail); }
.sign { display: inline-block; min-width: 1.5rem; border-radius: 3px; text-align: center; color: var(--on); line-height: 1.5rem; }
.sign.safe, .strips a.safe { color: #111; } .sign.none, .strips a.none { color: canvastext; }
.legend span.sign { margin: 0 .4rem 0 1.2rem; }
.cases { width: 100%; } .cases td { vertical-align: top; } .cases td.column, .cases th.column { text-align: center; width: 6rem; padding-right: 0; }
.cases thead th { position: sticky; top: 0; background: canvas; }
.cases tr:target { background: #8a8f9833; }
summary { cursor: pointer; } details dl { margin: .4rem 0 .6rem 1rem; } dt { font-weight: 500; } dd { margin: 0 0 .4rem 0; overflow-wrap: anywhere; }
.clause { color: var(--soft); margin: .3rem 0 0 1rem; }
body:has(#faults:checked) tr.good { display: none; }
`;

const sign = (verdict: Verdict) => `<span class="sign ${NAMES[verdict]}" title="${verdict}">${SYMBOLS[verdict]}</span>`;

const legend = () =>
  `<p class="legend">${VERDICTS.map((verdict) => `${sign(verdict)}<b>${verdict}</b> ${MEANINGS[verdict]}`).join(' ')}</p>`;

const startsGroup = (cases: readonly Case[], at: number) => at > 0 && cases[at - 1]!.group !== cases[at]!.group;

function strip(examined: Examined, cases: readonly Case[]): string {
  const cells = cases.map((each, at) => {
    const result = resultOf(examined, each);
    const verdict = result?.verdict ?? 'N/A';
    const title = escapeText(`${each.case} ${each.title}: ${verdict}`);
    const spaced = startsGroup(cases, at) ? ' class="first"' : '';
    return `<td${spaced}><a class="${NAMES[verdict]}" href="#case-${each.case}" title="${title}" aria-label="${title}">${verdict === 'PASS' ? '' : SYMBOLS[verdict]}</a></td>`;
  });
  const scores = (['M', 'S', 'Q'] as const).map((of) => `<td class="score">${score(examined.results, of)}</td>`);
  return `<tr><th scope="row">${escapeText(examined.name)}</th>${scores.join('')}${cells.join('')}</tr>`;
}

function strips(all: readonly Examined[], cases: readonly Case[]): string {
  const groups = [...Map.groupBy(cases, ({ group }) => group)];
  const heads = groups.map(
    ([group, of], at) =>
      `<th colspan="${of.length}"${at > 0 ? ' style="padding-left:.55rem"' : ''} title="${escapeText(of[0]!.groupTitle)}">${group}</th>`,
  );
  const classes = Object.values(CLASSES).map((name) => `<th>${name}</th>`);
  const rows = all.map((examined) => strip(examined, cases));
  return `<div class="strips"><table><thead><tr><th></th>${classes.join('')}${heads.join('')}</tr></thead><tbody>${rows.join('')}</tbody></table></div>`;
}

function row(all: readonly Examined[], each: Case): string {
  const results = all.map((examined) => resultOf(examined, each));
  const good = results.every((result) => result?.verdict !== 'FAIL');
  const observed = all.map((examined, at) => {
    const result = results[at];
    const words = result === undefined ? 'not examined' : `${result.observation || 'as expected'} (${result.milliseconds} ms)`;
    return `<dt>${escapeText(examined.name)}: ${result?.verdict ?? 'N/A'}</dt><dd>${escapeText(words)}</dd>`;
  });
  const details = `<details><summary>${escapeText(each.title)}</summary><p class="clause">${escapeText(each.clause)}</p><dl>${observed.join('')}</dl></details>`;
  const signs = results.map((result) => `<td class="column">${sign(result?.verdict ?? 'N/A')}</td>`);
  return `<tr id="case-${each.case}"${good ? ' class="good"' : ''}><td class="number">${each.case}</td><td>${CLASSES[each.class]}</td><td>${details}</td>${signs.join('')}</tr>`;
}

function section(all: readonly Examined[], cases: readonly Case[]): string {
  const titles = [...new Set(cases.map(({ groupTitle }) => groupTitle))].join('; ');
  const names = all.map(({ name }) => `<th class="column">${escapeText(name)}</th>`).join('');
  const head = `<thead><tr><th class="number">case</th><th>class</th><th></th>${names}</tr></thead>`;
  const rows = cases.map((each) => row(all, each)).join('');
  return `<section><h2>${cases[0]!.group}. ${escapeText(titles)}</h2><table class="cases">${head}<tbody>${rows}</tbody></table></section>`;
}

/** @param made on which day. */
export function page(all: readonly Examined[], made: Date): string {
  const cases = casesOf(all);
  const faults = all.map((examined) => `${examined.name}: ${count(examined.results, 'FAIL') || 'no'} faults`).join(', ');
  const modules = [...new Set(all.map(({ module }) => module))].join(', ');
  const introduction = `<p>${escapeText(`${cases.length} cases of PKCS#11’s rules about C_Initialize, mutexes, threads, sessions and fork, each in a process of its own. ${faults}. ${made.toISOString().slice(0, 10)}, ${modules}`)}</p>`;
  const tokenless = all
    .filter(({ noToken }) => noToken !== '')
    .map(({ name, noToken }) => `<p>${escapeText(`${name}: ${noToken}.`)}</p>`)
    .join('');
  const filter = '<p><label><input type="checkbox" id="faults"> only cases with a fault</label></p>';
  const sections = [...Map.groupBy(cases, ({ group }) => group).values()].map((of) => section(all, of));
  return pageOf(
    'Locking, threads and fork',
    `${introduction}${tokenless}${strips(all, cases)}${legend()}${filter}${sections.join('')}`,
    STYLE,
  );
}
