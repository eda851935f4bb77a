// The end of a run: what tests counted, why tests were skipped, and as its last line how many passed and failed, in a form that scripts read.
import type { Reporter, TestModule, TestRunEndReason } from 'vitest/node';
import { type Figure, told } from './figures.ts';

export default class Totals implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly unknown[], reason: TestRunEndReason): void {
    const count = { passed: 0, failed: unhandled.length, skipped: 0, pending: 0 };
    const notes = new Set<string>();
    const figures: Figure[] = [];
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        const result = test.result();
        count[result.state] += 1;
        figures.push(...(test.meta().figures ?? []));
        if (result.state === 'skipped' && result.note) notes.add(result.note);
      }
      // A file that does not load, and a hook that fails, hold no failed test; they are failures all the same.
      count.failed += module.errors().length;
      for (const suite of module.children.allSuites()) count.failed += suite.errors().length;
    }
    // A global setup that throws ends the run before there is any of these.
    if (reason === 'failed') count.failed = Math.max(count.failed, 1);
    const skipped = count.skipped + count.pending;
    const line = `${count.passed} passed, ${count.failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
    const lines = [...told(figures), ...[...notes].map((note) => `Skipped: ${note}`), line];
    process.once('exit', () => process.stdout.write(`${lines.join('\n')}\n`));
  }
}
