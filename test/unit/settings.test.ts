import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { chooseSettings, configurationFiles, readSettings, SettingError } from '../../src/settings.ts';

let folder: string;
let file: string;
// Anyone but root has a file of his own; the file in it belongs to whoever runs the tests.
const somebody = () => ({ uid: process.geteuid?.() || 1000, folder });

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'settings-'));
  mkdirSync(join(folder, '.config'));
  file = join(folder, '.config', 'strongroom.toml');
});
afterEach(() => rmSync(folder, { recursive: true }));

const write = (text: string) => writeFileSync(file, text, { mode: 0o600 });
const choose = (environment = {}) => chooseSettings(environment, somebody());

describe('settings', () => {
  it('have defaults that need no file and no variable', () => {
    expect(choose().home).toEqual({ value: join(folder, '.local/share/strongroom'), source: 'default' });
    expect(choose().idle_seconds.value).toBe(30);
    expect(choose().locking.value).toBe('auto');
  });

  it('keep root’s store in /var/lib and read only the system’s file for him', () => {
    const root = { uid: 0, folder };
    expect(chooseSettings({}, root).home.value).toBe('/var/lib/strongroom');
    expect(configurationFiles({ XDG_CONFIG_HOME: folder }, root)).toEqual(['/etc/strongroom.toml']);
  });

  it('follow the XDG variables, but not relative ones', () => {
    expect(choose({ XDG_DATA_HOME: '/data' }).home.value).toBe('/data/strongroom');
    expect(choose({ XDG_DATA_HOME: 'data' }).home.value).toBe(join(folder, '.local/share/strongroom'));
  });

  it('come from the file, and from the environment rather than from the file', () => {
    write('home = "/keys"\nworkers = 3\n');
    expect(choose().home).toEqual({ value: '/keys', source: file });
    expect(choose({ STRONGROOM_WORKERS: '5' }).workers).toEqual({ value: 5, source: 'STRONGROOM_WORKERS' });
    expect(readSettings({ STRONGROOM_WORKERS: '5' }, somebody())).toMatchObject({ home: '/keys', workers: 5 });
  });

  it('are truths in TOML’s form and in words', () => {
    expect(choose().legacy.value).toBe(false);
    write('legacy = true\n');
    expect(choose().legacy.value).toBe(true);
    expect(choose({ STRONGROOM_LEGACY: 'false' }).legacy.value).toBe(false);
  });

  it('take an empty variable as one that is not set', () => {
    expect(choose({ STRONGROOM_HOME: '' }).home.source).toBe('default');
  });

  it.each([
    ['STRONGROOM_HOME', 'relative/path'],
    ['STRONGROOM_WORKERS', '0'],
    ['STRONGROOM_WORKERS', '65'],
    ['STRONGROOM_IDLE_SECONDS', '-1'],
    ['STRONGROOM_IDLE_SECONDS', '1e3'],
    ['STRONGROOM_IDLE_SECONDS', ' 7'],
    ['STRONGROOM_LOCKING', 'some'],
    ['STRONGROOM_LEGACY', 'yes'],
    ['STRONGROOM_AUDIT', 'all'],
    ['STRONGROOM_LOG_LEVEL', 'WARN'],
    ['STRONGROOM_EC_POINT_FORM', 'raw'],
  ])('refuse %s=%s and name the variable', (variable, value) => {
    expect(() => choose({ [variable]: value })).toThrow(SettingError);
    expect(() => choose({ [variable]: value })).toThrow(`change it in ${variable}.`);
  });

  it.each([
    ['is not valid TOML', 'home = '],
    ['which is no setting', 'hoem = "/keys"'],
    ['workers must be', 'workers = 1.5'],
    ['workers must be', 'workers = [1]'],
    ['home must be', 'home = 7'],
    ['ec_point_form must be', 'ec_point_form = "der"'],
    ['tokens must be', 'tokens = []'],
    ['tokens must be', 'tokens = 2026-11-23'],
    ['tokens must be', '[tokens.mine]'],
    ['tokens must be', '[tokens.mine]\nec_point_form = "der"'],
    ['tokens must be', '[tokens.mine]\nec_point_form = "standard"\nlegacy = true'],
    ['applications must be', '[applications.signer]\nec_point_form = "standard"'],
    ['legacy must be', 'legacy = 1'],
  ])('refuse a file that %s', (words, text) => {
    write(text);
    expect(() => choose()).toThrow(words);
    expect(() => choose()).toThrow(file);
  });

  it('have tables for single tokens and applications', () => {
    const [token, application] = ['an old token', '/usr/sbin/ods-signerd'];
    write(`[tokens."${token}"]\nec_point_form = "octet-string"\n[applications."${application}"]\nec_point_form = "standard"\n`);
    expect(choose().tokens).toEqual({ value: { [token]: { ec_point_form: 'octet-string' } }, source: file });
    expect(choose().applications.value).toEqual({ [application]: { ec_point_form: 'standard' } });
    expect(choose().ec_point_form).toEqual({ value: 'standard', source: 'default' });
  });

  it('refuse a file that other users may change', () => {
    write('home = "/keys"');
    chmodSync(file, 0o622);
    expect(() => choose()).toThrow('may be changed by other users');
  });
});
