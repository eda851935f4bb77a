// Questions to the person at the terminal, on standard error: standard output is for answers.

import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { EXIT, Failure } from './failure.ts';

const silent = () => new Writable({ write: (_chunk, _encoding, done) => done() });

/** Asks one line. A hidden one is echoed nowhere, not even its length. */
export function question(words: string, hidden = false): Promise<string> {
  const lines = createInterface({ input: process.stdin, output: hidden ? silent() : process.stderr, terminal: true, historySize: 0 });
  if (hidden) process.stderr.write(words);
  return new Promise((resolve, reject) => {
    const finish = (settle: () => void) => {
      lines.removeAllListeners('close');
      lines.close();
      if (hidden) process.stderr.write('\n');
      settle();
    };
    // Ctrl-C ends the command and nothing else was done yet; Ctrl-D closes the input.
    const cancel = () => finish(() => reject(new Failure('Cancelled.', EXIT.interrupted)));
    lines.once('SIGINT', cancel).once('close', cancel);
    lines.question(hidden ? '' : words, (answer) => finish(() => resolve(answer)));
  });
}
