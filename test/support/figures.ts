// What a test counted, told with the totals at the end of a run.
import type { RunnerTask } from 'vitest';

export interface Figure {
  readonly family: string;
  readonly name: string;
  readonly passed: number;
  readonly total: number;
  /** How many were not plain, by the reason. */
  readonly exceptions: Readonly<Record<string, number>>;
}

declare module 'vitest' {
  interface TaskMeta {
    figures?: Figure[];
  }
}

export const note = (task: Readonly<RunnerTask>, figure: Figure): void => {
  task.meta.figures = [...(task.meta.figures ?? []), figure];
};

/** One line for each family, one for each of its figures. */
export const told = (figures: readonly Figure[]): string[] =>
  Object.entries(Object.groupBy(figures, ({ family }) => family)).flatMap(([family, members = []]) => {
    const sum = (of: 'passed' | 'total') => members.reduce((all, figure) => all + figure[of], 0);
    const lines = members.flatMap(({ name, passed, total, exceptions }) => [
      `  ${name}: ${passed}/${total}`,
      ...Object.entries(exceptions).map(([reason, count]) => `    ${count}: ${reason}`),
    ]);
    return [`${family}, passed / total: ${sum('passed')}/${sum('total')}`, ...lines];
  });
