// An act: a kind of call, what is chosen for it at random, and its rule.
import fc from 'fast-check';
import type { Application, Rule, World } from './world.ts';

/** What is written for a step in a counterexample, and what it does. */
export class Step {
  readonly #text: string;
  readonly application: number;
  readonly rule: (world: World, application: Application) => Rule;

  constructor(text: string, application: number, rule: Step['rule']) {
    this.#text = text;
    this.application = application;
    this.rule = rule;
  }

  toString(): string {
    return this.#text;
  }

  [fc.toStringMethod](): string {
    return this.#text;
  }
}

export type Act = (name: string) => { readonly weight: number; readonly arbitrary: fc.Arbitrary<Step> };

/** @param choices of these the rule is told; `session`, `object`: numbers by which it picks one. */
export const act =
  <S>(
    weight: number,
    choices: { [K in keyof S]: fc.Arbitrary<S[K]> },
    rule: (world: World, application: Application, chosen: S) => Rule,
  ): Act =>
  (name) => ({
    weight: Math.round(weight * 10),
    arbitrary: fc
      .tuple(fc.nat(1), fc.record(choices) as unknown as fc.Arbitrary<S>)
      .map(
        ([application, chosen]) =>
          new Step(`${'AB'[application]} ${name} ${JSON.stringify(chosen)}`, application, (world, caller) => rule(world, caller, chosen)),
      ),
  });

export const pick = (): fc.Arbitrary<number> => fc.nat(1023);
/** True once in `n` times. */
export const rarely = (n: number): fc.Arbitrary<boolean> => fc.nat(n - 1).map((drawn) => drawn === n - 1);
export const steps = (acts: Readonly<Record<string, Act>>): fc.Arbitrary<Step> =>
  fc.oneof(...Object.entries(acts).map(([name, make]) => make(name)));
