// OpenDNSSEC as it is meant to run: the enforcer makes the keys in a token, the signer signs a zone with them.
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { beforeEach, expect } from 'vitest';
import { until } from '../support/engine.ts';
import { repository, writeConf } from '../support/opendnssec.ts';
import { type Finished, find, finished, needs, unavailable } from '../support/program.ts';
import type { Room } from '../support/room.ts';
import { commandLine } from '../support/sanitizer.ts';
import { sharedTest as test } from '../support/token.ts';

needs('ods-enforcerd', 'ods-enforcer', 'ods-signerd', 'ods-signer', 'ldns-verify-zone', 'dnssec-verify', 'unshare');

beforeEach(({ skip }) => {
  if (process.geteuid?.() !== 0) unavailable(skip, 'OpenDNSSEC’s signer has its socket in /run/opendnssec, which only root can give it.');
});

const zone = 'example.org';

/** Milliseconds that a daemon may take to stop. */
const STOPPING = 5_000;

const records = `$ORIGIN ${zone}.
$TTL 300
@ IN SOA ns1 hostmaster 1 3600 900 604800 300
@ NS ns1
ns1 A 192.0.2.1
www A 192.0.2.80
www AAAA 2001:db8::80
www TXT "strong" "room"
mail MX 10 www
_sip._tcp SRV 0 0 5060 www
`;

const policy = (algorithm: number, bits: number) => `<?xml version="1.0" encoding="UTF-8"?>
<KASP>
  <Policy name="test">
    <Description>Keys and signatures of a test</Description>
    <Signatures>
      <Resign>PT10M</Resign>
      <Refresh>PT30M</Refresh>
      <Validity><Default>PT1H</Default><Denial>PT1H</Denial></Validity>
      <Jitter>PT1M</Jitter>
      <InceptionOffset>PT3600S</InceptionOffset>
      <MaxZoneTTL>PT300S</MaxZoneTTL>
    </Signatures>
    <Denial><NSEC/></Denial>
    <Keys>
      <TTL>PT300S</TTL>
      <RetireSafety>PT360S</RetireSafety>
      <PublishSafety>PT360S</PublishSafety>
      <KSK><Algorithm length="${bits}">${algorithm}</Algorithm><Lifetime>P1Y</Lifetime><Repository>${repository}</Repository></KSK>
      <ZSK><Algorithm length="${bits}">${algorithm}</Algorithm><Lifetime>P1Y</Lifetime><Repository>${repository}</Repository></ZSK>
    </Keys>
    <Zone>
      <PropagationDelay>PT300S</PropagationDelay>
      <SOA><TTL>PT300S</TTL><Minimum>PT300S</Minimum><Serial>counter</Serial></SOA>
    </Zone>
    <Parent>
      <PropagationDelay>PT300S</PropagationDelay>
      <DS><TTL>PT300S</TTL></DS>
      <SOA><TTL>PT300S</TTL><Minimum>PT300S</Minimum></SOA>
    </Parent>
  </Policy>
</KASP>
`;

/** What ods-enforcer-db-setup does; that program knows only the system's own conf.xml. */
const createDatabase = ({ folder }: Room): void => {
  const database = new DatabaseSync(join(folder, 'kasp.db'));
  database.exec(readFileSync('/usr/share/opendnssec/schema.sqlite', 'utf8'));
  database.exec('INSERT INTO databaseVersion (version) VALUES (1)');
  database.close();
};

interface Daemon {
  readonly process: ChildProcess;
  readonly end: Promise<Finished>;
}

const pathOf = (program: string): string => find(program) ?? program;

const hasEnded = ({ exitCode, signalCode }: ChildProcess): boolean => exitCode !== null || signalCode !== null;

/** In the foreground, and gone when the test is, whatever becomes of it. */
const start = (room: Room, program: string, args: readonly string[]): Daemon => {
  const process = spawn(...commandLine(pathOf(program), args), { cwd: room.folder, env: room.env });
  const end = finished(process);
  room.atEnd(async () => {
    if (!hasEnded(process)) process.kill('SIGKILL');
    await end;
  });
  return { process, end };
};

/** Talks to a daemon. While it comes up its socket is not there yet; if it ended instead, its own words say why. */
const client =
  (room: Room, daemon: Daemon, program: string, socket: string) =>
  async (...words: readonly string[]): Promise<void> => {
    await until(`${program} ${words.join(' ')}`, async () => {
      if (hasEnded(daemon.process)) throw new Error(`the daemon that ${program} talks to has ended: ${(await daemon.end).output}`);
      return (await room.run(program, ['-s', socket, ...words])).code === 0;
    });
  };

/**
 * Told to stop, version 2.1.12 now and then locks a mutex in its signal handler that the interrupted thread holds, and stays for ever.
 * That is not what is tested here: a daemon that has not gone in time is killed.
 */
