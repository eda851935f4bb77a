// What the examination of modules ends in: a verdict for each case and column.

export const VERDICTS = ['PASS', 'UNDEFINED-BUT-SAFE', 'N/A', 'FAIL'] as const;
export type Verdict = (typeof VERDICTS)[number];

/** Must: the text states it. Should: "should", or the usage guide. Quality: the text is silent or leaves it undefined. */
export const CLASSES = { M: 'MUST', S: 'SHOULD', Q: 'QUALITY' } as const;
export type Class = keyof typeof CLASSES;

export interface Case {
  readonly case: number;
  readonly class: Class;
  readonly group: string;
  readonly groupTitle: string;
  readonly title: string;
  readonly clause: string;
}

export interface Result extends Case {
  readonly verdict: Verdict;
  readonly observation: string;
  readonly milliseconds: number;
}

/** A module, in one of its modes. */
export interface Examined {
  readonly name: string;
  readonly module: string;
  /** Why no case could sign; empty where they could. */
  readonly noToken: string;
  readonly results: readonly Result[];
}

export const SYMBOLS: Readonly<Record<Verdict, string>> = { PASS: '✓', 'UNDEFINED-BUT-SAFE': '≈', 'N/A': '–', FAIL: '✗' };

export const count = (results: readonly Result[], verdict: Verdict): number =>
  results.filter((result) => result.verdict === verdict).length;

/** "50 of 50": how many of a class are no fault, of those that apply. */
export function score(results: readonly Result[], of: Class): string {
  const applicable = results.filter((result) => result.class === of && result.verdict !== 'N/A');
  return `${applicable.length - count(applicable, 'FAIL')} of ${applicable.length}`;
}

/** The cases that any column has, in their order. */
export const casesOf = (all: readonly Examined[]): Case[] =>
  [...new Map(all.flatMap(({ results }) => results.map((result) => [result.case, result] as const))).values()].sort(
    (one, other) => one.case - other.case,
  );

export const resultOf = ({ results }: Examined, { case: number }: Case): Result | undefined =>
  results.find((result) => result.case === number);
