// `strongroom objects`: what is in a token. Without a PIN these are its public objects.

import type { Handle, PKCS11 } from 'pkcs11js';
import { CKA, CKC, CKK, CKO } from '../protocol/constants.ts';
import { chosenToken } from './choose.ts';
import { type Command, type Options, type Outcome, USER_PIN, WHICH_TOKEN } from './command.ts';
import { curveNamed, keyTypeNamed } from './keytypes.ts';
import { login, nameIn, openLibrary, openSession, returnValueIn, type Session } from './library.ts';
import { givenPin, readPin } from './pin.ts';
import { table } from './tables.ts';

interface Shown {
  readonly class: string;
  readonly type: string;
  readonly label: string;
  readonly id: string;
  readonly flags: readonly string[];
}

type Read = (attribute: number) => Buffer | undefined;

const FLAGS = [
  'PRIVATE',
  'SENSITIVE',
  'EXTRACTABLE',
  'ALWAYS_AUTHENTICATE',
  'SIGN',
  'VERIFY',
  'ENCRYPT',
  'DECRYPT',
  'WRAP',
  'UNWRAP',
  'DERIVE',
  'ENCAPSULATE',
  'DECAPSULATE',
] as const;

const KEYS: ReadonlySet<number> = new Set([CKO.PUBLIC_KEY, CKO.PRIVATE_KEY, CKO.SECRET_KEY, CKO.OTP_KEY]);
const BATCH = 64;

const ulong = (value: Buffer | undefined) => (value?.length === 8 ? Number(value.readBigUInt64LE()) : undefined);

/** How the size of a key of a type is found, in the words of `keygen --type`. */
const SIZES: Readonly<Record<number, (read: Read) => string | undefined>> = {
  [CKK.RSA]: (read) => bits(read(CKA.MODULUS)),
  [CKK.EC]: (read) => curve(read),
  [CKK.AES]: (read) => times(ulong(read(CKA.VALUE_LEN)), 8),
  [CKK.GENERIC_SECRET]: (read) => times(ulong(read(CKA.VALUE_LEN)), 1),
  [CKK.ML_DSA]: (read) => ({ 1: '44', 2: '65', 3: '87' })[ulong(read(CKA.PARAMETER_SET)) ?? 0],
  [CKK.ML_KEM]: (read) => ({ 1: '512', 2: '768', 3: '1024' })[ulong(read(CKA.PARAMETER_SET)) ?? 0],
};

const bits = (modulus: Buffer | undefined) => (modulus?.length ? String(modulus.length * 8) : undefined);
const times = (count: number | undefined, factor: number) => (count === undefined ? undefined : String(count * factor));
const curve = (read: Read) => {
  const parameters = read(CKA.EC_PARAMS);
  return parameters && (curveNamed(parameters) ?? parameters.toString('hex'));
};

function typeOf(objectClass: number, read: Read): string {
  if (objectClass === CKO.CERTIFICATE) return nameIn(CKC, ulong(read(CKA.CERTIFICATE_TYPE)) ?? 0);
  if (!KEYS.has(objectClass)) return '';
  const keyType = ulong(read(CKA.KEY_TYPE)) ?? 0;
  if (keyType === CKK.EC_EDWARDS || keyType === CKK.EC_MONTGOMERY) return curve(read) ?? nameIn(CKK, keyType);
  const size = SIZES[keyType]?.(read);
  return [keyTypeNamed(keyType) ?? nameIn(CKK, keyType), ...(size === undefined ? [] : [size])].join(':');
}

function readerOf(pkcs11: PKCS11, session: Handle, object: Handle): Read {
  return (type) => {
    try {
      return pkcs11.C_GetAttributeValue(session, object, [{ type }])[0]?.value as Buffer | undefined;
    } catch (error) {
      // Each class has other attributes; one that this object lacks is no failure.
      if (returnValueIn(error, 'ATTRIBUTE_TYPE_INVALID', 'ATTRIBUTE_SENSITIVE')) return undefined;
      throw error;
    }
  };
}

function show(read: Read): Shown {
  const objectClass = ulong(read(CKA.CLASS)) ?? 0;
  const isKey = KEYS.has(objectClass);
  const flags = (isKey ? FLAGS : (['PRIVATE'] as const)).filter((flag) => read(CKA[flag])?.[0] === 1);
  return {
    class: nameIn(CKO, objectClass),
    type: typeOf(objectClass, read),
    label: read(CKA.LABEL)?.toString('utf8') ?? '',
    id: read(CKA.ID)?.toString('hex') ?? '',
    flags: flags.map((flag) => flag.toLowerCase().replaceAll('_', '-')),
  };
}

function list({ pkcs11, handle }: Session): Shown[] {
  const shown: Shown[] = [];
  // The token's own (profiles) are no storage objects: they have no CKA_TOKEN.
  pkcs11.C_FindObjectsInit(handle, [{ type: CKA.TOKEN, value: true }]);
  for (let found = pkcs11.C_FindObjects(handle, BATCH); found.length > 0; found = pkcs11.C_FindObjects(handle, BATCH)) {
    shown.push(...found.map((object) => show(readerOf(pkcs11, handle, object))));
  }
  pkcs11.C_FindObjectsFinal(handle);
  return shown;
}

async function run(options: Options): Promise<Outcome> {
  using library = openLibrary();
  const slot = chosenToken(library, options);
  const pin = options.login ? await readPin('user', options) : givenPin('user', options);
  using session = openSession(library, slot);
  if (pin !== undefined) login(session, 'USER', pin);
  const objects = list(session);
  const rows = objects.map((object) => [object.class, object.type, object.label, object.id, object.flags.join(' ')]);
  const note = pin === undefined ? '\nThese are the public objects; --login shows the private ones too.' : '';
  const text =
    rows.length === 0
      ? `There are no objects to show in the token "${slot.label}".`
      : table(['CLASS', 'TYPE', 'LABEL', 'ID', 'FLAGS'], rows);
  return { json: objects, text: text + note };
}

export const objects: Command = {
  name: 'objects',
  summary: 'list what is in a token',
  options: [...WHICH_TOKEN, ['--login', 'ask for the user PIN and list private objects too'], ...USER_PIN],
  run,
};
