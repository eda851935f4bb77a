// `strongroom keygen`: a key, or a pair, that stays in the token: private, sensitive, not extractable.

import { randomBytes } from 'node:crypto';
import type { Template } from 'pkcs11js';
import { CKA } from '../protocol/constants.ts';
import { chosenToken } from './choose.ts';
import { type Command, type Options, type Outcome, textOption, USER_PIN, WHICH_TOKEN } from './command.ts';
import { EXIT, Failure } from './failure.ts';
import { EVERY_TYPE, type Recipe, recipeFor } from './keytypes.ts';
import { login, openLibrary, openSession, type Session } from './library.ts';
import { readPin } from './pin.ts';

/** What a use of a key means for its public and for its private or secret half. */
const USES: Readonly<Record<string, readonly [pub: number, own: number]>> = {
  sign: [CKA.VERIFY, CKA.SIGN],
  encrypt: [CKA.ENCRYPT, CKA.DECRYPT],
  wrap: [CKA.WRAP, CKA.UNWRAP],
  derive: [CKA.DERIVE, CKA.DERIVE],
  encapsulate: [CKA.ENCAPSULATE, CKA.DECAPSULATE],
};

const attributes = (types: readonly number[], value: boolean): Template => [...new Set(types)].map((type) => ({ type, value }));

function named(label: string, id: Buffer): Template {
  return [...attributes([CKA.TOKEN], true), { type: CKA.LABEL, value: label }, { type: CKA.ID, value: id }];
}

function generate({ pkcs11, handle }: Session, recipe: Recipe, name: Template): void {
  const { mechanism, size, pair, uses } = recipe;
  const kept = [...attributes([CKA.PRIVATE, CKA.SENSITIVE], true), ...attributes([CKA.EXTRACTABLE], false)];
  const [publicUses, ownUses] = [0, 1].map((half) => uses.map((use) => USES[use]?.[half] ?? 0)) as [number[], number[]];
  if (pair) {
    // A public key that may derive is no notion of the standard's: that is the private half's.
    const open = attributes(
      [...publicUses].filter((type) => type !== CKA.DERIVE),
      true,
    );
    const publicKey = [...name, ...attributes([CKA.PRIVATE], false), ...open, ...size];
    pkcs11.C_GenerateKeyPair(handle, { mechanism }, publicKey, [...name, ...kept, ...attributes(ownUses, true)]);
  } else {
    pkcs11.C_GenerateKey(handle, { mechanism }, [...name, ...kept, ...attributes([...publicUses, ...ownUses], true), ...size]);
  }
}

function idFrom(options: Options): Buffer {
  const typed = textOption(options, 'id');
  if (typed === undefined) return randomBytes(8);
  if (!/^([0-9a-f]{2}){1,64}$/i.test(typed))
    throw new Failure(`--id is pairs of hexadecimal digits, like a1b2, not "${typed}".`, EXIT.usage);
  return Buffer.from(typed, 'hex');
}

async function run(options: Options): Promise<Outcome> {
  const [type = '', label = ''] = [textOption(options, 'type'), textOption(options, 'label')];
  const recipe = recipeFor(type);
  const id = idFrom(options);
  using library = openLibrary();
  const slot = chosenToken(library, options);
  const pin = await readPin('user', options);
  using session = openSession(library, slot, true);
  login(session, 'USER', pin);
  generate(session, recipe, named(label, id));
  const made = { token: slot.label, label, id: id.toString('hex'), type };
  return { json: made, text: `The ${type} key "${label}" with the id ${made.id} is in the token "${slot.label}".` };
}

export const keygen: Command = {
  name: 'keygen',
  summary: 'generate a key or a key pair in a token',
  options: [
    ...WHICH_TOKEN,
    ['--label <label>', 'the key’s label'],
    ['--type <type>', EVERY_TYPE.join(', ')],
    ['--id <hex>', 'the key’s id (default: a random one)'],
    ...USER_PIN,
  ],
  required: ['label', 'type'],
  run,
};
