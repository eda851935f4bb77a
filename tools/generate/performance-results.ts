// What the benches of the performance page kept, read for those who write of it.

import type { DurableResult } from '../../test/bench/durable-result.ts';
import { kept } from '../../test/bench/kept.ts';
import type { ManyResult } from '../../test/bench/many-result.ts';
import type { ScaleResult } from '../../test/bench/scale-result.ts';
import type { SpeedResult } from '../../test/bench/speed-result.ts';
import type { StagesResult } from '../../test/bench/stages-result.ts';
import type { StartResult } from '../../test/bench/start-result.ts';
import type { StoreResult } from '../../test/bench/store-result.ts';

export interface Results {
  readonly speed: SpeedResult | undefined;
  readonly stages: StagesResult | undefined;
  readonly start: StartResult | undefined;
  readonly store: StoreResult | undefined;
  readonly durable: DurableResult | undefined;
  readonly many: ManyResult | undefined;
  readonly scale: ScaleResult | undefined;
}

export const results = (): Results => ({
  speed: kept<SpeedResult>('speed'),
  stages: kept<StagesResult>('stages'),
  start: kept<StartResult>('start'),
  store: kept<StoreResult>('store'),
  durable: kept<DurableResult>('durable'),
  many: kept<ManyResult>('many'),
  scale: kept<ScaleResult>('scale'),
});
