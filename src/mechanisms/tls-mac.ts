// The Finished messages of TLS 1.0 to 1.2: MACs over the hash of a handshake.

import { tlsPrf } from '../crypto/tls.ts';
import { ensure } from '../model/error.ts';
import { CKK, CKM } from '../protocol/constants.ts';
import { Held } from './held.ts';
import { authentication } from './mac.ts';
import type { Mechanism, Row } from './mechanism.ts';
import { bytesParameter, ulongAt } from './parameter.ts';
import { keyBytes } from './simple-derivation.ts';
import { MASTER, prfOf, text } from './tls-prf.ts';

const SERVER = 1;
const CLIENT = 2;

/** CK_TLS_MAC_PARAMS: prfHashMechanism, ulMacLength, ulServerOrClient. The data is the hash of the handshake. */
const finished: Mechanism = {
  keyType: CKK.GENERIC_SECRET,
  keySize: [MASTER, MASTER],
  operations: authentication((key, parameter) => {
    const structure = bytesParameter(parameter, 24);
    const prf = prfOf(ulongAt(structure, 0), true);
    const [size, side] = [ulongAt(structure, 1), ulongAt(structure, 2)];
    ensure(size >= 12 && size <= 512, 'MECHANISM_PARAM_INVALID', 'verify_data has 12 bytes or more');
    ensure(side === SERVER || side === CLIENT, 'MECHANISM_PARAM_INVALID', 'neither the server nor the client');
    const label = text(side === SERVER ? 'server finished' : 'client finished');
    const secret = keyBytes(key);
    return {
      size,
      begin() {
        const held = new Held();
        return { update: (part) => held.update(part), final: () => tlsPrf(prf, secret, label, held.final(), size) };
      },
    };
  }),
};

export const tlsMacs: readonly Row[] = [
  [CKM.TLS_MAC, finished],
  [CKM.TLS12_MAC, finished],
];
