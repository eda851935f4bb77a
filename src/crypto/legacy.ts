// Ciphers of OpenSSL's legacy provider, which is loaded when one of them is first used: who has no use for them does not have them.

import { loadLegacyProvider } from './native.ts';

let isLoaded = false;

/** @returns the name, for node:crypto. */
export function legacyCipher(name: string): string {
  if (!isLoaded) loadLegacyProvider();
  isLoaded = true;
  return name;
}
