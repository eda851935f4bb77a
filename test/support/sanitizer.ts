// A module built with a sanitizer, as test/sanitizers.sh runs the clients' tests with: its runtime must be in a program before the module is,
// and everything takes longer.
const { LD_PRELOAD, STRONGROOM_MODULE } = process.env;
const runtime = STRONGROOM_MODULE === undefined ? undefined : LD_PRELOAD;

/** LD_PRELOAD is none of them: what a program starts itself would have the runtime too, and a shell does not bear it. */
const NAMES = ['ASAN_OPTIONS', 'UBSAN_OPTIONS', 'TSAN_OPTIONS', 'STRONGROOM_WITNESS', 'STRONGROOM_PLANT'];

export const sanitizerEnvironment = (): NodeJS.ProcessEnv =>
  runtime === undefined ? {} : Object.fromEntries(NAMES.map((name) => [name, process.env[name]]));

const LOADER = '/lib64/ld-linux-x86-64.so.2';

/** What to run so that this program, given by its path, can load the module. Scripts stay as they are without a sanitizer only. */
export const commandLine = (path: string, args: readonly string[]): [program: string, args: string[]] =>
  runtime === undefined ? [path, [...args]] : [LOADER, ['--preload', runtime, path, ...args]];

/** How long to wait for what takes this many milliseconds at most without a sanitizer. */
export const patience = (milliseconds: number): number => milliseconds * (runtime === undefined ? 1 : 4);
