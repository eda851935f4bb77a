// Three projects, one after the other: what needs no build, what goes through the .so, and other people's programs.
import { defineConfig } from 'vitest/config';

const every = { pool: 'forks', environment: 'node', restoreMocks: true, unstubEnvs: true } as const;

/** Both need the built library; where it is missing they say so instead of failing one test at a time. */
const built = { globalSetup: 'test/support/built.ts' };

/** They compare our rows with the standard's Markdown, which is OASIS's and not in the project: only where STRONGROOM_SPEC says it lies. */
const withoutSpec = process.env.STRONGROOM_SPEC === undefined ? ['test/spec/attributes.test.ts', 'test/spec/return-codes.test.ts'] : [];

export default defineConfig({
  test: {
    reporters: ['default', './test/support/totals.ts'],
    projects: [
      {
        test: {
          ...every,
          name: 'unit',
          include: ['test/unit/**/*.test.ts', 'test/spec/**/*.test.ts'],
          exclude: [...withoutSpec, 'test/spec/oasis/**'],
          // Some go through hundreds of vectors, beside whatever else the machine does.
          testTimeout: 60_000,
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          ...every,
          ...built,
          name: 'module',
          // test/support/cryptoki.ts calls the library as C does.
          execArgv: ['--experimental-ffi', '--disable-warning=ExperimentalWarning'],
          include: ['test/module/**/*.test.ts', 'test/model/**/*.test.ts', 'test/fuzz/**/*.test.ts', 'test/spec/oasis/**/*.test.ts'],
          maxWorkers: 2,
          testTimeout: 30_000,
          hookTimeout: 30_000,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          ...every,
          ...built,
          name: 'clients',
          include: ['test/clients/**/*.test.ts'],
          // Signing with hundreds of threads beside another file's daemons makes slow machines miss the daemons' own limits.
          maxWorkers: 1,
          testTimeout: 120_000,
          hookTimeout: 60_000,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
