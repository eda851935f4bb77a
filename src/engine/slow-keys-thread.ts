// See signer.ts. Whose key it is, and whether it may sign, was found by the worker that asks.

import { parentPort } from 'node:worker_threads';
import { registry } from '../mechanisms/registry.ts';
import { toFailure } from './failure.ts';
import type { SignerAnswer, SignerAsked } from './signer.ts';

const mechanisms = registry({ legacy: true });

function answer({ id, job: [type, attributes, parameter, prepared] }: SignerAsked): SignerAnswer {
  try {
    const signing = mechanisms.get(type)!.operations.sign!({ attributes, memo: new Map() }, parameter);
    // A copy: what crosses threads crosses with all of the buffer that it is a part of.
    return { id, value: Uint8Array.from(signing.signed!(prepared)) };
  } catch (error) {
    return { id, failure: toFailure(error) };
  }
}

parentPort?.on('message', (asked: SignerAsked) => parentPort!.postMessage(answer(asked)));
