// What one asks of a module with a key, in every form in which the standard lets one ask; the forms must agree.
import { CKA, CKK, CKO, CKR } from '../../src/protocol/constants.ts';
import { read } from './cryptoki.ts';
import { type AttributeValue, type Cryptoki, type Mechanism, Refused, type Template } from './functions.ts';

type Attributes = Readonly<Partial<Record<keyof typeof CKA, AttributeValue>>>;

export const template = (attributes: Attributes): Template =>
  new Map(Object.entries(attributes).map(([name, value]) => [CKA[name as keyof typeof CKA], value]));

/** May do anything, and be read. */
const open = { TOKEN: false, PRIVATE: true, SENSITIVE: false, EXTRACTABLE: true };

export const secretKey = (type: keyof typeof CKK, attributes: Attributes): Template =>
  template({ CLASS: CKO.SECRET_KEY, KEY_TYPE: CKK[type], ...open, ...attributes });
export const privateKey = (type: keyof typeof CKK, attributes: Attributes): Template =>
  template({ CLASS: CKO.PRIVATE_KEY, KEY_TYPE: CKK[type], ...open, ...attributes });
export const publicKey = (type: keyof typeof CKK, attributes: Attributes): Template =>
  template({ CLASS: CKO.PUBLIC_KEY, KEY_TYPE: CKK[type], TOKEN: false, ...attributes });

/** The name of the code that something is refused with, or what it comes to. */
const outcome = (
  form: () => Uint8Array | undefined,
): { readonly refused?: Refused; readonly told: string; readonly value?: Uint8Array } => {
  try {
    const value = form() ?? new Uint8Array();
    return { told: Buffer.from(value).toString('hex'), value };
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return { told: 'refused', refused: error };
  }
};

/** Forms that come to different things are a fault, whatever the right one is. */
export const agreed = (...forms: readonly (() => Uint8Array | undefined)[]): Uint8Array => {
  const [first, ...others] = forms.map(outcome);
  const different = others.find(({ told }) => told !== first!.told);
  if (different) throw new Error(`forms of one operation differ: ${first!.refused ?? first!.told}, ${different.refused ?? different.told}`);
  if (first!.refused) throw first!.refused;
  return first!.value!;
};

/** The code that something is answered with. */
export const refusal = (act: () => unknown): number => {
  try {
    act();
    return CKR.OK;
  } catch (error) {
    if (error instanceof Refused) return error.code;
    throw error;
  }
};

/** Uneven parts, the first of one byte. */
const cut = (data: Uint8Array): Uint8Array[] =>
  [data.subarray(0, 1), data.subarray(1, 8), data.subarray(8)].filter((part) => part.length > 0);

/** A user's session. */
export class User {
  readonly module: Cryptoki;
  readonly session: number;
  readonly #made: number[] = [];

  constructor(module: Cryptoki, session: number) {
    this.module = module;
    this.session = session;
  }

  /** Remembered until clear(). */
  keep(handle: number): number {
    this.#made.push(handle);
    return handle;
  }

  create(attributes: Template): number {
    return this.keep(this.module.C_CreateObject(this.session, attributes)[0]);
  }

