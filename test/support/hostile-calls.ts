// Calls that no honest application makes, generated from the rows of src/protocol/: each function with one argument wrong, all others right.
// They are C, for test/module/probes/hostile.c.
import { type Call, type CallName, calls, type Kind } from '../../src/protocol/calls.ts';
import { parameterOf } from '../../src/protocol/parameter-of.ts';
import { fieldsOf } from '../../src/protocol/parameters.ts';

/** What must be answered: one of these codes; or whatever the function may return, OK among it or not. */
type Due = readonly string[] | 'an error' | 'anything';
interface Wrong {
  readonly what: string;
  readonly is: string;
  readonly due: Due;
}
export interface HostileCall {
  readonly name: string;
  readonly function: CallName;
  readonly code: string;
  readonly due: Due;
}

const BAD: Due = ['ARGUMENTS_BAD'];
const TOO_LONG: Due = ['HOST_MEMORY'];

const wrong = (what: string, is: string, due: Due): Wrong => ({ what, is, due });

/** Numbers that are no handle of the caller's: beyond 32 bits, beyond what a double can hold. */
const NUMBERS = { 'of 2^63': 'HUGE_LENGTH', 'of 2^64 - 1': '~0UL', 'of 0': '0' } as const;
const numbers = (due: Due): Wrong[] => Object.entries(NUMBERS).map(([what, is]) => wrong(what, is, due));

function numberOf(name: string): { right: string; wrong: Wrong[] } {
  if (name === 'hSession') {
    const due: Due = ['SESSION_HANDLE_INVALID'];
    const close = [
      wrong('with bits above 31', 'session + (1UL << 32)', due),
      wrong("of another application's", 'FOREIGN("FOREIGN_SESSION")', due),
    ];
    return { right: 'session', wrong: [...numbers(due), ...close] };
  }
  if (name === 'slotID') {
    const due: Due = ['SLOT_ID_INVALID'];
    // The first slot's number is 0.
    const far = numbers(due).filter(({ is }) => is !== '0');
    return { right: 'slot', wrong: [...far, wrong('with bits above 31', 'slot + (1UL << 32)', due)] };
  }
  if (/^h[A-Z]/.test(name)) {
    const more = [
      wrong('with bits above 31', 'object + (1UL << 32)', 'an error'),
      wrong("of another application's", 'FOREIGN("FOREIGN_OBJECT")', 'an error'),
    ];
    return { right: 'object', wrong: [...numbers('an error'), ...more] };
  }
  // One byte has none of these.
  return { right: '1', wrong: name === 'tokenPresent' ? [] : numbers('anything') };
}

const bytesOf = (pointer: string): { right: string; wrong: Wrong[] } => ({
  right: `${pointer}, 16`,
  wrong: [
    wrong('NULL of 16', 'NULL, 16', BAD),
    wrong('of 2^63', `${pointer}, HUGE_LENGTH`, TOO_LONG),
    wrong('of 2^64 - 1', `${pointer}, ~0UL`, TOO_LONG),
  ],
});

/** @param odd what is due for values that no attribute has: to find and to ask for them is no error. */
const templates = (odd: Due, isOutput = false): { right: string; wrong: Wrong[] } => ({
  right: '&label, 1',
  wrong: [
    wrong('NULL of 1', 'NULL, 1', BAD),
    wrong('of 2^63', '&label, HUGE_LENGTH', TOO_LONG),
    // Times sizeof(CK_ATTRIBUTE) it is 2^64 and a bit.
    wrong('that wraps round', '&label, (~0UL / sizeof label) + 2', TOO_LONG),
    wrong('with a value of 2^63', '&endless_label, 1', isOutput ? 'anything' : TOO_LONG),
    wrong('with a value of NULL', '&hollow_label, 1', odd),
    wrong('that holds itself', '&circle, 1', odd),
  ],
});

const pointer = (right: string): { right: string; wrong: Wrong[] } => ({ right, wrong: [wrong('NULL', 'NULL', BAD)] });

const sized = (right: string): { right: string; wrong: Wrong[] } => ({
  right: `${right}, &length`,
  wrong: [wrong('without a length', `${right}, NULL`, BAD), wrong('with room for 2^63', `${right}, &endless_length`, 'anything')],
});

const mechanisms = {
  right: '&plain',
  wrong: [
    wrong('NULL', 'NULL', 'anything'),
    wrong('with a parameter of NULL', '&hollow', BAD),
    wrong('with a parameter of 2^63', '&endless', TOO_LONG),
  ],
};

