// native/shared/layout.h: the shared region and the two messages that set it up, with every offset asserted.

import { breachNames } from '../../src/protocol/breaches.ts';
import { calls, FORESEEN } from '../../src/protocol/calls.ts';
import { TABLES } from '../../src/protocol/hash.ts';
import * as wire from '../../src/protocol/layout.ts';
import { type OperationName, operationBit, operations } from '../../src/protocol/operations.ts';
import { BAD_MARK, LIST_MAX, NULL_MARK, OUTPUT_FORM, PARAMETER_FORM, VALUE_FORM } from '../../src/protocol/parameters.ts';
import { templateAttributes } from '../../src/protocol/templates.ts';
import { generatedC, type Output } from './output.ts';

const LINE = 64;
const PAGE = 4096;

const roundUp = (value: number, to: number): number => Math.ceil(value / to) * to;

interface Struct {
  readonly text: string;
  readonly size: number;
}

/** A structure with its padding written out, so that no compiler chooses any. */
function struct(name: string, fields: readonly (wire.LayoutField | 'line')[]): Struct {
  let offset = 0;
  let pads = 0;
  const members: string[] = [];
  const asserts: string[] = [];
  const pad = (to: number): void => {
    if (to > offset) members.push(`    uint8_t pad${pads++}[${to - offset}];\n`);
    offset = to;
  };
  for (const field of fields) {
    if (field === 'line') {
      pad(roundUp(offset, LINE));
      continue;
    }
    const width = field.bits / 8;
    pad(roundUp(offset, width));
    members.push(`    uint${field.bits}_t ${field.name}${field.count ? `[${field.count}]` : ''}; // ${field.meaning}\n`);
    asserts.push(`static_assert(offsetof(struct ${name}, ${field.name}) == ${offset}, "${name}.${field.name}");\n`);
    offset += width * (field.count ?? 1);
  }
  asserts.push(`static_assert(sizeof(struct ${name}) == ${offset}, "${name}");\n`);
  return { text: `struct ${name} {\n${members.join('')}};\n${asserts.join('')}`, size: offset };
}

const hex = (value: number | bigint): string => `0x${value.toString(16)}`;
const define = (name: string, value: string | number): string => `#define ${name} ${value}\n`;
const family = (prefix: string, values: Readonly<Record<string, number>>): string =>
  Object.entries(values)
    .map(([name, value]) => define(`${prefix}_${name}`, value))
    .join('');

/** OPERATION_SIGN_RECOVER of signRecover. */
export const macroOf = (name: OperationName): string => `OPERATION_${name.replaceAll(/[A-Z]/g, '_$&').toUpperCase()}`;

const numbers = [
  define('STRONGROOM_TABLES', `${hex(TABLES)}u`),
  define('WIRE_VERSION', `${wire.WIRE_VERSION}u`),
  define('LANES', `${wire.LANES}u`),
  define('WORKER_BITS', `${wire.WORKER_BITS}u`),
  define('WORKERS', `${wire.WORKERS}u`),
  define('FINDINGS', `${wire.FINDINGS}u`),
  define('BREACHES', `${breachNames.length}u`),
  define('LANE_DATA', `${wire.LANE_DATA}u`),
  define('FRAME_MAX', `${wire.FRAME_MAX}ull`),
  define('FORESEEN', `${FORESEEN}ull`),
  define('LIST_MAX', `${LIST_MAX}u`),
  define('REGION_MAGIC', `${hex(wire.REGION_MAGIC)}ull`),
  define('HELLO_MAGIC', `${hex(wire.HELLO_MAGIC)}u`),
  define('WELCOME_MAGIC', `${hex(wire.WELCOME_MAGIC)}u`),
  define('NULL_MARK', `${hex(NULL_MARK)}ull`),
  define('BAD_MARK', `${hex(BAD_MARK)}ull`),
  define('TEMPLATE_ATTRIBUTES', templateAttributes.map((type) => `${hex(type)}ul`).join(', ')),
].join('');

const families = [
  family('LANE', wire.LANE_STATE),
  family('HELLO', wire.HELLO_STATUS),
  family('POINTS', wire.HELLO_POINTS),
  family('PARAMETER', PARAMETER_FORM),
  family('VALUE', VALUE_FORM),
  family('OUTPUT', OUTPUT_FORM),
  family('PRIMITIVE', wire.PRIMITIVE),
  family('AUDIT', wire.AUDIT),
  breachNames.map((name, index) => define(name, index + 1)).join(''),
  operations.map((name) => define(macroOf(name), operationBit(name))).join(''),
  Object.entries(calls)
    .map(([name, { id }]) => define(`CALL_${name}`, id))
    .join(''),
].join('\n');

const word = (name: string, meaning: string, bits: 32 | 64 = 32): wire.LayoutField => ({ name, bits, meaning });

const hello = struct('hello', [
  word('magic', 'HELLO_MAGIC'),
  word('version', 'WIRE_VERSION'),
  word('tables', 'STRONGROOM_TABLES'),
  word('points', 'POINTS_AS_SET, or the form that the application wants'),
]);

const welcome = struct('welcome', [
  word('magic', 'WELCOME_MAGIC'),
  word('status', 'HELLO_OK, or why not'),
  word('size', "the region's size in bytes", 64),
]);

const header = struct('header', wire.header);
const bell = struct('bell', wire.bell);
const lane = struct('lane', wire.lane);
const finding = struct('finding', wire.finding);
const tally = struct('tally', wire.tally);

const lanesAt = header.size + wire.WORKERS * bell.size;
const findingsAt = lanesAt + wire.LANES * lane.size;
const findingsEnd = findingsAt + wire.FINDINGS * finding.size;
const dataAt = roundUp(findingsEnd, PAGE);

const region = `// The whole region. There is room for WORKERS bells, however many workers there are.
struct region {
    struct header header;
    struct bell bells[WORKERS];
    struct lane lanes[LANES];
    struct finding findings[FINDINGS];
${dataAt > findingsEnd ? `    uint8_t pad0[${dataAt - findingsEnd}];\n` : ''}    uint8_t data[LANES][LANE_DATA];
};
static_assert(offsetof(struct region, bells) == ${header.size}, "region.bells");
static_assert(offsetof(struct region, lanes) == ${lanesAt}, "region.lanes");
static_assert(offsetof(struct region, findings) == ${findingsAt}, "region.findings");
static_assert(offsetof(struct region, data) == ${dataAt}, "region.data");
static_assert(sizeof(struct region) == ${dataAt + wire.LANES * wire.LANE_DATA}, "region");
`;

const orphans = `// The page of the children.
struct orphans {
    struct tally tally;
    struct finding findings[FINDINGS];
};
static_assert(offsetof(struct orphans, findings) == ${tally.size}, "orphans.findings");
static_assert(sizeof(struct orphans) <= ${PAGE}, "orphans");
`;

const text = (): string =>
  [
    generatedC(
      'src/protocol/layout.ts, breaches.ts, calls.ts, operations.ts, parameters.ts, templates.ts',
      'What an application and the engine share: the region, the hello, the marks, the numbers of the calls, the attributes that are templates.',
    ),
    '#ifndef STRONGROOM_LAYOUT_H\n#define STRONGROOM_LAYOUT_H\n',
    '#include <assert.h>\n#include <stddef.h>\n#include <stdint.h>\n',
    numbers,
    families,
    ...[header, bell, lane, finding, tally].map((each) => each.text),
    region,
    orphans,
    ...[hello, welcome].map((each) => each.text),
    '#endif\n',
  ].join('\n');

export const layoutHeader: Output = { path: 'native/shared/layout.h', text };
