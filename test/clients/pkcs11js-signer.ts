// A worker thread of pkcs11js.test.ts: a session of its own in the module that its process has initialised, and one shared key.
import { parentPort, workerData } from 'node:worker_threads';
import { CKA, CKM, CKO } from '../../src/protocol/constants.ts';
import { load, openSession, slotOf } from '../support/module.ts';

const { label, messages } = workerData as { label: string; messages: readonly string[] };
const module = load();
const session = openSession(module, slotOf(module, label));
module.C_FindObjectsInit(session, [{ type: CKA.CLASS, value: CKO.PRIVATE_KEY }]);
const [key] = module.C_FindObjects(session, 1);
module.C_FindObjectsFinal(session);

const signatures = messages.map((message) => {
  module.C_SignInit(session, { mechanism: CKM.SHA256_RSA_PKCS }, key!);
  return module.C_Sign(session, Buffer.from(message), Buffer.alloc(256));
});
module.C_CloseSession(session);
parentPort!.postMessage(signatures);
