// A small application of its own: how long C_Initialize and C_Login take it, and what the library is in its memory. Prints JSON.

import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { PKCS11 } from 'pkcs11js';
import { CKF, CKU } from '../../src/protocol/constants.ts';

export interface Observed {
  /** Milliseconds, one after the other. */
  readonly initialise: readonly number[];
  readonly login: number;
  /** MB. */
  readonly memory: number;
}

function timed(work: () => unknown): number {
  const began = performance.now();
  work();
  return performance.now() - began;
}

/** What is resident of the mappings whose files are the library's: itself, and the region that the engine sees as well. */
function residentOf(names: readonly string[]): number {
  const mappings = readFileSync('/proc/self/smaps', 'utf8').split(/^(?=[0-9a-f]+-[0-9a-f]+ )/m);
  const ours = mappings.filter((mapping) => names.some((name) => mapping.split('\n')[0]!.includes(name)));
  return ours.reduce((sum, mapping) => sum + Number(/^Rss: +(\d+)/m.exec(mapping)![1]) * 1024, 0) / 1e6;
}

function observe(module: string, label: string, times: number): Observed {
  const pkcs11 = new PKCS11();
  pkcs11.load(module);
  const initialise = Array.from({ length: times }, (_, at) => {
    if (at > 0) pkcs11.C_Finalize();
    return timed(() => pkcs11.C_Initialize({ flags: CKF.OS_LOCKING_OK }));
  });
  const slot = pkcs11.C_GetSlotList(true).find((each) => pkcs11.C_GetTokenInfo(each).label.trimEnd() === label);
  if (slot === undefined) throw new Error(`no token has the label ${label}`);
  const session = pkcs11.C_OpenSession(slot, CKF.SERIAL_SESSION | CKF.RW_SESSION);
  const login = timed(() => pkcs11.C_Login(session, CKU.USER, process.env.STRONGROOM_PIN));
  pkcs11.C_FindObjectsInit(session, []);
  pkcs11.C_FindObjects(session, 10);
  pkcs11.C_FindObjectsFinal(session);
  const memory = residentOf([module, '/memfd:strongroom']);
  pkcs11.C_Finalize();
  return { initialise, login, memory };
}

const { values } = parseArgs({ options: { module: { type: 'string' }, label: { type: 'string' }, times: { type: 'string' } } });
console.log(JSON.stringify(observe(values.module!, values.label!, Number(values.times))));
