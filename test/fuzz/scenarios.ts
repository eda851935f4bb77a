// Valid calls in an order in which they mean something, so that a frame that is spoilt meets an engine in every state.
import { createCipheriv, createHmac, createPrivateKey, generateKeyPairSync, privateEncrypt } from 'node:crypto';
import type { CallName } from '../../src/protocol/calls.ts';
import { CKA, CKF, CKK, CKM, CKO, CKP, CKU } from '../../src/protocol/constants.ts';
import type { Given, Structure, Template } from './frame.ts';

/** What an earlier call gave: handles, and bytes. */
export type Memory = Record<string, number | Buffer>;

export interface Step {
  readonly name: CallName;
  readonly given: (memory: Memory) => Readonly<Record<string, Given>>;
  /** Where its outputs are kept: handles from the reply's end, or the bytes of its one output. */
  readonly handles?: readonly string[];
  readonly bytes?: string;
  /** What the Init is given that travels with it. */
  readonly foreseen?: Step['given'];
  /** It need not succeed. */
  readonly isVain?: boolean;
}
export interface Scenario {
  readonly weight: number;
  readonly steps: readonly Step[];
  /** Its session is not usable afterwards. */
  readonly isLast?: boolean;
}

const step = (name: CallName, given: Record<string, Given> | Step['given'] = {}, more: Omit<Step, 'name' | 'given'> = {}): Step => ({
  name,
  given: typeof given === 'function' ? given : () => given,
  ...more,
});
const of = (memory: Memory, name: string): number => memory[name] as number;

const ulong = (value: number): Buffer => {
  const word = Buffer.alloc(8);
  word.writeBigUInt64LE(BigInt(value));
  return word;
};
const [TRUE, FALSE] = [Buffer.of(1), Buffer.of(0)];
const text = (value: string) => Buffer.from(value);
export const PINS = { user: text('hostile'), so: text('hostile officer') };
const LABEL = text('hostile'.padEnd(32));
const data = Buffer.from('sixteen bytes at a time: twice..');
const half = data.subarray(0, 16);

const anybodys: Template = [
  [CKA.TOKEN, FALSE],
  [CKA.PRIVATE, FALSE],
];
const readable: Template = [...anybodys, [CKA.SENSITIVE, FALSE], [CKA.EXTRACTABLE, TRUE]];
const permits = (...types: number[]): Template => types.map((type) => [type, TRUE]);
const AES = Buffer.alloc(16, 1);
const MAC = Buffer.alloc(32, 2);
const secret = (type: number, value: Buffer): Template => [
  [CKA.CLASS, ulong(CKO.SECRET_KEY)],
  [CKA.KEY_TYPE, ulong(type)],
  [CKA.VALUE, value],
  ...readable,
  ...permits(CKA.ENCRYPT, CKA.DECRYPT, CKA.SIGN, CKA.VERIFY, CKA.WRAP, CKA.UNWRAP, CKA.DERIVE),
];
const newSecret = (more: Template = []): Template => [
  [CKA.CLASS, ulong(CKO.SECRET_KEY)],
  [CKA.KEY_TYPE, ulong(CKK.AES)],
  ...readable,
  ...more,
];

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const jwk = rsa.privateKey.export({ format: 'jwk' });
const number = (name: 'n' | 'e' | 'd' | 'p' | 'q' | 'dp' | 'dq' | 'qi'): Buffer => Buffer.from(jwk[name] as string, 'base64url');
const rsaPublic: Template = [
  [CKA.CLASS, ulong(CKO.PUBLIC_KEY)],
  [CKA.KEY_TYPE, ulong(CKK.RSA)],
  [CKA.MODULUS, number('n')],
  [CKA.PUBLIC_EXPONENT, number('e')],
  ...anybodys,
  ...permits(CKA.VERIFY_RECOVER, CKA.VERIFY, CKA.ENCRYPT),
];
const rsaPrivate: Template = [
  [CKA.CLASS, ulong(CKO.PRIVATE_KEY)],
  [CKA.KEY_TYPE, ulong(CKK.RSA)],
  [CKA.MODULUS, number('n')],
  [CKA.PUBLIC_EXPONENT, number('e')],
  [CKA.PRIVATE_EXPONENT, number('d')],
  [CKA.PRIME_1, number('p')],
  [CKA.PRIME_2, number('q')],
  [CKA.EXPONENT_1, number('dp')],
  [CKA.EXPONENT_2, number('dq')],
  [CKA.COEFFICIENT, number('qi')],
  ...readable,
  ...permits(CKA.SIGN_RECOVER, CKA.SIGN, CKA.DECRYPT),
];
const recoverable = privateEncrypt(createPrivateKey(rsa.privateKey.export({ format: 'pem', type: 'pkcs8' })), data);

