// The strongroom command: the rows of the commands become a parser, an outcome becomes output and an exit code.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CommanderError, Command as Parser } from 'commander';
import { audit } from './audit.ts';
import type { Command, Options, Outcome } from './command.ts';
import { config } from './config.ts';
import { deleteToken } from './delete-token.ts';
import { serve, status, stop } from './engine.ts';
import { EXIT, explain } from './failure.ts';
import { initToken } from './init-token.ts';
import { keygen } from './keygen.ts';
import { ROOT } from './library.ts';
import { lockcheck } from './lockcheck.ts';
import { objects } from './objects.ts';
import { translate } from './softhsm.ts';
import { speed } from './speed.ts';
import { tokens } from './tokens.ts';

const COMMANDS: readonly Command[] = [
  initToken,
  deleteToken,
  tokens,
  objects,
  keygen,
  serve,
  status,
  stop,
  audit,
  config,
  speed,
  lockcheck,
];

function print(outcome: Outcome, json: boolean): void {
  process.stdout.write(`${json ? JSON.stringify(outcome.json) : outcome.text}\n`);
  process.exitCode = outcome.exitCode ?? 0;
}

function add(parser: Parser, row: Command): void {
  const command = parser.command(row.name).description(row.summary).allowExcessArguments(false);
  for (const [flags, meaning] of row.options) {
    const needed = row.required?.some((name) => flags.startsWith(`--${name} `));
    if (needed) command.requiredOption(flags, meaning);
    else command.option(flags, meaning);
  }
  command.option('--json', 'answer with JSON, errors too: {"error": "…"}');
  command.action(async (options: Options) => print(await row.run(options), options.json === true));
}

function build(): Parser {
  const { version, description } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string; description: string };
  const parser = new Parser('strongroom').description(description).version(version, '-v, --version');
  // Its own error lines are kept back: explain() decides what is said and where.
  parser.exitOverride().configureOutput({ outputError: () => {} });
  for (const row of COMMANDS) add(parser, row);
  parser.addHelpText('after', '\nThe options of softhsm2-util (--init-token, --delete-token, --show-slots) work as well.');
  return parser;
}

/** The parser's complaint as one of our sentences; undefined where it only printed help. */
function complaint(error: CommanderError, name: string | undefined): string | undefined {
  if (error.exitCode === 0) return undefined;
  if (error.code === 'commander.help') return 'Which command? `strongroom --help` lists them.';
  const words = error.message
    .replace(/^error: /, '')
    .replace(/\.$/, '')
    .replaceAll(/\n/g, ' ');
  const command = COMMANDS.some((row) => row.name === name) ? `strongroom ${name}` : 'strongroom';
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}; see \`${command} --help\`.`;
}

function fail(error: unknown, argv: readonly string[]): void {
  const usage = error instanceof CommanderError;
  const told = usage ? { sentence: complaint(error, argv[0]), exitCode: error.exitCode === 0 ? 0 : EXIT.usage } : explain(error);
  process.exitCode = told.exitCode;
  if (told.sentence === undefined) return;
  if (argv.includes('--json')) process.stdout.write(`${JSON.stringify({ error: told.sentence })}\n`);
  else process.stderr.write(`strongroom: ${told.sentence}\n`);
}

async function run(argv: readonly string[]): Promise<void> {
  try {
    await build().parseAsync(translate([...argv]), { from: 'user' });
  } catch (error) {
    // The command's one place where exceptions end.
    fail(error, argv);
  }
}

void run(process.argv.slice(2));
