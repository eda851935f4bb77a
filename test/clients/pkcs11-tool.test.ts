// OpenSC's pkcs11-tool: a token from its first day, keys of every kind it can make, and openssl as the other opinion.
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import type { Token } from '../support/module.ts';
import { modulePath } from '../support/paths.ts';
import { type Finished, needs } from '../support/program.ts';
import { test as ownStore, type Room } from '../support/room.ts';
import { sharedTest as test } from '../support/token.ts';

needs('pkcs11-tool', 'openssl');

const tool = (room: Room, ...args: readonly string[]): Promise<Finished> => room.run('pkcs11-tool', ['--module', modulePath, ...args]);

/** As the token's user; what it says of the key's attributes goes to stdout. */
const asUser =
  (room: Room, token: Token) =>
  async (...args: readonly string[]): Promise<string> => {
    const { code, output } = await tool(room, '--token-label', token.label, '--pin', token.pin, ...args);
    if (code !== 0) throw new Error(`pkcs11-tool ${args.join(' ')}: ${output}`);
    return output;
  };

const succeeds = async (room: Room, program: string, ...args: readonly string[]): Promise<void> => {
  const { code, output } = await room.run(program, args);
  if (code !== 0) throw new Error(`${program} ${args.join(' ')}: ${output}`);
};

const message = 'The strong room of the bank is below the street.\n';

const writeMessage = ({ folder }: Room): void => {
  writeFileSync(join(folder, 'message'), message);
  writeFileSync(join(folder, 'other'), `${message}!`);
};

const first = ['--slot-index', '0'] as const;

describe('a new token', () => {
  ownStore('is initialised, gets its PINs, and keeps what the one user made from the other', async ({ room }) => {
    const label = 'new token';
    const here = ['--token-label', label] as const;
    expect(await tool(room, '--init-token', ...first, '--label', label, '--so-pin', '12345678')).toMatchObject({ code: 0 });
    const initPin = ['--init-pin', '--login', '--login-type', 'so', '--so-pin', '12345678', '--new-pin', '123456'];
    expect(await tool(room, ...here, ...initPin)).toMatchObject({ code: 0 });
    expect((await tool(room, '--list-token-slots')).output).toMatch(/token label +: new token\n[\s\S]*token initialized, PIN initialized/);

    expect(await tool(room, ...here, '--login', '--pin', '123456', '--change-pin', '--new-pin', '654321')).toMatchObject({ code: 0 });
    const wrong = await tool(room, ...here, '--pin', '123456', '--list-objects');
    expect(wrong.code).not.toBe(0);
    expect(wrong.output).toContain('CKR_PIN_INCORRECT');
    expect(await tool(room, ...here, '--pin', '654321', '--list-objects')).toMatchObject({ code: 0 });
  });
});

interface KeyPair {
  readonly type: string;
  readonly mechanism: string;
  /** Options that make pkcs11-tool write what openssl reads. */
  readonly format: readonly string[];
  /** What the mechanism signs of a text: the text itself, or a digest of it. */
  readonly input: (text: string) => string | Uint8Array;
  /** openssl's words, but for the file that was signed. */
  readonly verify: readonly string[];
}

const whole = (text: string) => text;
const digested = (name: string) => (text: string) => createHash(name).update(text).digest();

const check = (digest: string, ...options: readonly string[]) => [
  ...['dgst', `-${digest}`, ...options, '-keyform', 'DER', '-verify', 'public', '-signature', 'signature'],
];

const rsa = (mechanism: string, ...options: readonly string[]): KeyPair => ({
  type: 'rsa:2048',
  mechanism,
  format: [],
  input: whole,
  verify: check('sha256', ...options),
});

const ecdsa = (type: string, digest: string, mechanism = 'ECDSA'): KeyPair => ({
  type,
  mechanism,
  format: ['--signature-format', 'openssl'],
  input: mechanism === 'ECDSA' ? digested(digest) : whole,
  verify: check(digest),
});

const eddsa: KeyPair = {
  type: 'EC:edwards25519',
  mechanism: 'EDDSA',
  format: [],
  input: whole,
  verify: ['pkeyutl', '-verify', '-pubin', '-keyform', 'DER', '-inkey', 'public', '-rawin', '-sigfile', 'signature', '-in'],
};

