// The worker's end of what it asks the supervisor: every function of the interface becomes a numbered question.

import type { Supervisor } from '../token/supervisor.ts';
import { fromFailure } from './failure.ts';
import type { Ask, Mail, Note } from './mail.ts';

const QUESTIONS = [
  'commit',
  'changeElsewhere',
  'count',
  'closedAll',
  'login',
  'authenticate',
  'loggedOut',
  'initToken',
  'initPin',
  'setPin',
  'generateRsa',
  'compute',
  'use',
] as const satisfies readonly (keyof Supervisor)[];

export class Post {
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>();
  #last = 0;
  readonly supervisor: Supervisor;

  constructor(tell: (note: Note) => void) {
    const question =
      (ask: keyof Supervisor) =>
      (...args: unknown[]) => {
        const id = ++this.#last;
        const waiting = Promise.withResolvers<unknown>();
        this.#waiting.set(id, waiting);
        tell({ ask, id, args } as Ask);
        return waiting.promise;
      };
    this.supervisor = Object.fromEntries(QUESTIONS.map((name) => [name, question(name)])) as unknown as Supervisor;
  }

  receive(mail: Extract<Mail, { mail: 'answer' | 'failure' }>): void {
    const waiting = this.#waiting.get(mail.id);
    this.#waiting.delete(mail.id);
    if (mail.mail === 'answer') waiting?.resolve(mail.value);
    else waiting?.reject(fromFailure(mail.failure));
  }
}
