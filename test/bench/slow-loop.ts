// The process that does one slow thing after the other (slow-things.ts starts it), as an application of its own.

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { type Handle, PKCS11 } from 'pkcs11js';
import { CKA, CKF, CKM, CKU } from '../../src/protocol/constants.ts';
import type { Says, Slow, Told } from './slow-things.ts';

interface Place {
  readonly pkcs11: PKCS11;
  readonly slot: Handle;
  readonly session: Handle;
  readonly pin: string;
}

const truth = (type: number, value: boolean) => ({ type, value });

/** Each done once, from beginning to end. */
const once: Readonly<Record<Exclude<Slow, 'nothing'>, (place: Place) => unknown>> = {
  'RSA-4096 generation': ({ pkcs11, session }) => {
    const template = [
      { type: CKA.MODULUS_BITS, value: 4096 },
      { type: CKA.PUBLIC_EXPONENT, value: Buffer.from([1, 0, 1]) },
    ];
    const mechanism = { mechanism: CKM.RSA_PKCS_KEY_PAIR_GEN };
    const { publicKey, privateKey } = pkcs11.C_GenerateKeyPair(session, mechanism, template, [truth(CKA.TOKEN, false)]);
    pkcs11.C_DestroyObject(session, publicKey);
    pkcs11.C_DestroyObject(session, privateKey);
  },

  'PIN derivation': ({ pkcs11, session, pin }) => {
    pkcs11.C_SetPIN(session, pin, pin);
    pkcs11.C_Logout(session);
    pkcs11.C_Login(session, CKU.USER, pin);
  },

  // As docs/storage.md says: SQLite's own, from a process that is no part of the engine.
  async backup() {
    const home = process.env.STRONGROOM_HOME!;
    const copy = join(home, '..', 'backup.db');
    const source = new Database(join(home, 'store.db'), { readonly: true });
    try {
      await source.backup(copy);
    } finally {
      source.close();
      rmSync(copy, { force: true });
    }
  },

  'creation and checkpoints': ({ pkcs11, session }) => {
    pkcs11.C_GenerateKey(session, { mechanism: CKM.AES_KEY_GEN }, [truth(CKA.TOKEN, true), { type: CKA.VALUE_LEN, value: 32 }]);
  },
};

function enter({ module, label, pin }: Told['contestant']): Place {
  const pkcs11 = new PKCS11();
  pkcs11.load(module);
  pkcs11.C_Initialize();
  const slot = pkcs11.C_GetSlotList(true).find((each) => pkcs11.C_GetTokenInfo(each).label.trimEnd() === label);
  if (slot === undefined) throw new Error(`no token has the label ${label}`);
  const session = pkcs11.C_OpenSession(slot, CKF.SERIAL_SESSION | CKF.RW_SESSION);
  pkcs11.C_Login(session, CKU.USER, pin);
  return { pkcs11, slot, session, pin };
}

const tell = (what: Says) => process.send!(what);

async function loop({ slow, contestant }: Told): Promise<void> {
  let isStopped = false;
  process.once('message', () => {
    isStopped = true;
  });
  const place = enter(contestant);
  tell('runs');
  let done = 0;
  for (; !isStopped; done++) {
    await once[slow as Exclude<Slow, 'nothing'>](place);
    // The word to stop is heard between two of them.
    await new Promise((resolve) => setImmediate(resolve));
  }
  place.pkcs11.C_Finalize();
  tell({ done });
}

process.once('message', (told: Told) => void loop(told));