  clear(): void {
    for (const handle of this.#made.splice(0)) this.module.C_DestroyObject(this.session, handle);
  }

  mechanisms(): number[] {
    const slot = read(this.module.C_GetSessionInfo(this.session)[0]);
    return this.module.C_GetMechanismList(slot)[0];
  }

  valueOf(key: number, type: keyof typeof CKA = 'VALUE'): Buffer {
    return this.module.C_GetAttributeValue(this.session, key, [CKA[type]])[0][0]!;
  }

  sign(mechanism: Mechanism, key: number, data: Uint8Array): Uint8Array {
    this.module.C_SignInit(this.session, mechanism, key);
    return this.module.C_Sign(this.session, data)[0];
  }

  /** For what is the same whenever it is signed. */
  signEveryWay(mechanism: Mechanism, key: number, data: Uint8Array): Uint8Array {
    return agreed(
      () => this.sign(mechanism, key, data),
      () => this.signParts(mechanism, key, data),
    );
  }

  signParts(mechanism: Mechanism, key: number, data: Uint8Array): Uint8Array {
    this.module.C_SignInit(this.session, mechanism, key);
    for (const part of cut(data)) this.module.C_SignUpdate(this.session, part);
    return this.module.C_SignFinal(this.session)[0];
  }

  verify(mechanism: Mechanism, key: number, data: Uint8Array, signature: Uint8Array): undefined {
    this.module.C_VerifyInit(this.session, mechanism, key);
    this.module.C_Verify(this.session, data, signature);
  }

  isRight(mechanism: Mechanism, key: number, data: Uint8Array, signature: Uint8Array): boolean {
    const code = refusal(() => this.verify(mechanism, key, data, signature));
    if (code === CKR.OK || code === CKR.SIGNATURE_INVALID || code === CKR.SIGNATURE_LEN_RANGE) return code === CKR.OK;
    throw new Error(`a signature is judged by the code ${code}`);
  }

  /** C_Verify, C_VerifyFinal, C_VerifySignature and C_VerifySignatureFinal. */
  verifyEveryWay(mechanism: Mechanism, key: number, data: Uint8Array, signature: Uint8Array): void {
    const { module, session } = this;
    agreed(
      () => this.verify(mechanism, key, data, signature),
      () => {
        module.C_VerifyInit(session, mechanism, key);
        for (const part of cut(data)) module.C_VerifyUpdate(session, part);
        module.C_VerifyFinal(session, signature);
        return undefined;
      },
      () => {
        module.C_VerifySignatureInit(session, mechanism, key, signature);
        module.C_VerifySignature(session, data);
        return undefined;
      },
      () => {
        module.C_VerifySignatureInit(session, mechanism, key, signature);
        for (const part of cut(data)) module.C_VerifySignatureUpdate(session, part);
        module.C_VerifySignatureFinal(session);
        return undefined;
      },
    );
  }

  digest(mechanism: Mechanism, data: Uint8Array): Uint8Array {
    this.module.C_DigestInit(this.session, mechanism);
    return this.module.C_Digest(this.session, data)[0];
  }

  digestEveryWay(mechanism: Mechanism, data: Uint8Array): Uint8Array {
    return agreed(
      () => this.digest(mechanism, data),
      () => {
        this.module.C_DigestInit(this.session, mechanism);
        for (const part of cut(data)) this.module.C_DigestUpdate(this.session, part);
        return this.module.C_DigestFinal(this.session)[0];
      },
    );
  }

  encrypt(mechanism: Mechanism, key: number, data: Uint8Array): Uint8Array {
    this.module.C_EncryptInit(this.session, mechanism, key);
    return this.module.C_Encrypt(this.session, data)[0];
  }

  /** For what is the same whenever it is encrypted. */
  encryptEveryWay(mechanism: Mechanism, key: number, data: Uint8Array): Uint8Array {
    const { module, session } = this;
    return agreed(
      () => this.encrypt(mechanism, key, data),
      () => {
        module.C_EncryptInit(session, mechanism, key);
        const parts = cut(data).map((part) => module.C_EncryptUpdate(session, part)[0]);
        return Buffer.concat([...parts, module.C_EncryptFinal(session)[0]]);
      },
    );
  }

  decrypt(mechanism: Mechanism, key: number, data: Uint8Array): Uint8Array {
    this.module.C_DecryptInit(this.session, mechanism, key);
    return this.module.C_Decrypt(this.session, data)[0];
  }

  decryptEveryWay(mechanism: Mechanism, key: number, data: Uint8Array): Uint8Array {
    const { module, session } = this;
    return agreed(
      () => this.decrypt(mechanism, key, data),
      () => {
        module.C_DecryptInit(session, mechanism, key);
        const parts = cut(data).map((part) => module.C_DecryptUpdate(session, part)[0]);
        return Buffer.concat([...parts, module.C_DecryptFinal(session)[0]]);
      },
    );
  }

  derive(mechanism: Mechanism, base: number, attributes: Template): number {
    return this.keep(this.module.C_DeriveKey(this.session, mechanism, base, attributes)[0]);
  }

  wrap(mechanism: Mechanism, by: number, key: number): Uint8Array {
    return this.module.C_WrapKey(this.session, mechanism, by, key)[0];
  }

  unwrap(mechanism: Mechanism, by: number, wrapped: Uint8Array, attributes: Template): number {
    return this.keep(this.module.C_UnwrapKey(this.session, mechanism, by, wrapped, attributes)[0]);
  }
}
