// What `npm run bench` runs, in this order: test/bench/NAME.ts each, which keeps results/NAME.json.

export interface Bench {
  readonly name: string;
  readonly about: string;
  /** Seconds, on two cores with nothing else to do. */
  readonly takes: number;
  /** Seconds after which it is ended: something hangs. */
  readonly limit: number;
}

export const BENCHES: readonly Bench[] = [
  { name: 'speed', about: 'rates and latencies of every operation, SoftHSM and OpenSSL by turns', takes: 260, limit: 420 },
  { name: 'stages', about: 'where each microsecond of a signature goes', takes: 20, limit: 60 },
  { name: 'store', about: 'finding keys, starting and memory, with a hundred to a million keys', takes: 170, limit: 320 },
  { name: 'durable', about: 'keys made durably beside the disk’s own rate, signatures beside slow calls', takes: 140, limit: 260 },
  { name: 'many', about: '64 applications at once, 10,000 sessions of one', takes: 50, limit: 120 },
  { name: 'scale', about: 'with one core and with all of them, and what more would do', takes: 80, limit: 160 },
];
