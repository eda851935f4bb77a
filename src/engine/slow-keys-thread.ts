// See slow-keys.ts. Whose key it is, and whether it may be used so, was found by the worker that asks.

import { parentPort } from 'node:worker_threads';
import { keyUses } from '../mechanisms/key-uses.ts';
import type { Key, Operations } from '../mechanisms/mechanism.ts';
import { registry } from '../mechanisms/registry.ts';
import type { MechanismParameter } from '../protocol/parameters.ts';
import { threadGivesWay } from './background.ts';
import { toFailure } from './failure.ts';
import type { Answer, Asked, Result } from './slow-keys.ts';

const mechanisms = registry({ legacy: true });

type AnyUse = (operations: Operations, key: Key, parameter: MechanismParameter, ...inputs: unknown[]) => Result;

function answer({ id, job: [name, { type, attributes, parameter }, ...inputs] }: Asked): Answer {
  try {
    const use = keyUses[name] as AnyUse;
    const value = use(mechanisms.get(type)!.operations, { attributes, memo: new Map() }, parameter, ...inputs);
    // A copy: what crosses threads crosses with all of the buffer that it is a part of.
    return { id, value: value instanceof Uint8Array ? Uint8Array.from(value) : value };
  } catch (error) {
    return { id, failure: toFailure(error) };
  }
}

if (parentPort) threadGivesWay();
parentPort?.on('message', (asked: Asked) => parentPort!.postMessage(answer(asked)));
