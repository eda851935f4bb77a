// Encryption and decryption (§5.8, §5.9). How much of its output a cipher gives after which part is its own affair (§5.2); all the parts
// together are the result, and no part is taken twice.
import assert from 'node:assert/strict';
import { createCipheriv, createDecipheriv } from 'node:crypto';
import fc from 'fast-check';
import { CKA, CKK, CKM } from '../../src/protocol/constants.ts';
import { type Act, act, pick } from './act.ts';
import { buffer, bytes, bytesOf, lengthOf } from './caller.ts';
import { VALUES } from './making.ts';
import { beginWithKey, begun, data, IV, inOperation, type Room, room, type Use } from './operations.ts';
import type { Application, Operation, Rule, World } from './world.ts';

type Direction = 'encrypt' | 'decrypt';
const BLOCK = 16;

/** The whole result; undefined where the input is none that has one. */
const run = (direction: Direction, { mechanism, secret, parameter }: Operation, input: Buffer, isPadded: boolean): Buffer | undefined => {
  const algorithm = mechanism === CKM.AES_ECB ? 'aes-128-ecb' : 'aes-128-cbc';
  const iv = mechanism === CKM.AES_ECB ? null : parameter;
  const cipher = direction === 'encrypt' ? createCipheriv(algorithm, secret!, iv) : createDecipheriv(algorithm, secret!, iv);
  cipher.setAutoPadding(isPadded);
  try {
    return Buffer.concat([cipher.update(input), cipher.final()]);
  } catch {
    return undefined;
  }
};

const whole = (direction: Direction, operation: Operation, input: Buffer): Buffer | undefined =>
  run(direction, operation, input, operation.mechanism === CKM.AES_CBC_PAD);

/** What is wrong with input that is complete. */
const inputFaults = (direction: Direction, operation: Operation, input: Buffer) => {
  const isPadded = operation.mechanism === CKM.AES_CBC_PAD;
  if (direction === 'encrypt') return [!isPadded && input.length % BLOCK !== 0 && ('DATA_LEN_RANGE' as const)];
  if (input.length % BLOCK !== 0 || (isPadded && input.length === 0)) return ['ENCRYPTED_DATA_LEN_RANGE' as const];
  // Whether the padding of an unknown key's plaintext is right, nobody knows before.
  return [operation.secret !== undefined && whole(direction, operation, input) === undefined && ('ENCRYPTED_DATA_INVALID' as const)];
};

/** What complete blocks become, as far as it is settled. */
const settled = (direction: Direction, operation: Operation): Buffer =>
  run(direction, operation, operation.input.subarray(0, operation.input.length - (operation.input.length % BLOCK)), false)!;

const NO_INPUT = Buffer.alloc(0);

/** Too little room: the call is to be repeated. What another call makes of the operation then is the token's affair ("relaxed", §5.2). */
const unfinished = ({ unfinished: due }: Operation, call: string, input: Buffer): 'FUNCTION_FAILED' | false =>
  due !== undefined && !(due.call === call && due.input.equals(input)) && 'FUNCTION_FAILED';

const space = (wanted: Room, input: number) => buffer({ none: undefined, little: 0, enough: input + 64 }[wanted]);

const once =
  (direction: Direction, call: string) =>
  (_: World, application: Application, choices: { session: number; part: Buffer; room: Room }): Rule =>
    inOperation(
      direction,
      call,
      application,
      choices.session,
      [bytes(choices.part), space(choices.room, choices.part.length)],
      (operation, end) => {
        const wrong = inputFaults(direction, operation, choices.part);
        const expected = operation.secret && whole(direction, operation, choices.part);
        const least = expected?.length ?? 0;
        // A length may be told before the input is looked at, and a buffer found too small.
        const isShort = choices.room === 'little' && least > 0;
        const isUnknown = operation.secret === undefined && direction === 'decrypt';
        return {
          faults: [
            operation.parted === true && 'OPERATION_ACTIVE',
            isShort && 'BUFFER_TOO_SMALL',
            ...(choices.room === 'none' ? [] : wrong),
          ],
          freedom: [
            operation.parted === 'asked' && 'OPERATION_ACTIVE',
            choices.room === 'little' && 'BUFFER_TOO_SMALL',
            isUnknown && 'ENCRYPTED_DATA_INVALID',
            ...(choices.room === 'none' ? wrong : []),
            unfinished(operation, call, choices.part),
          ],
          succeed: ([output]) => {
            if (choices.room === 'none') return assert(lengthOf(output) >= least, 'the length suffices');
            if (expected) assert.deepEqual(bytesOf(output), expected);
            end();
          },
          fail: (rv) => {
            if (rv === 'BUFFER_TOO_SMALL') operation.unfinished = { call, input: choices.part };
          },
        };
      },
    );

