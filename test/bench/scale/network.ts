// A closed queueing network, simulated: so many threads go round and round through the steps of an operation, and wait for what they need.

import { Events, numbersFrom } from './events.ts';

/** A time of its own each turn: always the same, or exponentially distributed about its mean. */
export interface Time {
  readonly mean: number;
  readonly spread: 'constant' | 'exponential';
}

export type Step =
  /** Passes, whoever else is there. */
  | { readonly step: 'pause'; readonly time: Time }
  /** Has one of the resource for so long: a core. */
  | { readonly step: 'use'; readonly of: string; readonly time: Time }
  /** Has one from here until it is given back. */
  | { readonly step: 'take' | 'give'; readonly of: string }
  /** All who wait are served together: each uses `of` for `time`, then one pause for everybody. */
  | { readonly step: 'together'; readonly by: string; readonly of: string; readonly time: Time; readonly once: Time };

export interface Network {
  /** How many there are of each resource. */
  readonly resources: Readonly<Record<string, number>>;
  readonly threads: number;
  readonly steps: (thread: number) => readonly Step[];
}

export interface Observed {
  /** Rounds in a unit of time. */
  readonly rate: number;
  /** A round's mean time. */
  readonly response: number;
  /** The part of each resource that was in use. */
  readonly busy: Readonly<Record<string, number>>;
}

class Resource {
  readonly size: number;
  readonly #waiting: (() => void)[] = [];
  readonly #events: Events;
  #used = 0;
  #area = 0;
  #since = 0;

  constructor(size: number, events: Events) {
    this.size = size;
    this.#events = events;
  }

  #note(change: number): void {
    this.#area += this.#used * (this.#events.now - this.#since);
    this.#since = this.#events.now;
    this.#used += change;
  }

  take(then: () => void): void {
    if (this.#used === this.size) {
      this.#waiting.push(then);
      return;
    }
    this.#note(1);
    then();
  }

  give(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#note(-1);
    else next();
  }

  /** The mean part in use since it was asked last. */
  busy(elapsed: number): number {
    this.#note(0);
    const part = this.#area / (elapsed * this.size);
    this.#area = 0;
    return part;
  }
}

/** Who waits to be served together, and whether somebody is just being served. */
interface Batch {
  waiting: (() => void)[];
  serving: boolean;
}

class Simulation {
  readonly events = new Events();
  readonly resources: Map<string, Resource>;
  readonly #batches = new Map<string, Batch>();
  readonly #random: () => number;
  done = 0;
  waited = 0;

  constructor({ resources }: Network, seed: number) {
    this.resources = new Map(Object.entries(resources).map(([name, size]) => [name, new Resource(size, this.events)]));
    this.#random = numbersFrom(seed);
  }

  #length({ mean, spread }: Time): number {
    return spread === 'constant' ? mean : -mean * Math.log(1 - this.#random());
  }

  #resource(name: string): Resource {
    const found = this.resources.get(name);
    if (found === undefined) throw new Error(`the network has no ${name}`);
    return found;
  }

  #use(of: string, time: number, then: () => void): void {
    const resource = this.#resource(of);
    resource.take(() =>
      this.events.after(time, () => {
        resource.give();
        then();
      }),
    );
  }

  #together(step: Extract<Step, { step: 'together' }>, then: () => void): void {
    const batch = this.#batches.get(step.by) ?? { waiting: [], serving: false };
    this.#batches.set(step.by, batch);
    batch.waiting.push(then);
    if (!batch.serving) this.#serve(step, batch);
  }

  #serve(step: Extract<Step, { step: 'together' }>, batch: Batch): void {
    const served = batch.waiting;
    batch.waiting = [];
    batch.serving = true;
    const by = this.#resource(step.by);
    by.take(() =>
      this.#use(step.of, served.length * this.#length(step.time), () =>
        this.events.after(this.#length(step.once), () => {
          by.give();
          batch.serving = false;
          for (const then of served) then();
          if (batch.waiting.length > 0 && !batch.serving) this.#serve(step, batch);
        }),
      ),
    );
  }

  run(step: Step, then: () => void): void {
    if (step.step === 'pause') this.events.after(this.#length(step.time), then);
    else if (step.step === 'use') this.#use(step.of, this.#length(step.time), then);
    else if (step.step === 'take') this.#resource(step.of).take(then);
    else if (step.step === 'together') this.#together(step, then);
    else {
      this.#resource(step.of).give();
      then();
    }
  }

  /** Goes round for ever. */
  thread(steps: readonly Step[], at = 0, began = this.events.now): void {
    const step = steps[at];
    if (step !== undefined) this.run(step, () => this.thread(steps, at + 1, began));
    else {
      this.done++;
      this.waited += this.events.now - began;
      // From the heap: a round without any wait would never come back.
      this.events.after(0, () => this.thread(steps));
    }
  }

  until(done: number): void {
    while (this.done < done && this.events.next());
  }
}

/** @param rounds that are watched, after a tenth as many that are not. */
export function simulate(network: Network, rounds: number, seed = 1): Observed {
  const simulation = new Simulation(network, seed);
  for (let thread = 0; thread < network.threads; thread++) simulation.thread(network.steps(thread));
  simulation.until(rounds / 10);
  const [began, done, waited] = [simulation.events.now, simulation.done, simulation.waited];
  for (const resource of simulation.resources.values()) resource.busy(1);
  simulation.until(done + rounds);
  const elapsed = simulation.events.now - began;
  const watched = simulation.done - done;
  return {
    rate: watched / elapsed,
    response: (simulation.waited - waited) / watched,
    busy: Object.fromEntries([...simulation.resources].map(([name, resource]) => [name, resource.busy(elapsed)])),
  };
}