const IV = Buffer.alloc(16, 9);
const cbc = { type: CKM.AES_CBC, parameter: IV };
const hmac = { type: CKM.SHA256_HMAC };
const sha256 = { type: CKM.SHA256 };
const encrypted = createCipheriv('aes-128-cbc', AES, IV).setAutoPadding(false).update(data);
const code = createHmac('sha256', MAC).update(data).digest();
const NONCE = Buffer.alloc(12, 5);
const gcmOf = (plain: Buffer) => {
  const cipher = createCipheriv('aes-128-gcm', AES, NONCE).setAAD(half);
  const sealed = cipher.update(plain);
  cipher.final();
  return { sealed, tag: cipher.getAuthTag() };
};
const gcm = (tag: Buffer = Buffer.alloc(16)): Structure => ({
  struct: 'CK_GCM_MESSAGE_PARAMS',
  fields: { pIv: NONCE, ulIvFixedBits: 0, ivGenerator: 0, pTag: tag, ulTagBits: 128 },
});
const message = gcmOf(data);
const wrappedByGcm = gcmOf(AES);

const aes = (pMechanism: Given) => (memory: Memory) => ({ pMechanism, hKey: of(memory, 'aes') });
const mac = (memory: Memory) => ({ pMechanism: hmac, hKey: of(memory, 'mac') });
const digestInit = step('C_DigestInit', { pMechanism: sha256 });
const name = text('C_Sign');

/** What every connection begins with, after its session. */
export const keys: readonly Step[] = [
  step('C_CreateObject', { pTemplate: secret(CKK.AES, AES) }, { handles: ['aes'] }),
  step('C_CreateObject', { pTemplate: secret(CKK.GENERIC_SECRET, MAC) }, { handles: ['mac'] }),
];
export const openSession = step('C_OpenSession', { flags: CKF.SERIAL_SESSION + CKF.RW_SESSION }, { handles: ['hSession'] });
const login = (userType: number) => step('C_Login', { userType, pPin: userType === CKU.SO ? PINS.so : PINS.user });
const initToken = step('C_InitToken', { pPin: PINS.so, pLabel: LABEL });
const logout = step('C_Logout');
const initPin = [login(CKU.SO), step('C_InitPIN', { pPin: PINS.user }), logout];
/** What makes the token. */
export const token: readonly Step[] = [initToken, openSession, ...initPin];

