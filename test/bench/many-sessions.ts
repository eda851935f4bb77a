// An application that opens many sessions, signs once in each and closes them one by one. Prints JSON: sessions a second, KiB for each.

import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { type Handle, PKCS11 } from 'pkcs11js';
import { CKA, CKF, CKM, CKO, CKU } from '../../src/protocol/constants.ts';

export interface Held {
  readonly opened: number;
  readonly signed: number;
  readonly closed: number;
  readonly memory: number;
}

const DIGEST = Buffer.alloc(32, 7);

function keyOf(pkcs11: PKCS11, session: Handle): Handle {
  pkcs11.C_FindObjectsInit(session, [
    { type: CKA.CLASS, value: CKO.PRIVATE_KEY },
    { type: CKA.ID, value: Buffer.from('p-256') },
  ]);
  const [key] = pkcs11.C_FindObjects(session, 1);
  pkcs11.C_FindObjectsFinal(session);
  if (key === undefined) throw new Error('the token has no P-256 key');
  return key;
}

/** KiB that are resident of a process. */
const residentOf = (pid: number | 'self') => Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]);

function hold(module: string, label: string, count: number, holder: number | 'self'): Held {
  const pkcs11 = new PKCS11();
  pkcs11.load(module);
  pkcs11.C_Initialize({ flags: CKF.OS_LOCKING_OK });
  const slot = pkcs11.C_GetSlotList(true).find((each) => pkcs11.C_GetTokenInfo(each).label.trimEnd() === label)!;
  const open = () => pkcs11.C_OpenSession(slot, CKF.SERIAL_SESSION | CKF.RW_SESSION);
  const first = open();
  pkcs11.C_Login(first, CKU.USER, process.env.STRONGROOM_PIN);
  const key = keyOf(pkcs11, first);
  const perSecond = (work: () => void) => {
    const began = performance.now();
    work();
    return (1000 * count) / (performance.now() - began);
  };
  const sessions: Handle[] = [];
  const before = residentOf(holder);
  const opened = perSecond(() => {
    for (let n = 0; n < count; n++) sessions.push(open());
  });
  const signed = perSecond(() => {
    for (const session of sessions) {
      pkcs11.C_SignInit(session, { mechanism: CKM.ECDSA }, key);
      pkcs11.C_Sign(session, DIGEST, Buffer.alloc(64));
    }
  });
  const memory = (residentOf(holder) - before) / count;
  const closed = perSecond(() => {
    for (const session of sessions) pkcs11.C_CloseSession(session);
  });
  pkcs11.C_Finalize();
  return { opened, signed, closed, memory };
}

const { values } = parseArgs({
  options: { module: { type: 'string' }, label: { type: 'string' }, count: { type: 'string' }, engine: { type: 'string' } },
});
const holder = values.engine === undefined ? ('self' as const) : Number(values.engine);
console.log(JSON.stringify(hold(values.module!, values.label!, Number(values.count), holder)));
