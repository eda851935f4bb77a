import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const src = resolve(import.meta.dirname, '../../src');

/** Which rooms a room may look into, beside itself (docs/architecture.md). */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  protocol: [],
  model: ['protocol'],
  crypto: [],
  mechanisms: ['protocol', 'model', 'crypto'],
  locks: ['protocol', 'model'],
  store: ['protocol', 'model', 'crypto'],
  token: ['protocol', 'model', 'mechanisms', 'store', 'locks'],
  functions: ['protocol', 'model', 'mechanisms', 'store', 'token'],
  engine: ['protocol', 'model', 'mechanisms', 'store', 'locks', 'token', 'functions', 'settings.ts'],
  // Beside the tables' names it reaches tokens through the library and the engine through its socket only.
  cli: ['protocol', 'settings.ts'],
  'settings.ts': [],
  'serve.ts': ['engine', 'settings.ts'],
};

const roomOf = (path: string): string => relative(src, path).split('/')[0]!;

function imports(path: string): string[] {
  const text = readFileSync(path, 'utf8');
  const found = [...text.matchAll(/(?:^|\n)\s*(?:import|export)[^'";]*?from '(\.[^']+)'|import\('(\.[^']+)'\)|new URL\('(\.[^']+\.ts)'/g)];
  return found.map((match) => resolve(dirname(path), (match[1] ?? match[2] ?? match[3])!)).filter((target) => target.startsWith(src));
}

const files = globSync('**/*.ts', { cwd: src }).map((file) => join(src, file));

describe('the layers', () => {
  it('are those that the table knows', () => {
    expect([...new Set(files.map(roomOf))].filter((room) => !(room in MAY_IMPORT))).toEqual([]);
  });

  it('import one way only', () => {
    const wrong = files.flatMap((file) =>
      imports(file)
        .map(roomOf)
        .filter((room) => room !== roomOf(file) && !MAY_IMPORT[roomOf(file)]?.includes(room))
        .map((room) => `${relative(src, file)} imports ${room}`),
    );
    expect(wrong).toEqual([]);
  });

  it('are read off real import lines', () => {
    expect(files.flatMap(imports).length).toBeGreaterThan(100);
  });

  it('leave no circle between files', () => {
    const state = new Map<string, 'open' | 'done'>();
    const circles: string[] = [];
    const visit = (file: string, trail: readonly string[]): void => {
      if (state.get(file) === 'done') return;
      if (state.get(file) === 'open') {
        circles.push([...trail, file].map((name) => relative(src, name)).join(' → '));
        return;
      }
      state.set(file, 'open');
      for (const target of valueImports(file)) visit(target, [...trail, file]);
      state.set(file, 'done');
    };
    for (const file of files) visit(file, []);
    expect(circles).toEqual([]);
  });
});

/** Without `import type`: those leave nothing at run time. */
function valueImports(path: string): string[] {
  const text = readFileSync(path, 'utf8').replaceAll(/(?:import|export) type [^;]*;/g, '');
  return [...text.matchAll(/from '(\.[^']+)'/g)]
    .map((match) => resolve(dirname(path), match[1]!))
    .filter((target) => files.includes(target));
}

describe('errors', () => {
  // Each file that catches, and why it may: everything else throws, and engine/dispatch.ts makes a return value of it.
  const MAY_CATCH = [
    /^engine\/dispatch\.ts$/, // the one mapping
    /^engine\/(engine|worker|slow-keys-thread|main|connections)\.ts$/, // errors that cross threads or end a connection
    /^engine\/auditor\.ts$/, // a finding that cannot be written is no reason to stop
    /^token\/objects\.ts$/, // an optimistic change made anew
    /^store\//, // SQLite's and OpenSSL's failures become the token's
    /^crypto\//, // OpenSSL refuses by exception
    /^cli\//,
    /^(serve|settings)\.ts$/,
  ];
  it('are caught in few places', () => {
    const catching = files
      .filter((file) => /\bcatch \(|\.catch\(|\bcatch \{/.test(readFileSync(file, 'utf8')))
      .map((file) => relative(src, file));
    expect(catching.filter((file) => !MAY_CATCH.some((pattern) => pattern.test(file)))).toEqual([]);
  });
});
