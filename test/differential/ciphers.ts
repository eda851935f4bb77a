// Ciphers with secret keys, and the derivations that encrypt.
import { createCipheriv } from 'node:crypto';
import * as fc from 'fast-check';
import { CKK, CKM, CKO, CKR } from '../../src/protocol/constants.ts';
import type { Parameter } from '../support/functions.ts';
import { refusal, secretKey, template } from '../support/operations.ts';
import { struct } from '../support/parameter.ts';
import { altered, bytes, type CkmName, must, type Party, type Row, row, same } from './compare.ts';
import { aesValue, desValue } from './digests.ts';

interface Drawn {
  readonly value: Uint8Array;
  readonly iv: Uint8Array;
  readonly data: Uint8Array;
}
interface Mode {
  readonly name: CkmName;
  readonly keyType: 'AES' | 'DES3' | 'DES2' | 'DES';
  readonly value: fc.Arbitrary<Uint8Array>;
  readonly ivBytes: number;
  /** Data comes in whole blocks. */
  readonly blocks: number | undefined;
  readonly parameter: (iv: Uint8Array) => Parameter;
  /** OpenSSL's name, for a key of so many bytes; undefined where it does not have it. */
  readonly openssl: (size: number) => string | undefined;
  readonly padding?: boolean;
}

const whole = (size: number) => fc.integer({ min: 0, max: 12 }).chain((count) => bytes(count * size, count * size));

const cipher = ({ name, keyType, value, ivBytes, blocks, parameter, openssl, padding = false }: Mode): Row =>
  row({
    title: `encrypt ${name}${keyType === 'DES2' ? ', two keys' : ''}`,
    mechanisms: [name],
    draw: fc.record<Drawn>({ value, iv: bytes(ivBytes, ivBytes), data: blocks ? whole(blocks) : bytes(0, 200) }),
    check: (parties, drawn) => {
      const mechanism = { mechanism: CKM[name], parameter: parameter(drawn.iv) };
      const algorithm = openssl(drawn.value.length);
      const expected = algorithm === undefined ? undefined : sealedBy(algorithm, drawn, padding);
      same(
        parties,
        (user) => {
          const key = user.create(secretKey(keyType, { VALUE: drawn.value, ENCRYPT: true, DECRYPT: true }));
          const sealed = user.encryptEveryWay(mechanism, key, drawn.data);
          must(Buffer.from(drawn.data).equals(user.decryptEveryWay(mechanism, key, sealed)), 'decrypts to something else');
          return sealed;
        },
        expected,
      );
    },
  });

const sealedBy = (algorithm: string, { value, iv, data }: Drawn, padding: boolean): Buffer => {
  const sealing = createCipheriv(algorithm, value, iv.length > 0 ? iv : null).setAutoPadding(padding);
  return Buffer.concat([sealing.update(data), sealing.final()]);
};

const aes = (mode: string) => (size: number) => `aes-${size * 8}-${mode}`;
const [plain, bare] = [(iv: Uint8Array) => iv, () => null];
const des = (name: CkmName, keyType: Mode['keyType'], size: number, mode: string): Mode => ({
  name,
  keyType,
  value: desValue(size),
  ivBytes: mode === 'ecb' ? 0 : 8,
  blocks: name.endsWith('PAD') ? undefined : 8,
  parameter: mode === 'ecb' ? bare : plain,
  openssl: () =>
    size === 24 ? `des-ede3${mode === 'ecb' ? '' : '-cbc'}` : size === 16 ? `des-ede${mode === 'ecb' ? '' : '-cbc'}` : undefined,
  padding: name.endsWith('PAD'),
});

const modes: readonly Mode[] = [
  { name: 'AES_ECB', keyType: 'AES', value: aesValue, ivBytes: 0, blocks: 16, parameter: bare, openssl: aes('ecb') },
  { name: 'AES_CBC', keyType: 'AES', value: aesValue, ivBytes: 16, blocks: 16, parameter: plain, openssl: aes('cbc') },
  {
    name: 'AES_CBC_PAD',
    keyType: 'AES',
    value: aesValue,
    ivBytes: 16,
    blocks: undefined,
    parameter: plain,
    openssl: aes('cbc'),
    padding: true,
  },
  {
    name: 'AES_CTR',
    keyType: 'AES',
    value: aesValue,
    ivBytes: 16,
    blocks: undefined,
    parameter: (cb) => struct('CK_AES_CTR_PARAMS', { ulCounterBits: 128, cb }),
    openssl: aes('ctr'),
  },
  des('DES3_ECB', 'DES3', 24, 'ecb'),
  des('DES3_CBC', 'DES3', 24, 'cbc'),
  des('DES3_CBC_PAD', 'DES3', 24, 'cbc'),
  des('DES3_ECB', 'DES2', 16, 'ecb'),
  des('DES3_CBC', 'DES2', 16, 'cbc'),
  des('DES_ECB', 'DES', 8, 'ecb'),
  des('DES_CBC', 'DES', 8, 'cbc'),
  des('DES_CBC_PAD', 'DES', 8, 'cbc'),
];

