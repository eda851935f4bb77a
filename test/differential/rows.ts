// Everything that is compared.
import { ciphers } from './ciphers.ts';
import type { Row } from './compare.ts';
import { digests } from './digests.ts';
import { generation } from './generation.ts';
import { keyExchange } from './key-exchange.ts';
import { publicKeys } from './public-keys.ts';

export const rows: readonly Row[] = [...digests, ...ciphers, ...publicKeys, ...keyExchange, ...generation];