const keyPairs: readonly KeyPair[] = [
  rsa('SHA256-RSA-PKCS'),
  rsa('SHA256-RSA-PKCS-PSS', '-sigopt', 'rsa_padding_mode:pss', '-sigopt', 'rsa_pss_saltlen:32'),
  ecdsa('EC:prime256v1', 'sha256'),
  ecdsa('EC:secp384r1', 'sha384'),
  ecdsa('EC:secp521r1', 'sha512'),
  ecdsa('EC:secp256k1', 'sha256'),
  ecdsa('EC:prime256v1', 'sha256', 'ECDSA-SHA256'),
  ecdsa('EC:secp384r1', 'sha384', 'ECDSA-SHA384'),
  eddsa,
];

const der = (tag: number, ...parts: readonly Uint8Array[]): Buffer => {
  const body = Buffer.concat(parts);
  return Buffer.concat([Buffer.from(body.length < 128 ? [tag, body.length] : [tag, 0x81, body.length]), body]);
};

const id = {
  ecPublicKey: Buffer.from('06072a8648ce3d0201', 'hex'),
  ed25519: Buffer.from('06032b6570', 'hex'),
};

/** A SubjectPublicKeyInfo of what pkcs11-tool lists: this version cannot write a P-384 or Edwards key as a file. */
const publicKeyOf = (listing: string): Buffer => {
  const [point, params] = ['EC_POINT', 'EC_PARAMS'].map((name) =>
    Buffer.from(new RegExp(`${name}: +([0-9a-f]+)`).exec(listing)?.[1] ?? '', 'hex'),
  );
  // Since v3.1 an Edwards point is bare, the others lie in an OCTET STRING.
  if (point!.length === 32) return der(0x30, der(0x30, id.ed25519), der(0x03, Buffer.of(0), point!));
  return der(0x30, der(0x30, id.ecPublicKey, params!), der(0x03, Buffer.of(0), point!.subarray(point![1]! < 128 ? 2 : 3)));
};

const writePublicKey = async (room: Room, user: ReturnType<typeof asUser>, type: string): Promise<void> => {
  if (type.startsWith('rsa')) await user('--read-object', '--type', 'pubkey', '--id', '01', '-o', 'public');
  else writeFileSync(join(room.folder, 'public'), publicKeyOf(await user('--list-objects', '--type', 'pubkey')));
};

describe('key pairs', () => {
  for (const { type, mechanism, format, input, verify } of keyPairs) {
    test(`${type} signs with ${mechanism}, openssl and the token accept it, and neither accepts another message`, async ({
      room,
      token,
    }) => {
      const user = asUser(room, token);
      writeMessage(room);
      const key = ['--id', '01', '-m', mechanism, ...format] as const;
      await user('--keypairgen', '--key-type', type, '--label', 'a key', '--id', '01');
      expect(await user('--list-objects')).toContain('sensitive, always sensitive, never extractable, local');

      writeFileSync(join(room.folder, 'input'), input(message));
      await user('--sign', ...key, '-i', 'input', '-o', 'signature');
      await writePublicKey(room, user, type);
      await succeeds(room, 'openssl', ...verify, 'message');
      expect((await room.run('openssl', [...verify, 'other'])).code).not.toBe(0);

      const again = ['--token-label', token.label, '--pin', token.pin, '--verify', ...key, '--signature-file', 'signature'];
      expect((await tool(room, ...again, '-i', 'input')).output).toContain('Signature is valid');
      writeFileSync(join(room.folder, 'other input'), input(`${message}!`));
      expect((await tool(room, ...again, '-i', 'other input')).output).toContain('Invalid signature');
    });
  }

  test('a P-256 public key is written as a file that openssl reads', async ({ room, token }) => {
    const user = asUser(room, token);
    await user('--keypairgen', '--key-type', 'EC:prime256v1', '--label', 'a key', '--id', '01');
    await user('--read-object', '--type', 'pubkey', '--id', '01', '-o', 'public');
    expect(readFileSync(join(room.folder, 'public'))).toEqual(publicKeyOf(await user('--list-objects', '--type', 'pubkey')));
  });
});