export const scenarios: readonly Scenario[] = [
  {
    weight: 3,
    steps: [
      ...(['C_GetInfo', 'C_GetSlotList', 'C_GetSlotInfo', 'C_GetTokenInfo', 'C_GetMechanismList'] as const).map((call) => step(call)),
      step('C_GetMechanismInfo', { type: CKM.AES_GCM }),
      step('C_WaitForSlotEvent', { flags: CKF.DONT_BLOCK }, { isVain: true }),
    ],
  },
  {
    weight: 3,
    steps: [
      { ...openSession, handles: ['other'] },
      step('C_GetSessionInfo'),
      step('C_GetSessionValidationFlags', { type: 1 }),
      step('C_SeedRandom', { pSeed: data }),
      step('C_GenerateRandom', { RandomData: 32 }),
      step('C_SessionCancel', { flags: CKF.ENCRYPT }),
      step('C_CloseSession', (memory) => ({ hSession: of(memory, 'other') })),
      step('C_AsyncComplete', { pFunctionName: name }, { isVain: true }),
      step('C_AsyncGetID', { pFunctionName: name }, { isVain: true }),
      step('C_AsyncJoin', { pFunctionName: name, ulID: 1, pData: data }, { isVain: true }),
    ],
  },
  // Few: each PIN costs Argon2id.
  { weight: 0.3, steps: [...initPin, login(CKU.USER), step('C_SetPIN', { pOldPin: PINS.user, pNewPin: PINS.user }), logout] },
  {
    weight: 0.2,
    isLast: true,
    steps: [
      step('C_CloseAllSessions'),
      initToken,
      openSession,
      ...initPin,
      step('C_LoginUser', { userType: CKU.USER, pPin: PINS.user, pUsername: Buffer.alloc(0) }),
    ],
  },
  {
    weight: 8,
    steps: [
      step(
        'C_CreateObject',
        { pTemplate: [[CKA.CLASS, ulong(CKO.DATA)], [CKA.LABEL, half], [CKA.VALUE, data], ...anybodys] },
        { handles: ['object'] },
      ),
      step('C_CopyObject', (memory) => ({ hObject: of(memory, 'object'), pTemplate: [[CKA.LABEL, data]] }), { handles: ['copy'] }),
      step('C_SetAttributeValue', (memory) => ({ hObject: of(memory, 'object'), pTemplate: [[CKA.LABEL, data]] })),
      step('C_GetAttributeValue', (memory) => ({
        hObject: of(memory, 'object'),
        pTemplate: [
          [CKA.LABEL, data],
          [CKA.VALUE, data],
        ],
      })),
      step('C_GetObjectSize', (memory) => ({ hObject: of(memory, 'object') })),
      step('C_FindObjectsInit', { pTemplate: [[CKA.LABEL, data]], phObject: 0 }),
      step('C_FindObjects'),
      step('C_FindObjectsFinal'),
      step('C_DestroyObject', (memory) => ({ hObject: of(memory, 'copy') })),
      step(
        'C_CreateObject',
        {
          pTemplate: [
            ...secret(CKK.AES, AES),
            [
              CKA.WRAP_TEMPLATE,
              [
                [CKA.SENSITIVE, FALSE],
                [CKA.LABEL, half],
              ],
            ],
          ],
        },
        { handles: ['wrapping'] },
      ),
      step('C_GetAttributeValue', (memory) => ({
        hObject: of(memory, 'wrapping'),
        pTemplate: [
          [
            CKA.WRAP_TEMPLATE,
            [
              [CKA.SENSITIVE, FALSE],
              [CKA.LABEL, half],
            ],
          ],
        ],
      })),
    ],
  },
  {
    weight: 8,
    steps: [
      step('C_EncryptInit', aes(cbc)),
      step('C_Encrypt', { pData: data }),
      step('C_Encrypt', { pData: data }, { foreseen: aes(cbc) }),
      step('C_Decrypt', { pEncryptedData: encrypted }, { foreseen: aes(cbc) }),
      step('C_EncryptInit', aes(cbc)),
      step('C_EncryptUpdate', { pPart: half }),
      step('C_EncryptFinal'),
      step('C_DecryptInit', aes(cbc)),
      step('C_Decrypt', { pEncryptedData: encrypted }),
      step('C_DecryptInit', aes(cbc)),
      step('C_DecryptUpdate', { pEncryptedPart: encrypted }),
      step('C_DecryptFinal'),
    ],
  },
  {
    weight: 5,
    steps: [
      digestInit,
      step('C_Digest', { pData: data }),
      step('C_Digest', { pData: data }, { foreseen: digestInit.given }),
      digestInit,
      step('C_DigestUpdate', { pPart: half }),
      step('C_GetOperationState', {}, { bytes: 'state' }),
      step('C_SetOperationState', ({ state }) => ({ pOperationState: state as Buffer })),
      step('C_DigestKey', ({ mac: hKey }) => ({ hKey: hKey as number })),
      step('C_DigestFinal'),
    ],
  },
  {
    weight: 8,
    steps: [
      step('C_SignInit', mac),
      step('C_Sign', { pData: data }),
      step('C_Sign', { pData: data }, { foreseen: mac }),
      step('C_SignInit', mac),
      step('C_SignUpdate', { pPart: data }),
      step('C_SignFinal'),
      step('C_VerifyInit', mac),
      step('C_Verify', { pData: data, pSignature: code }),
      step('C_Verify', { pData: data, pSignature: code }, { foreseen: mac }),
      step('C_VerifyInit', mac),
      step('C_VerifyUpdate', { pPart: data }),
      step('C_VerifyFinal', { pSignature: code }),
      step('C_VerifySignatureInit', (memory) => ({ ...mac(memory), pSignature: code })),
      step('C_VerifySignature', { pData: data }),
      step('C_VerifySignatureInit', (memory) => ({ ...mac(memory), pSignature: code })),
      step('C_VerifySignatureUpdate', { pPart: data }),
      step('C_VerifySignatureFinal'),
    ],
  },
  {
    weight: 3,
    steps: [
      step('C_CreateObject', { pTemplate: rsaPrivate }, { handles: ['rsa'] }),
      step('C_CreateObject', { pTemplate: rsaPublic }, { handles: ['rsaPublic'] }),
      step('C_SignRecoverInit', (memory) => ({ pMechanism: { type: CKM.RSA_PKCS }, hKey: of(memory, 'rsa') })),
      step('C_SignRecover', { pData: data }),
      step('C_VerifyRecoverInit', (memory) => ({ pMechanism: { type: CKM.RSA_PKCS }, hKey: of(memory, 'rsaPublic') })),
      step('C_VerifyRecover', { pSignature: recoverable }),
    ],
  },
  {
    weight: 5,
    steps: [
      digestInit,
      step('C_EncryptInit', aes(cbc)),
      step('C_DigestEncryptUpdate', { pPart: data }),
      step('C_EncryptFinal'),
      step('C_DecryptInit', aes(cbc)),
      step('C_DecryptDigestUpdate', { pEncryptedPart: encrypted }),
      step('C_DecryptFinal'),
      step('C_DigestFinal'),
      step('C_SignInit', mac),
      step('C_EncryptInit', aes(cbc)),
      step('C_SignEncryptUpdate', { pPart: data }),
      step('C_EncryptFinal'),
      step('C_SignFinal'),
      step('C_VerifyInit', mac),
      step('C_DecryptInit', aes(cbc)),
      step('C_DecryptVerifyUpdate', { pEncryptedPart: encrypted }),
      step('C_DecryptFinal'),
      step('C_VerifyFinal', { pSignature: code }),
    ],
  },
  {
    weight: 8,
    steps: [
      step('C_MessageEncryptInit', aes({ type: CKM.AES_GCM })),
      step('C_EncryptMessage', { pParameter: gcm(), pAssociatedData: half, pPlaintext: data }),
      step('C_EncryptMessageBegin', { pParameter: gcm(), pAssociatedData: half }),
      step('C_EncryptMessageNext', { pParameter: gcm(), pPlaintextPart: data, flags: CKF.END_OF_MESSAGE }),
      step('C_MessageEncryptFinal'),
      step('C_MessageDecryptInit', aes({ type: CKM.AES_GCM })),
      step('C_DecryptMessage', { pParameter: gcm(message.tag), pAssociatedData: half, pCiphertext: message.sealed }),
      step('C_DecryptMessageBegin', { pParameter: gcm(message.tag), pAssociatedData: half }),
      step('C_DecryptMessageNext', { pParameter: gcm(message.tag), pCiphertextPart: message.sealed, flags: CKF.END_OF_MESSAGE }),
      step('C_MessageDecryptFinal'),
      step('C_MessageSignInit', mac),
      step('C_SignMessage', { pData: data }),
      step('C_SignMessageBegin'),
      step('C_SignMessageNext', { pData: data }),
      step('C_MessageSignFinal'),
      step('C_MessageVerifyInit', mac),
      step('C_VerifyMessage', { pData: data, pSignature: code }),
      step('C_VerifyMessageBegin'),
      step('C_VerifyMessageNext', { pData: data, pSignature: code }),
      step('C_MessageVerifyFinal'),
    ],
  },
  {
    weight: 8,
    steps: [
      step(
        'C_GenerateKey',
        { pMechanism: { type: CKM.AES_KEY_GEN }, pTemplate: newSecret([[CKA.VALUE_LEN, ulong(32)]]) },
        { handles: ['fresh'] },
      ),
      step(
        'C_WrapKey',
        (memory) => ({ pMechanism: { type: CKM.AES_KEY_WRAP }, hWrappingKey: of(memory, 'aes'), hKey: of(memory, 'fresh') }),
        { bytes: 'wrapped' },
      ),
      step('C_UnwrapKey', (memory) => ({
        pMechanism: { type: CKM.AES_KEY_WRAP },
        hUnwrappingKey: of(memory, 'aes'),
        pWrappedKey: memory.wrapped as Buffer,
        pTemplate: newSecret(),
      })),
      step('C_WrapKeyAuthenticated', (memory) => ({
        pMechanism: { type: CKM.AES_GCM, parameter: gcm() },
        hWrappingKey: of(memory, 'aes'),
        hKey: of(memory, 'fresh'),
        pAssociatedData: half,
      })),
      step('C_UnwrapKeyAuthenticated', (memory) => ({
        pMechanism: { type: CKM.AES_GCM, parameter: gcm(wrappedByGcm.tag) },
        hUnwrappingKey: of(memory, 'aes'),
        pWrappedKey: wrappedByGcm.sealed,
        pTemplate: newSecret(),
        pAssociatedData: half,
      })),
      step('C_DeriveKey', (memory) => ({
        pMechanism: { type: CKM.EXTRACT_KEY_FROM_KEY, parameter: ulong(0) },
        hBaseKey: of(memory, 'mac'),
        pTemplate: newSecret([[CKA.VALUE_LEN, ulong(16)]]),
      })),
    ],
  },
  {
    weight: 2,
    steps: [
      step(
        'C_GenerateKeyPair',
        {
          pMechanism: { type: CKM.ML_KEM_KEY_PAIR_GEN },
          pPublicKeyTemplate: [...anybodys, [CKA.PARAMETER_SET, ulong(CKP.ML_KEM_512)], [CKA.ENCAPSULATE, TRUE]],
          pPrivateKeyTemplate: [...readable, [CKA.DECAPSULATE, TRUE]],
        },
        { handles: ['kemPublic', 'kem'] },
      ),
      step(
        'C_EncapsulateKey',
        (memory) => ({
          pMechanism: { type: CKM.ML_KEM },
          hPublicKey: of(memory, 'kemPublic'),
          pTemplate: newSecret([[CKA.VALUE_LEN, ulong(32)]]),
        }),
        { bytes: 'capsule' },
      ),
      step('C_DecapsulateKey', (memory) => ({
        pMechanism: { type: CKM.ML_KEM },
        hPrivateKey: of(memory, 'kem'),
        pTemplate: newSecret([[CKA.VALUE_LEN, ulong(32)]]),
        pCiphertext: memory.capsule as Buffer,
      })),
    ],
  },
];
