// The model of machines with more cores: against what queueing theory says in closed form, and against laws whose parameters are known.
import { describe, expect, test } from 'vitest';
import { LANES, WORKERS } from '../../../src/protocol/layout.ts';
import { kept } from '../../bench/kept.ts';
import { asItIs, type Cost, lifted, predict, rateOn } from '../../bench/scale/model.ts';
import { type Network, simulate, type Time } from '../../bench/scale/network.ts';
import { fitLaw, type Law, peak, throughput } from '../../bench/scale/usl.ts';
import { conclude, costOf, type ScaleResult, slowdown } from '../../bench/scale-result.ts';

const exponential = (mean: number): Time => ({ mean, spread: 'exponential' });
const constant = (mean: number): Time => ({ mean, spread: 'constant' });
const relative = (value: number, right: number) => Math.abs(value / right - 1);

describe('the universal scalability law', () => {
  const laws: Law[] = [
    { lambda: 1000, sigma: 0.03, kappa: 0.0005 },
    { lambda: 25_000, sigma: 0, kappa: 0.001 },
    { lambda: 7, sigma: 0.4, kappa: 0 },
    { lambda: 300, sigma: 0, kappa: 0 },
  ];

  test.each(laws)('is found again from its own points: λ $lambda, σ $sigma, κ $kappa', (law) => {
    const found = fitLaw([1, 2, 4, 8, 16, 32].map((n) => ({ n, rate: throughput(law, n) })));
    expect(relative(found.lambda, law.lambda)).toBeLessThan(1e-6);
    expect(found.sigma).toBeCloseTo(law.sigma, 6);
    expect(found.kappa).toBeCloseTo(law.kappa, 8);
  });

  test('is found nearly where each point errs by up to two percent', () => {
    const law = laws[0]!;
    const found = fitLaw([1, 2, 4, 8, 16, 32].map((n, at) => ({ n, rate: throughput(law, n) * (at % 2 === 0 ? 1.02 : 0.98) })));
    for (const n of [1, 16, 32]) expect(relative(throughput(found, n), throughput(law, n))).toBeLessThan(0.04);
  });

  test('never has a negative part, where more cores did more than so many times as much', () => {
    expect(fitLaw([1, 2, 4].map((n) => ({ n, rate: 100 * n ** 1.1 })))).toMatchObject({ sigma: 0, kappa: 0 });
  });

  test('needs no more parameters than there are points', () => {
    expect(fitLaw([{ n: 1, rate: 50 }])).toEqual({ lambda: 50, sigma: 0, kappa: 0 });
  });

  test('has its peak where the formula says', () => {
    const law = laws[0]!;
    const at = peak(law);
    expect(throughput(law, at)).toBeGreaterThan(throughput(law, at * 0.9));
    expect(throughput(law, at)).toBeGreaterThan(throughput(law, at * 1.1));
    expect(peak(laws[2]!)).toBe(Number.POSITIVE_INFINITY);
  });
});

/** Rounds in a unit of time of M/M/c//N: N threads that think for z and are served for s by c servers, both exponentially. */
function machineRepair(threads: number, servers: number, z: number, s: number): number {
  const weights = [1];
  for (let there = 1; there <= threads; there++)
    weights.push(weights[there - 1]! * ((threads - there + 1) / z) * (s / Math.min(there, servers)));
  const all = weights.reduce((sum, weight) => sum + weight);
  return weights.reduce((sum, weight, there) => sum + (weight / all) * (Math.min(there, servers) / s), 0);
}