describe('secret keys', () => {
  test('a generated AES key is listed and its value stays inside', async ({ room, token }) => {
    const user = asUser(room, token);
    await user('--keygen', '--key-type', 'AES:32', '--label', 'a key', '--id', '01', '--sensitive');
    expect(await user('--list-objects', '--type', 'secrkey')).toMatch(/Secret Key Object; AES length 32\n +label: +a key/);
    const read = await tool(room, '--token-label', token.label, '--pin', token.pin, '--read-object', '--type', 'secrkey', '--id', '01');
    expect(read.code).not.toBe(0);
  });

  test('an imported AES key encrypts what openssl decrypts', async ({ room, token }) => {
    const user = asUser(room, token);
    writeMessage(room);
    const [key, iv] = ['00112233445566778899aabbccddeeff', '0f0e0d0c0b0a09080706050403020100'];
    writeFileSync(join(room.folder, 'key'), Buffer.from(key, 'hex'));
    await user('--write-object', 'key', '--type', 'secrkey', '--key-type', 'AES:16', '--id', '01', '--label', 'imported');
    await user('--encrypt', '--id', '01', '-m', 'AES-CBC-PAD', '--iv', iv, '-i', 'message', '-o', 'sealed');
    await succeeds(room, 'openssl', 'enc', '-d', '-aes-128-cbc', '-K', key, '-iv', iv, '-in', 'sealed', '-out', 'opened');
    expect(readFileSync(join(room.folder, 'opened'), 'utf8')).toBe(message);
    await user('--decrypt', '--id', '01', '-m', 'AES-CBC-PAD', '--iv', iv, '-i', 'sealed', '-o', 'opened again');
    expect(readFileSync(join(room.folder, 'opened again'), 'utf8')).toBe(message);
  });
});

describe('other objects', () => {
  test('a certificate and a private data object are stored, found and read back', async ({ room, token }) => {
    const user = asUser(room, token);
    writeMessage(room);
    const request = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-subj', '/CN=strong room'];
    await succeeds(room, 'openssl', ...request, '-keyout', 'key.pem', '-outform', 'DER', '-out', 'certificate');
    await user('--write-object', 'certificate', '--type', 'cert', '--id', '02', '--label', 'a certificate');
    await user('--write-object', 'message', '--type', 'data', '--label', 'a letter', '--application-label', 'post', '--private');

    expect(await user('--list-objects', '--type', 'cert')).toMatch(/X\.509 cert\n +label: +a certificate\n +subject: +DN: CN=strong room/);
    await user('--read-object', '--type', 'cert', '--id', '02', '-o', 'read certificate');
    expect(readFileSync(join(room.folder, 'read certificate'))).toEqual(readFileSync(join(room.folder, 'certificate')));
    await user('--read-object', '--type', 'data', '--label', 'a letter', '-o', 'read letter');
    expect(readFileSync(join(room.folder, 'read letter'), 'utf8')).toBe(message);
    expect((await tool(room, '--token-label', token.label, '--list-objects')).output).not.toContain('a letter');
  });

  test('an imported private key signs as openssl does, and is gone once deleted', async ({ room, token }) => {
    const user = asUser(room, token);
    writeMessage(room);
    await succeeds(room, 'openssl', 'genpkey', '-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048', '-outform', 'DER', '-out', 'key');
    await user('--write-object', 'key', '--type', 'privkey', '--id', '03', '--label', 'imported', '--usage-sign');
    await user('--sign', '--id', '03', '-m', 'SHA256-RSA-PKCS', '-i', 'message', '-o', 'signature');
    await succeeds(room, 'openssl', 'dgst', '-sha256', '-sign', 'key', '-keyform', 'DER', '-out', 'expected', 'message');
    expect(readFileSync(join(room.folder, 'signature'))).toEqual(readFileSync(join(room.folder, 'expected')));

    await user('--delete-object', '--type', 'privkey', '--id', '03');
    expect(await user('--list-objects')).not.toContain('imported');
  });
});

describe('its own tests of a module', () => {
  test('--test finds no error', async ({ room, token }) => {
    const user = asUser(room, token);
    await user('--keypairgen', '--key-type', 'rsa:2048', '--label', 'a key', '--id', '01');
    const output = await user('--test', '--allow-sw');
    expect(output).toContain('No errors');
    expect(output).toContain('all 4 digest functions seem to work');
    expect(output).toContain('all 4 signature functions seem to work');
  });

  test('--test-ec makes, changes and uses a key', async ({ room, token }) => {
    const output = await asUser(room, token)('--session-rw', '--test-ec', '--key-type', 'EC:prime256v1', '--id', '05');
    expect(output).toContain('==> OK');
    expect(output).not.toMatch(/ERR:|didn't return/);
  });

  test('--test-fork: the child of an initialised process may initialise', async ({ room, token }) => {
    await asUser(room, token)('--test-fork');
  });
});
