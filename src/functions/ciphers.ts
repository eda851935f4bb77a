// Encryption and decryption (§5.8, §5.9): the same calls with the directions changed.

import type { Ciphering, KeyUse } from '../mechanisms/mechanism.ts';
import { InPlace, Needed } from '../protocol/codec.ts';
import type { Context } from '../token/context.ts';
import { sessionOf } from '../token/context.ts';
import { isMaker, type OneShot, type Operation } from '../token/operation.ts';
import type { Session } from '../token/session.ts';
import { ApartDecrypting, beginMaybeApart, decryptApart } from './apart.ts';
import { EMPTY, type Handlers } from './handler.ts';
import { active, beginWithKey, type Keyed, parted, whole } from './key.ts';

type Direction = 'encrypt' | 'decrypt';
type Output = OneShot | Needed;

export const ciphers: Pick<
  Handlers,
  | 'C_EncryptInit'
  | 'C_Encrypt'
  | 'C_EncryptUpdate'
  | 'C_EncryptFinal'
  | 'C_DecryptInit'
  | 'C_Decrypt'
  | 'C_DecryptUpdate'
  | 'C_DecryptFinal'
> = {
  C_EncryptInit: (context, { hSession, pMechanism, hKey }) =>
    beginWithKey(context, sessionOf(context, hSession), 'encrypt', pMechanism, hKey),
  C_Encrypt: (context, { hSession, pData, pEncryptedData }) => {
    const session = sessionOf(context, hSession);
    return { pEncryptedData: once(session, 'encrypt', whole(session, 'encrypt'), pData ?? EMPTY, pEncryptedData) };
  },
  C_EncryptUpdate: (context, { hSession, pPart, pEncryptedPart }) => ({
    pEncryptedPart: update(context, 'encrypt', hSession, pPart, pEncryptedPart),
  }),
  C_EncryptFinal: (context, { hSession, pLastEncryptedPart }) => ({
    pLastEncryptedPart: final(context, 'encrypt', hSession, pLastEncryptedPart),
  }),

  C_DecryptInit: (context, { hSession, pMechanism, hKey }) =>
    beginMaybeApart(context, sessionOf(context, hSession), 'decrypt', pMechanism, hKey, apartDecrypting),
  C_Decrypt: (context, { hSession, pEncryptedData, pData }) => {
    const session = sessionOf(context, hSession);
    const operation = whole<Ciphering | ApartDecrypting>(session, 'decrypt');
    const data = pEncryptedData ?? EMPTY;
    if (isApart(operation)) return decryptApart(context, session, operation, data, pData);
    return { pData: once(session, 'decrypt', operation as Operation<Keyed<Ciphering>>, data, pData) };
  },
  C_DecryptUpdate: (context, { hSession, pEncryptedPart, pPart }) => ({
    pPart: update(context, 'decrypt', hSession, pEncryptedPart, pPart),
  }),
  C_DecryptFinal: (context, { hSession, pLastPart }) => ({ pLastPart: final(context, 'decrypt', hSession, pLastPart) }),
};

const apartDecrypting = (doing: Ciphering, of: KeyUse) => new ApartDecrypting(doing, of);
const isApart = (operation: Operation<Keyed<Ciphering | ApartDecrypting>>): operation is Operation<Keyed<ApartDecrypting>> =>
  operation.active.doing instanceof ApartDecrypting;

function once(session: Session, direction: Direction, operation: Operation<Keyed<Ciphering>>, data: Uint8Array, space: number): Output {
  const { doing } = operation.active;
  const bound = doing.bound(data.length);
  const inPlace = isMaker(doing) && operation.fits(space, bound);
  const answer = inPlace ? new InPlace(bound, doing, data) : answerWhole(operation, space, bound, data);
  if (!(answer instanceof Needed)) session.operations.end(direction);
  return answer;
}

const answerWhole = (operation: Operation<Keyed<Ciphering>>, space: number, bound: number, data: Uint8Array): Uint8Array | Needed =>
  operation.answer(space, bound, () => operation.active.doing.once(data), ['whole', data]);

export function update(
  context: Context,
  direction: Direction,
  hSession: number,
  input: Uint8Array | null,
  space: number,
): Uint8Array | Needed {
  const operation = active<Ciphering>(sessionOf(context, hSession), direction);
  const { doing } = operation.active;
  const step = parted(doing.update);
  const part = input ?? EMPTY;
  const answer = operation.answer(space, doing.bound(part.length), () => step.call(doing, part), ['update', part]);
  operation.updated = true;
  return answer;
}

function final(context: Context, direction: Direction, hSession: number, space: number): Output {
  const session = sessionOf(context, hSession);
  const operation = active<Ciphering>(session, direction);
  const { doing } = operation.active;
  const end = parted(doing.final);
  const answer = operation.answer(space, doing.bound(0), () => end.call(doing), ['final']);
  if (!(answer instanceof Needed)) session.operations.end(direction);
  return answer;
}