const stop = async (room: Room, daemon: Daemon, program: string, socket: string): Promise<void> => {
  await room.run(program, ['-s', socket, 'stop'], { limit: STOPPING });
  const timer = setTimeout(() => daemon.process.kill('SIGKILL'), STOPPING);
  await daemon.end;
  clearTimeout(timer);
};

/** The enforcer makes keys in its own time, and looks again only when told to. */
const makeKeys = async (room: Room, conf: string): Promise<void> => {
  const daemon = start(room, 'ods-enforcerd', ['-d', '-c', conf]);
  const socket = join(room.folder, 'enforcer.sock');
  const enforcer = client(room, daemon, 'ods-enforcer', socket);
  const signconf = join(room.folder, 'signconf.xml');
  await enforcer('policy', 'import');
  const files = ['--input', join(room.folder, 'unsigned'), '--output', join(room.folder, 'signed'), '--signerconf', signconf];
  await enforcer('zone', 'add', '--zone', zone, '--policy', 'test', ...files);
  await until('the zone has both of its keys', async () => {
    await enforcer('enforce');
    const text = existsSync(signconf) ? readFileSync(signconf, 'utf8') : '';
    return text.includes('<KSK/>') && text.includes('<ZSK/>');
  });
  await stop(room, daemon, 'ods-enforcer', socket);
};

/** The signer's socket and pid file are compiled in; where mounting is allowed they still lie in the test's folder. */
const signerIn = async (room: Room, conf: string): Promise<{ daemon: Daemon; socket: string }> => {
  const args = ['-d', '-c', conf];
  if ((await room.run('unshare', ['-m', 'true'])).code !== 0) {
    mkdirSync('/run/opendnssec', { recursive: true });
    return { daemon: start(room, 'ods-signerd', args), socket: '/run/opendnssec/engine.sock' };
  }
  const signerd = commandLine(pathOf('ods-signerd'), args);
  const own = join(room.folder, 'run');
  mkdirSync(own);
  const mounted = 'mount -t tmpfs none /run && mkdir /run/opendnssec && mount --bind "$0" /run/opendnssec && exec "$@"';
  return { daemon: start(room, 'unshare', ['-m', 'sh', '-c', mounted, own, ...signerd.flat()]), socket: join(own, 'engine.sock') };
};

const sign = async (room: Room, conf: string): Promise<string> => {
  const { daemon, socket } = await signerIn(room, conf);
  const signer = client(room, daemon, 'ods-signer', socket);
  await signer('running');
  const signed = join(room.folder, 'signed');
  await until('the zone is signed', () => existsSync(signed));
  await stop(room, daemon, 'ods-signer', socket);
  return signed;
};

const verdicts = async (room: Room, signed: string) => ({
  ldns: (await room.run('ldns-verify-zone', [signed])).code,
  bind: (await room.run('dnssec-verify', ['-o', zone, signed])).code,
});

/** Its libhsm knows Edwards keys as v3.0 had them. */
const older = { STRONGROOM_EC_POINT_FORM: 'octet-string' };

for (const { name, algorithm, bits, environment = {} } of [
  { name: 'RSASHA256', algorithm: 8, bits: 2048 },
  { name: 'ECDSAP256SHA256', algorithm: 13, bits: 256 },
  { name: 'ED25519', algorithm: 15, bits: 256, environment: older },
  { name: 'ED448', algorithm: 16, bits: 456, environment: older },
]) {
  test(`the enforcer makes keys in a token and the signer signs a zone with them: ${name}`, async ({ room: usual, token }) => {
    const room = { ...usual, env: { ...usual.env, ...environment } };
    const conf = writeConf(room, token);
    writeFileSync(join(room.folder, 'kasp.xml'), policy(algorithm, bits));
    writeFileSync(join(room.folder, 'zonelist.xml'), '<?xml version="1.0" encoding="UTF-8"?>\n<ZoneList/>\n');
    writeFileSync(join(room.folder, 'unsigned'), records);
    createDatabase(room);

    await makeKeys(room, conf);
    const signed = await sign(room, conf);

    const text = readFileSync(signed, 'utf8');
    expect(text).toMatch(new RegExp(`DNSKEY\\t257 3 ${algorithm} `));
    expect(text).toMatch(new RegExp(`DNSKEY\\t256 3 ${algorithm} `));
    expect(await verdicts(room, signed)).toEqual({ ldns: 0, bind: 0 });

    const forged = join(room.folder, 'forged');
    writeFileSync(forged, text.replace('192.0.2.80', '192.0.2.81'));
    expect(await verdicts(room, forged)).toEqual({ ldns: expect.not.toBeOneOf([0]), bind: expect.not.toBeOneOf([0]) });
  });
}
