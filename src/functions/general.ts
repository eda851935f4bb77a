// General-purpose functions (§5.4) that reach the engine; C_Initialize and its like stay in the library.

import type { Handlers } from './handler.ts';
import { LIBRARY, VERSION } from './identity.ts';

export const general: Pick<Handlers, 'C_GetInfo'> = {
  C_GetInfo: () => ({
    pInfo: {
      cryptokiVersion: { major: 3, minor: 2 },
      manufacturerID: LIBRARY.manufacturer,
      flags: 0,
      libraryDescription: LIBRARY.description,
      libraryVersion: VERSION,
    },
  }),
};