describe('the simulation', () => {
  const thinkers = (threads: number, cores: number, z: number, s: number): Network => ({
    resources: { cores },
    threads,
    steps: () => [
      { step: 'pause', time: exponential(z) },
      { step: 'use', of: 'cores', time: exponential(s) },
    ],
  });

  test.each([
    [1, 1, 5, 2],
    [8, 1, 20, 3],
    [8, 2, 10, 3],
    [20, 4, 10, 3],
    [64, 16, 1, 4],
  ])('agrees with M/M/c//N: %i threads, %i servers, think %d, serve %d', (threads, servers, z, s) => {
    const right = machineRepair(threads, servers, z, s);
    const { rate, response, busy } = simulate(thinkers(threads, servers, z, s), 100_000);
    expect(relative(rate, right)).toBeLessThan(0.02);
    // Little's law, and the law of utilisation.
    expect(relative(response * rate, threads)).toBeLessThan(0.02);
    expect(relative(busy['cores']!, (right * s) / servers)).toBeLessThan(0.02);
  });

  test('says the same each time, and something else to another seed', () => {
    const network = thinkers(8, 2, 10, 3);
    expect(simulate(network, 5000, 7)).toEqual(simulate(network, 5000, 7));
    expect(simulate(network, 5000, 8).rate).not.toBe(simulate(network, 5000, 7).rate);
  });

  test('does nothing faster than its one server', () => {
    const { rate, busy } = simulate(
      {
        resources: { cores: 4, one: 1 },
        threads: 9,
        steps: () => [
          { step: 'take', of: 'one' },
          { step: 'use', of: 'cores', time: constant(5) },
          { step: 'give', of: 'one' },
        ],
      },
      10_000,
    );
    expect(rate).toBeCloseTo(1 / 5, 6);
    expect(busy['one']).toBeCloseTo(1, 3);
    expect(busy['cores']).toBeCloseTo(1 / 4, 3);
  });

  test('serves together who waits together: one pause for all', () => {
    const [threads, each, once] = [10, 2, 30];
    const { rate } = simulate(
      {
        resources: { cores: 4, disk: 1 },
        threads,
        steps: () => [{ step: 'together', by: 'disk', of: 'cores', time: constant(each), once: constant(once) }],
      },
      20_000,
    );
    // Who comes back first finds nobody beside him; the others are there when he has been served.
    expect(relative(rate, threads / (threads * each + 2 * once))).toBeLessThan(0.01);
  });

  test('says which resource it lacks', () => {
    const network: Network = { resources: {}, threads: 1, steps: () => [{ step: 'take', of: 'cores' }] };
    expect(() => simulate(network, 1)).toThrow('the network has no cores');
  });
});

describe('what a larger machine does', () => {
  const signature: Cost = { application: 10, worker: 40, supervisor: 0, wait: 0 };

  test('is what its cores do, where nothing else stands in the way', () => {
    const { rate, bottleneck } = rateOn(signature, lifted(8), 64);
    expect(relative(rate, (8 * 1e6) / 50)).toBeLessThan(0.02);
    expect(bottleneck).toBe('cores');
  });

  test('is held up by the lanes of one application, where it has more cores than these can keep at work', () => {
    const { rate, bottleneck, lifted: more } = predict({ ...signature, wait: 100 }, 128, 1024);
    expect(bottleneck).toBe('lanes');
    expect(rate).toBeLessThan((LANES * 1e6) / 140);
    expect(more).toBeGreaterThan(1.5 * rate);
  });

  test('is held up by the workers, where there are more cores than a session can name', () => {
    const { bottleneck } = rateOn({ ...signature, application: 0.1 }, { ...asItIs(128), lanes: 10_000 }, 1024);
    expect(asItIs(128).workers).toBe(WORKERS);
    expect(bottleneck).toBe('workers');
  });

  test('is held up by the supervisor, where everybody comes to it', () => {
    const durable: Cost = { application: 10, worker: 40, supervisor: 100, wait: 500 };
    const { rate, bottleneck } = rateOn(durable, asItIs(32), 256);
    expect(bottleneck).toBe('supervisor');
    expect(rate).toBeLessThan(1e6 / 100);
  });
});

describe('what was kept', () => {
  const result = kept<ScaleResult>('scale')!;

  test('follows from its own measurements', () => {
    const { validations, models } = JSON.parse(JSON.stringify(conclude(result.rounds))) as Pick<ScaleResult, 'validations' | 'models'>;
    expect(models.map(({ predictions }) => predictions.map(({ bottleneck }) => bottleneck))).toEqual(
      result.models.map(({ predictions }) => predictions.map(({ bottleneck }) => bottleneck)),
    );
    for (const [at, { predicted }] of validations.entries())
      expect(relative(predicted, result.validations[at]!.predicted)).toBeLessThan(1e-3);
  });

  test('has the costs that add up to what a saturated core does', () => {
    const cost = costOf(result.rounds, 'rsa-2048', 1);
    const { rate } = rateOn(cost, asItIs(1), 8);
    expect(relative(rate, 1e6 / (cost.application + cost.worker))).toBeLessThan(0.02);
    expect(slowdown(result.rounds, 'rsa-2048', 1)).toBe(1);
  });
});