function argument({ kind, name }: Kind, of: CallName): { right: string; wrong: Wrong[] } {
  switch (kind) {
    case 'ulong':
    case 'flags':
      return numberOf(name);
    case 'bytes':
    case 'outFixed':
      return bytesOf('bytes');
    case 'fixedBytes':
      return pointer('bytes');
    case 'text':
      return pointer('(CK_UTF8CHAR *)"C_Sign"');
    case 'mechanism':
    case 'inOutMechanism':
    case 'messageMechanism':
    case 'inOutMessageMechanism':
      return mechanisms;
    case 'parameter':
    case 'inOutMessageParameter':
      return { ...bytesOf('bytes'), right: 'NULL, 0' };
    case 'template':
      return templates(of === 'C_FindObjectsInit' ? 'anything' : 'an error');
    case 'outTemplate':
      return templates('anything', true);
    case 'outBytes':
      return sized('bytes');
    case 'outUlongs':
      return sized('(void *)bytes');
    case 'maybeOutBytes':
      return { right: 'bytes, &length', wrong: [wrong('with room for 2^63', 'bytes, &endless_length', 'anything')] };
    case 'outUlong':
      return pointer('&number');
    case 'maybeOutUlong':
      return { right: '&number', wrong: [] };
    case 'outHandles':
      return {
        right: '(void *)bytes, 4, &number',
        wrong: [wrong('NULL', 'NULL, 4, &number', BAD), wrong('without a count', '(void *)bytes, 4, NULL', BAD)],
      };
    case 'outStruct':
      return pointer('(void *)bytes');
    case 'asyncData':
      return { right: '&async', wrong: [wrong('NULL', 'NULL', 'anything')] };
  }
}

/** Their C arguments are not their row's; test/module/probes/arguments.c has them. */
const others: readonly CallName[] = ['C_OpenSession', 'C_WaitForSlotEvent'];
const forwarded = (Object.keys(calls) as CallName[]).filter((name) => (calls[name] as Call).entry !== 'local' && !others.includes(name));

const written = (name: CallName, args: readonly string[]) => `p32->${name}(${args.join(', ')})`;

/** Every forwarded function, each of its arguments wrong in every way. */
export const hostileCalls: readonly HostileCall[] = forwarded.flatMap((name) => {
  const kinds: readonly Kind[] = calls[name].kinds;
  const args = kinds.map((kind) => argument(kind, name));
  return args.flatMap((each, at) =>
    each.wrong.map(({ what, is, due }): HostileCall => {
      const given = args.map(({ right }, other) => (other === at ? is : right));
      return { name: `${name}(${kinds[at]!.name} ${what})`, function: name, code: written(name, given), due };
    }),
  );
});

/** Every forwarded function with nothing wrong but that the library is not initialised. */
export const uninitializedCalls: readonly HostileCall[] = forwarded.map((name) => {
  const kinds: readonly Kind[] = calls[name].kinds;
  const code = written(
    name,
    kinds.map((kind) => argument(kind, name).right),
  );
  return { name: `${name} before C_Initialize`, function: name, code, due: ['CRYPTOKI_NOT_INITIALIZED'] };
});

export interface HostileParameter {
  readonly name: string;
  readonly code: string;
}

/** Every structure with pointers, all of them NULL: with all lengths 0, with each of them 2^63, and with all of them. */
export const hostileParameters: readonly HostileParameter[] = Object.entries(parameterOf).flatMap(([mechanism, structs]) =>
  [structs].flat().flatMap((struct): HostileParameter[] => {
    const lengths = fieldsOf(struct).flatMap((field) => ('length' in field ? field.length : 'count' in field ? field.count : []));
    // What a pointer leads to is not there.
    const own = [...new Set(lengths)].filter((path) => !/->|\*/.test(path));
    const set = (paths: readonly string[]) => paths.map((path) => `params.${path} = HUGE_LENGTH`).join(', ') || '(void)params';
    const cases: readonly (readonly [string, readonly string[]])[] = [
      ['nothing', []],
      ...own.map((path) => [`${path} of 2^63`, [path]] as const),
      ['all of 2^63', own],
    ];
    return cases.map(([what, paths]) => {
      const name = `CKM_${mechanism} ${struct} ${what}`;
      return { name, code: `ATTACK("${name}", CKM_${mechanism}, ${struct}, (${set(paths)}));` };
    });
  }),
);

const calling = (list: readonly HostileCall[]) => list.map(({ name, code }) => `    CALL(${JSON.stringify(name)}, ${code});`).join('\n');

export const hostileSource = (): string => `static void uninitialized_calls(void)
{
${calling(uninitializedCalls)}
}

static void hostile_calls(void)
{
${calling(hostileCalls)}
}

static void hostile_parameters(void)
{
${hostileParameters.map(({ code }) => `    ${code}`).join('\n')}
}
`;