/** SoftHSM has one code for whatever OpenSSL refuses. */
const wrongTag: Readonly<Record<Party, number>> = { strongroom: CKR.ENCRYPTED_DATA_INVALID, softhsm: CKR.GENERAL_ERROR };

const gcm = row({
  title: 'encrypt AES_GCM',
  mechanisms: ['AES_GCM'],
  draw: fc.record({ value: aesValue, iv: bytes(1, 64), aad: bytes(0, 60), data: bytes(0, 200), tag: fc.integer({ min: 12, max: 16 }) }),
  check: (parties, { value, iv, aad, data, tag }) => {
    const fields = { pIv: iv, ulIvBits: iv.length * 8, pAAD: aad, ulTagBits: tag * 8 };
    const mechanism = { mechanism: CKM.AES_GCM, parameter: struct('CK_GCM_PARAMS', fields) };
    const sealing = createCipheriv(`aes-${(value.length * 8) as 128}-gcm`, value, iv, { authTagLength: tag }).setAAD(aad);
    const expected = Buffer.concat([sealing.update(data), sealing.final(), sealing.getAuthTag()]);
    same(
      parties,
      (user, name) => {
        const key = user.create(secretKey('AES', { VALUE: value, ENCRYPT: true, DECRYPT: true }));
        const sealed = user.encryptEveryWay(mechanism, key, data);
        must(Buffer.from(data).equals(user.decryptEveryWay(mechanism, key, sealed)), 'decrypts to something else');
        const code = refusal(() => user.decrypt(mechanism, key, altered(sealed)));
        must(code === wrongTag[name], `what is sealed with another bit: ${code}`);
        return sealed;
      },
      expected,
    );
  },
});

/** A key made by encrypting data: the whole of it, as long as it is. */
const encryption = (name: CkmName, keyType: 'AES' | 'DES3' | 'DES', ivBytes: number, openssl?: (size: number) => string): Row => {
  const [block, value] = keyType === 'AES' ? [16, aesValue] : [8, desValue(keyType === 'DES3' ? 24 : 8)];
  return row({
    title: `derive ${name}`,
    mechanisms: [name],
    draw: fc.record<Drawn>({
      value,
      iv: bytes(ivBytes, ivBytes),
      data: fc.integer({ min: 1, max: 8 }).chain((n) => bytes(n * block, n * block)),
    }),
    check: (parties, drawn) => {
      const { iv, data } = drawn;
      const cbc = `CK_${keyType === 'AES' ? 'AES' : 'DES'}_CBC_ENCRYPT_DATA_PARAMS`;
      const parameter =
        ivBytes === 0
          ? struct('CK_KEY_DERIVATION_STRING_DATA', { pData: data, ulLen: data.length })
          : struct(cbc, { iv, pData: data, length: data.length });
      const made = { CLASS: CKO.SECRET_KEY, KEY_TYPE: CKK.GENERIC_SECRET, VALUE_LEN: data.length, SENSITIVE: false, EXTRACTABLE: true };
      const make = template({ ...made, TOKEN: false });
      const expected = openssl && sealedBy(openssl(drawn.value.length), drawn, false);
      same(
        parties,
        (user) => {
          const base = user.create(secretKey(keyType, { VALUE: drawn.value, DERIVE: true }));
          return user.valueOf(user.derive({ mechanism: CKM[name], parameter }, base, make));
        },
        expected,
      );
    },
  });
};

export const ciphers: readonly Row[] = [
  ...modes.map(cipher),
  gcm,
  encryption('AES_ECB_ENCRYPT_DATA', 'AES', 0, aes('ecb')),
  encryption('AES_CBC_ENCRYPT_DATA', 'AES', 16, aes('cbc')),
  encryption('DES3_ECB_ENCRYPT_DATA', 'DES3', 0, () => 'des-ede3'),
  encryption('DES3_CBC_ENCRYPT_DATA', 'DES3', 8, () => 'des-ede3-cbc'),
  encryption('DES_ECB_ENCRYPT_DATA', 'DES', 0),
  encryption('DES_CBC_ENCRYPT_DATA', 'DES', 8),
];
