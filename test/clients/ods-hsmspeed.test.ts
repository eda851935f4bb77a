// OpenDNSSEC's speed meter: one session a thread, one key for all of them.
import { expect } from 'vitest';
import { CKA, CKO } from '../../src/protocol/constants.ts';
import { logIn, type Token, visit } from '../support/module.ts';
import { repository, writeConf } from '../support/opendnssec.ts';
import { needs } from '../support/program.ts';
import { sharedTest as test } from '../support/token.ts';

needs('ods-hsmspeed');

const iterations = (threads: number) => Math.max(2, Math.floor(128 / threads));

const privateKeys = (token: Token) =>
  visit((module) => {
    const session = logIn(module, token);
    module.C_FindObjectsInit(session, [{ type: CKA.CLASS, value: CKO.PRIVATE_KEY }]);
    return module.C_FindObjects(session, 10);
  });

for (const bits of [1024, 2048]) {
  for (const threads of [1, 2, 8, 64, 512]) {
    test(`signs with RSA ${bits} from ${threads} threads, and takes its key away again`, async ({ room, token }) => {
      const each = iterations(threads);
      const conf = writeConf(room, token);
      const { code, output } = await room.run('ods-hsmspeed', [
        '-c',
        conf,
        '-r',
        repository,
        '-i',
        `${each}`,
        '-s',
        `${bits}`,
        '-t',
        `${threads}`,
      ]);

      expect(output).not.toMatch(/error/i);
      const done = [...output.matchAll(/^Signer thread #(\d+) done\.$/gm)].map(([, thread]) => Number(thread));
      expect(done.sort((a, b) => a - b)).toEqual(Array.from({ length: threads }, (_, thread) => thread));
      expect(output).toMatch(new RegExp(`^${threads} threads?, ${each} signatures per thread, [\\d.]+ sig/s \\(RSA ${bits} bits\\)$`, 'm'));
      expect(code).toBe(0);
      expect(privateKeys(token)).toEqual([]);
    });
  }
}
