// One number for everything both sides must agree on. The C side carries it as STRONGROOM_TABLES in native/shared/layout.h.

import { calls } from './calls.ts';
import { bell, FINDINGS, finding, HELLO_POINTS, HELLO_STATUS, header, LANE_DATA, LANE_STATE, LANES, lane, WORKER_BITS } from './layout.ts';
import { messageParameters, parameterOf } from './parameter-of.ts';
import { OUTPUT_FORM, PARAMETER_FORM, VALUE_FORM } from './parameters.ts';
import { parameters } from './structures.ts';
import { templateAttributes } from './templates.ts';

const layout = { header, bell, lane, finding, FINDINGS, LANES, WORKER_BITS, LANE_DATA, LANE_STATE, HELLO_STATUS, HELLO_POINTS };

/** FNV-1a, 32 bits, over the UTF-8 bytes: it tells builds apart, it does not resist an attacker and need not. */
export function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}

/** Hash of the protocol tables; stands in the hello and in the region's header. */
export const TABLES = fnv1a(
  JSON.stringify({
    calls,
    parameters,
    parameterOf,
    messageParameters,
    layout,
    PARAMETER_FORM,
    VALUE_FORM,
    OUTPUT_FORM,
    templateAttributes,
  }),
);
