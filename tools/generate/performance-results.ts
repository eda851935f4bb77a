// What the benches of the performance page kept, read for those who write of it.

import type { DurableResult } from '../../test/bench/durable-result.ts';
import { kept } from '../../test/bench/kept.ts';
import type { ScaleResult } from '../../test/bench/scale-result.ts';
import type { SpeedResult } from '../../test/bench/speed-result.ts';

export interface Results {
  readonly speed: SpeedResult | undefined;
  readonly durable: DurableResult | undefined;
  readonly scale: ScaleResult | undefined;
}

export const results = (): Results => ({
  speed: kept<SpeedResult>('speed'),
  durable: kept<DurableResult>('durable'),
  scale: kept<ScaleResult>('scale'),
});
