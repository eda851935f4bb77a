// OpenSSL through libp11's engine: keys named by PKCS#11 URIs, signatures checked without the engine.
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect } from 'vitest';
import type { Token } from '../support/module.ts';
import { modulePath } from '../support/paths.ts';
import { needs, unavailable } from '../support/program.ts';
import type { Room } from '../support/room.ts';
import { sharedTest as test } from '../support/token.ts';

needs('openssl', 'pkcs11-tool');

const engine = `/usr/lib/${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu/engines-3/pkcs11.so`;

beforeEach(({ skip }) => {
  if (!existsSync(engine)) unavailable(skip, 'OpenSSL has no pkcs11 engine (Debian package libengine-pkcs11-openssl).');
});

const openssl = async (room: Room, ...args: readonly string[]): Promise<string> => {
  const { code, output } = await room.run('openssl', args, { env: { ...room.env, PKCS11_MODULE_PATH: modulePath } });
  if (code !== 0) throw new Error(`openssl ${args.join(' ')} ended with ${code}: ${output}`);
  return output;
};

/** The PIN stands in a file, so that it is in nobody's list of processes. */
const uri = (room: Room, token: Token, type: 'private' | 'public') => {
  writeFileSync(join(room.folder, 'pin'), token.pin);
  return `pkcs11:token=${encodeURIComponent(token.label)};object=a%20key;type=${type}?pin-source=file:${room.folder}/pin`;
};

const generate = (room: Room, token: Token, type: string) =>
  room.run('pkcs11-tool', [
    ...['--module', modulePath, '--token-label', token.label, '--pin', token.pin],
    ...['--keypairgen', '--key-type', type, '--label', 'a key', '--id', '01'],
  ]);

for (const type of ['rsa:2048', 'EC:prime256v1', 'EC:secp384r1']) {
  test(`the engine signs a file and a certificate with ${type}`, async ({ room, token }) => {
    expect(await generate(room, token, type)).toMatchObject({ code: 0 });
    writeFileSync(join(room.folder, 'message'), 'in the strong room');
    const key = ['-engine', 'pkcs11', '-keyform', 'engine'];
    await openssl(room, 'dgst', ...key, '-sha256', '-sign', uri(room, token, 'private'), '-out', 'signature', 'message');
    await openssl(
      room,
      'pkey',
      '-engine',
      'pkcs11',
      '-inform',
      'engine',
      '-pubin',
      '-in',
      uri(room, token, 'public'),
      '-pubout',
      '-out',
      'public.pem',
    );
    expect(await openssl(room, 'dgst', '-sha256', '-verify', 'public.pem', '-signature', 'signature', 'message')).toContain('Verified OK');

    await openssl(
      room,
      'req',
      '-new',
      '-x509',
      ...key,
      '-key',
      uri(room, token, 'private'),
      '-subj',
      '/CN=strong room',
      '-out',
      'certificate.pem',
    );
    expect(await openssl(room, 'verify', '-CAfile', 'certificate.pem', 'certificate.pem')).toContain('certificate.pem: OK');
  });
}
