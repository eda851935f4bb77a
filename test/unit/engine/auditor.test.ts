import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Auditor } from '../../../src/engine/auditor.ts';
import { detachRegion, forgetOrphans } from '../../../src/engine/channel.ts';
import { calls } from '../../../src/protocol/calls.ts';
import { AUDIT, FINDINGS } from '../../../src/protocol/layout.ts';
import { type Application, FINDING, FINDINGS_START, HEADER, ORPHANS } from './application.ts';
import { region } from './fixture.ts';

const peer = { pid: 4711, uid: 1000 };
const before = process.cwd();
let folder: string;
let auditor: Auditor;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'auditor-'));
  process.chdir(folder);
  auditor = new Auditor(() => {});
});
afterEach(() => {
  auditor.stop();
  process.chdir(before);
  rmSync(folder, { recursive: true });
});

const note = (
  application: Application,
  place: number,
  fields: { pair: number; name: string; count?: number; process?: number },
  start = FINDINGS_START,
) => {
  const at = start + place * FINDING.size;
  application.setWord(at + FINDING.pair, fields.pair);
  application.setWord(at + FINDING.count, fields.count ?? 1);
  application.setWord(at + FINDING.first_thread, fields.process === undefined ? 1 : 0);
  application.setWord(at + FINDING.second_process, fields.process ?? 0);
  application.write(at + FINDING.second_name, Buffer.from(fields.name.padEnd(16, '\0')).subarray(0, 16));
  application.setWord(at + FINDING.ready, 1);
};

const lines = () =>
  readFileSync(join(folder, 'audit.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

const sign = calls.C_Sign.id;

describe('the auditor', () => {
  it('keeps what an application was found at, and the totals when it goes', () => {
    const { id, application } = region();
    auditor.arrived(id, peer);
    application.setWord(HEADER.audit, AUDIT.LOG);
    application.setWord(HEADER.breaches + 4, 7);
    note(application, 0, { pair: (2 << 16) | (sign << 8) | sign, name: 'signer', count: 7 });
    auditor.leaving(id);
    expect(lines()).toMatchObject([
      { pid: 4711, breach: 'B2', count: 7, first: { function: 'C_Sign' }, second: { function: 'C_Sign', name: 'signer' } },
      { pid: 4711, totals: { B2: 7 } },
    ]);
    expect(lines()[0].remedy).toContain('session of its own');
  });

  it('keeps nothing of an application that nobody asked it about', () => {
    const { id, application } = region();
    auditor.arrived(id, peer);
    application.setWord(HEADER.breaches, 1);
    auditor.leaving(id);
    expect(lines).toThrow('ENOENT');
  });

  const orphan = { pair: (5 << 16) | sign, name: 'child', process: 4712 };

  it('keeps what children called without a C_Initialize, after the application has gone as well', () => {
    const { id, application, child } = region();
    auditor.arrived(id, peer);
    application.setWord(HEADER.audit, AUDIT.LOG);
    child.setWord(ORPHANS.calls, 1);
    note(child, 0, orphan, ORPHANS.findings);
    expect(auditor.counts(id)).toEqual({ B5: 1 });
    auditor.leaving(id);
    detachRegion(id);
    child.setWord(ORPHANS.calls, 3);
    note(child, 0, { ...orphan, count: 3 }, ORPHANS.findings);
    expect(auditor.live()).toMatchObject([{ pid: 4711, totals: { B5: 3 } }]);
    auditor.forgetting(id);
    expect(lines()).toMatchObject([
      { pid: 4711, breach: 'B5', count: 1, first: null, second: { function: 'C_Sign', name: 'child', process: 4712 } },
      { pid: 4711, totals: { B5: 1 } },
      { pid: 4711, breach: 'B5', count: 3 },
      { pid: 4711, totals: { B5: 3 } },
    ]);
    expect(auditor.live()).toEqual([]);
  });

  it('tells nobody twice of an application that went without children', () => {
    const { id, application } = region();
    auditor.arrived(id, peer);
    application.setWord(HEADER.audit, AUDIT.LOG);
    application.setWord(HEADER.breaches, 1);
    auditor.leaving(id);
    detachRegion(id);
    expect(auditor.live()).toEqual([]);
    auditor.forgetting(id);
    expect(lines()).toMatchObject([{ totals: { B1: 1 } }]);
  });

  it('believes children nothing but what children can do', () => {
    const { id, application, child } = region();
    auditor.arrived(id, peer);
    application.setWord(HEADER.audit, AUDIT.LOG);
    note(child, 0, { ...orphan, pair: (1 << 16) | sign }, ORPHANS.findings);
    auditor.leaving(id);
    auditor.forgetting(id);
    expect(lines).toThrow('ENOENT');
  });

  it('tells children when nobody reads what they note', () => {
    const { id, child } = region();
    detachRegion(id);
    expect(child.word(ORPHANS.closed)).toBe(0);
    forgetOrphans(id);
    expect(child.word(ORPHANS.closed)).toBe(1);
  });

  it('takes whatever a hostile application writes, and prints none of its control characters', () => {
    const { id, application } = region();
    auditor.arrived(id, peer);
    application.setWord(HEADER.audit, 0xffff_ffff);
    application.write(FINDINGS_START, randomBytes(FINDINGS * FINDING.size));
    for (let place = 0; place < FINDINGS; place += 1)
      note(application, place, { pair: randomBytes(4).readUInt32LE(), name: '\u001b[31m\n"' });
    note(application, 0, { pair: (1 << 16) | (255 << 8) | 254, name: '\u001b]0;owned\u0007' });
    const text = JSON.stringify(auditor.live());
    auditor.leaving(id);
    expect(text).toContain('"B1"');
    expect(text).toContain('"unknown"');
    expect(text + readFileSync(join(folder, 'audit.jsonl'), 'utf8')).not.toMatch(/\\u001b|\\u0007|\\n/);
  });
});
