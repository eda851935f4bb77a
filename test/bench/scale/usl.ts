// The universal scalability law (Gunther): X(N) = λN / (1 + σ(N − 1) + κN(N − 1)). λ is what one does alone, σ the part that is
// done one at a time, κ what each pays for agreeing with each other one.

export interface Law {
  readonly lambda: number;
  readonly sigma: number;
  readonly kappa: number;
}

export interface Point {
  readonly n: number;
  readonly rate: number;
}

export const throughput = ({ lambda, sigma, kappa }: Law, n: number): number => (lambda * n) / (1 + sigma * (n - 1) + kappa * n * (n - 1));

/** Where more would be slower; Infinity where there is no such place. */
export const peak = ({ sigma, kappa }: Law): number => (kappa === 0 ? Number.POSITIVE_INFINITY : Math.sqrt((1 - sigma) / kappa));

/** Solves a small symmetric system by Gauss and Jordan; undefined where it has no one solution. */
function solve(matrix: readonly (readonly number[])[], right: readonly number[]): number[] | undefined {
  const rows = matrix.map((row, at) => [...row, right[at]!]);
  for (const at of rows.keys()) {
    const best = rows.reduce((most, row, here) => (here >= at && Math.abs(row[at]!) > Math.abs(rows[most]![at]!) ? here : most), at);
    [rows[at], rows[best]] = [rows[best]!, rows[at]!];
    const pivot = rows[at]![at]!;
    if (Math.abs(pivot) < 1e-12) return undefined;
    rows[at] = rows[at]!.map((value) => value / pivot);
    for (const other of rows.keys()) {
      const factor = rows[other]![at]!;
      if (other !== at) rows[other] = rows[other]!.map((value, column) => value - factor * rows[at]![column]!);
    }
  }
  return rows.map((row) => row.at(-1)!);
}

/** Least squares of relative errors, with these of the three terms of N / X = a + b(N − 1) + cN(N − 1). */
function fitTerms(points: readonly Point[], terms: readonly number[]): { values: number[]; error: number } | undefined {
  const design = points.map(({ n, rate }) => [1, n - 1, n * (n - 1)].map((term) => (term * rate) / n));
  const matrix = terms.map((i) => terms.map((j) => design.reduce((sum, row) => sum + row[i]! * row[j]!, 0)));
  const right = terms.map((i) => design.reduce((sum, row) => sum + row[i]!, 0));
  const solution = solve(matrix, right);
  if (solution === undefined || solution.some((value) => value < 0)) return undefined;
  const values = [0, 0, 0];
  for (const [at, term] of terms.entries()) values[term] = solution[at]!;
  const error = design.reduce((sum, row) => sum + (row.reduce((told, term, at) => told + term * values[at]!, 0) - 1) ** 2, 0);
  return { values, error };
}

/** The law that fits best of those with σ and κ not below 0. @throws where there are no points. */
export function fitLaw(points: readonly Point[]): Law {
  const fits = [[0], [0, 1], [0, 2], [0, 1, 2]]
    .filter((terms) => terms.length <= points.length)
    .flatMap((terms) => fitTerms(points, terms) ?? []);
  const best = fits.reduce((least, each) => (each.error < least.error ? each : least));
  const [a = 1, b = 0, c = 0] = best.values;
  return { lambda: 1 / a, sigma: b / a, kappa: c / a };
}
