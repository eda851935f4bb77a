// ods-hsmspeed, OpenDNSSEC's speed meter, with a module: the figure that the issue of speed was always told in.

import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Contestant } from '../../src/cli/speed/meter.ts';
import { HSMSPEED } from './speed-result.ts';

/** Signatures of a run that only finds out how many a real one needs. */
const PILOT = 64;
const PATIENCE_MS = 60_000;

export function hasHsmSpeed(): boolean {
  try {
    execFileSync('sh', ['-c', `command -v ${HSMSPEED}`]);
    return true;
  } catch {
    return false;
  }
}

const configuration = ({ module, label, pin }: Contestant) => `<?xml version="1.0" encoding="UTF-8"?>
<Configuration>
  <RepositoryList>
    <Repository name="bench">
      <Module>${module}</Module>
      <TokenLabel>${label}</TokenLabel>
      <PIN>${pin}</PIN>
    </Repository>
  </RepositoryList>
</Configuration>
`;

async function run(contestant: Contestant, threads: number, iterations: number): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'strongroom-hsmspeed-'));
  try {
    const path = join(folder, 'conf.xml');
    writeFileSync(path, configuration(contestant), { mode: 0o600 });
    const args = ['-c', path, '-r', 'bench', '-s', '2048', '-t', `${threads}`, '-i', `${iterations}`];
    const env = { ...process.env, ...contestant.environment };
    const { stdout, stderr } = await promisify(execFile)(HSMSPEED, args, { env, timeout: PATIENCE_MS, killSignal: 'SIGKILL' });
    const [, rate] = /([\d.]+) sig\/s/.exec(stdout + stderr) ?? [];
    if (rate === undefined) throw new Error(`${HSMSPEED} told no rate: ${(stdout + stderr).trim().split('\n').at(-1)}`);
    return Number(rate);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const known = new Map<string, number>();

/** Signatures a second, in a run of about so many seconds: the program is told how many to make, not for how long. */
export async function hsmSpeed(contestant: Contestant, threads: number, seconds: number): Promise<number> {
  const name = `${contestant.name} ${threads}`;
  const expected = known.get(name) ?? (await run(contestant, threads, Math.ceil(PILOT / threads)));
  const rate = await run(contestant, threads, Math.max(2, Math.ceil((expected * seconds) / threads)));
  known.set(name, rate);
  return rate;
}
