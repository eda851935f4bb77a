// GnuTLS's p11tool, which initialises with CKF_LIBRARY_CANT_CREATE_OS_THREADS and CKF_OS_LOCKING_OK.
import { createPublicKey } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { generateKeyPair } from '../support/key-pair.ts';
import type { Token } from '../support/module.ts';
import { modulePath } from '../support/paths.ts';
import { needs } from '../support/program.ts';
import type { Room } from '../support/room.ts';
import { sharedTest as test } from '../support/token.ts';

needs('p11tool', 'openssl');

const p11tool = async (room: Room, token: Token, ...args: readonly string[]): Promise<string> => {
  const env = { ...room.env, GNUTLS_PIN: token.pin, GNUTLS_SO_PIN: token.soPin };
  const { code, output } = await room.run('p11tool', [`--provider=${modulePath}`, '--batch', ...args], { env });
  if (code !== 0) throw new Error(`p11tool ${args.join(' ')} ended with ${code}: ${output}`);
  return output;
};

const url = (token: Token) => `pkcs11:token=${encodeURIComponent(token.label)}`;

test('lists the token', async ({ room, token }) => {
  const output = await p11tool(room, token, '--list-tokens');
  expect(output).toMatch(/Label: strong room \d+\n\tType: Generic token\n\tFlags: RNG, Requires login\n/);
});

for (const [type, options] of [
  ['rsa', ['--bits=2048']],
  ['ecdsa', ['--curve=secp256r1']],
] as const) {
  test(`generates a key of type ${type}, lists it, signs with it and takes it away`, async ({ room, token }) => {
    await p11tool(room, token, '--login', `--generate-privkey=${type}`, ...options, '--label=a key', '--outfile=public.pem', url(token));
    expect(readFileSync(join(room.folder, 'public.pem'), 'utf8')).toContain('BEGIN PUBLIC KEY');
    expect(await p11tool(room, token, '--login', '--list-privkeys', url(token))).toContain('Label: a key');
    expect(await p11tool(room, token, '--login', '--test-sign', `${url(token)};object=a%20key`)).not.toMatch(/fail|error/i);
    await p11tool(room, token, '--login', '--delete', `${url(token)};object=a%20key;type=private`);
    await expect(p11tool(room, token, '--login', '--list-privkeys', url(token))).rejects.toThrow('No matching objects found');
  });
}

test('reads an Edwards key’s point in the older form only, which a setting gives it', async ({ room, token, module, session }) => {
  const { key } = generateKeyPair(module, session, 'eddsa', 'edwards');
  const older = { ...room, env: { ...room.env, STRONGROOM_EC_POINT_FORM: 'octet-string' } };
  const exported = await p11tool(older, token, '--login', '--export', `${url(token)};object=edwards;type=public`);
  expect(createPublicKey(exported.slice(exported.indexOf('-----BEGIN'))).equals(key)).toBe(true);
  await expect(p11tool(room, token, '--login', '--export', `${url(token)};object=edwards;type=public`)).rejects.toThrow('DER parsing');
});

test('imports a certificate with its key and exports the certificate again', async ({ room, token }) => {
  const request = [
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-subj',
    '/CN=strong room',
    '-keyout',
    'key.pem',
    '-out',
    'certificate.pem',
  ];
  expect(await room.run('openssl', request)).toMatchObject({ code: 0 });
  await p11tool(room, token, '--login', '--write', '--load-privkey=key.pem', '--label=imported', url(token));
  await p11tool(room, token, '--login', '--write', '--load-certificate=certificate.pem', '--label=imported', url(token));
  const exported = await p11tool(room, token, '--login', '--export', `${url(token)};object=imported;type=cert`);
  writeFileSync(join(room.folder, 'exported.pem'), exported.slice(exported.indexOf('-----BEGIN')));
  const fingerprint = (name: string) => room.run('openssl', ['x509', '-in', name, '-noout', '-fingerprint', '-sha256']);
  expect((await fingerprint('exported.pem')).output).toBe((await fingerprint('certificate.pem')).output);
});