const update =
  (direction: Direction, call: string) =>
  (_: World, application: Application, choices: { session: number; part: Buffer; room: Room }): Rule =>
    inOperation(
      direction,
      call,
      application,
      choices.session,
      [bytes(choices.part), space(choices.room, choices.part.length)],
      (operation) => ({
        faults: [],
        freedom: [choices.room === 'little' && 'BUFFER_TOO_SMALL', unfinished(operation, call, choices.part)],
        succeed: ([output]) => {
          if (choices.room === 'none') {
            operation.parted ||= 'asked';
            return;
          }
          operation.unfinished = undefined;
          operation.parted = true;
          operation.input = Buffer.concat([operation.input, choices.part]);
          operation.output = Buffer.concat([operation.output, bytesOf(output)]);
          if (!operation.secret) return;
          const expected = settled(direction, operation).subarray(0, operation.output.length);
          assert.deepEqual(operation.output, expected, 'no more than the input settles, and nothing twice');
        },
        fail: (rv) => {
          if (rv !== 'BUFFER_TOO_SMALL') return;
          operation.parted ||= 'asked';
          operation.unfinished = { call, input: choices.part };
        },
      }),
    );

const final =
  (direction: Direction, call: string) =>
  (_: World, application: Application, choices: { session: number; room: Room }): Rule =>
    inOperation(direction, call, application, choices.session, [space(choices.room, BLOCK)], (operation, end) => {
      const wrong = inputFaults(direction, operation, operation.input);
      const expected = operation.secret && whole(direction, operation, operation.input);
      const rest = expected?.subarray(operation.output.length);
      const isUnknown = operation.secret === undefined && direction === 'decrypt';
      return {
        faults: choices.room === 'none' ? [] : [choices.room === 'little' && !!rest?.length && 'BUFFER_TOO_SMALL', ...wrong],
        freedom: [
          choices.room === 'little' && 'BUFFER_TOO_SMALL',
          isUnknown && 'ENCRYPTED_DATA_INVALID',
          ...(choices.room === 'none' ? wrong : []),
          unfinished(operation, call, NO_INPUT),
        ],
        succeed: ([output]) => {
          if (choices.room === 'none') return assert(lengthOf(output) >= (rest?.length ?? 0), 'the length suffices');
          if (rest) assert.deepEqual(bytesOf(output), rest, 'all the parts together are the result');
          end();
        },
        fail: (rv) => {
          if (rv === 'BUFFER_TOO_SMALL') operation.unfinished = { call, input: NO_INPUT };
        },
      };
    });

const MECHANISMS = [
  [CKM.AES_CBC_PAD, CKK.AES],
  [CKM.AES_CBC_PAD, CKK.AES],
  [CKM.AES_ECB, CKK.AES],
] as const;
const ENCRYPT: Use = { name: 'encrypt', init: 'C_EncryptInit', permission: CKA.ENCRYPT, mechanisms: MECHANISMS };
const DECRYPT: Use = { name: 'decrypt', init: 'C_DecryptInit', permission: CKA.DECRYPT, mechanisms: MECHANISMS };
const part = { session: pick(), part: data, room };

/** What was encrypted with the keys that applications bring, or anything. */
const ciphertext = fc.oneof(
  data,
  data.map((plaintext) => {
    const cipher = createCipheriv('aes-128-cbc', VALUES.aes, IV);
    return Buffer.concat([cipher.update(plaintext), cipher.final()]);
  }),
);
const cipherPart = { ...part, part: ciphertext };

export const cipherActs: Record<string, Act> = {
  encryptInit: act(5, begun, beginWithKey(ENCRYPT)),
  encrypt: act(3, part, once('encrypt', 'C_Encrypt')),
  encryptUpdate: act(4, part, update('encrypt', 'C_EncryptUpdate')),
  encryptFinal: act(3, { session: pick(), room }, final('encrypt', 'C_EncryptFinal')),
  decryptInit: act(5, begun, beginWithKey(DECRYPT)),
  decrypt: act(3, cipherPart, once('decrypt', 'C_Decrypt')),
  decryptUpdate: act(4, cipherPart, update('decrypt', 'C_DecryptUpdate')),
  decryptFinal: act(3, { session: pick(), room }, final('decrypt', 'C_DecryptFinal')),
};
