/**
 * Runs one benchmark by name: `npm run bench -- NAME --json`. What each measures, and how to read it, is in README.md.
 */
import { parseArgs } from 'node:util'

export interface Run {
  /** Length of one round, where rounds have a length. */
  seconds: number
  rounds: number
  /** Orders per round; for `growth` also how many are stored before; for `reconcile` records. */
  orders: number | undefined
  /** Says how it is going. */
  report(line: string): void
}

const BENCHMARKS = {
  accept: {
    what: 'webhooks verified, deduplicated, durably stored and answered, per second',
    load: async () => (await import('./accept.ts')).accept,
  },
  turn: {
    what: 'messages translated, decided and written, per second',
    load: async () => (await import('./turn.ts')).turnBench,
  },
  storm: {
    what: 'decisions about one hot SKU, per second, against a plain conditional update',
    load: async () => (await import('./storm.ts')).stormBench,
  },
  publish: {
    what: "100,000 SKUs published on five channels after a count: share of the vendors' limits that is used",
    load: async () => (await import('./publish.ts')).publishBench,
  },
  day: {
    what: 'a trading day of 40 stores: 50,000 orders and 200,000 stock changes through everything, per CPU-second',
    load: async () => (await import('./day.ts')).dayBench,
  },
  life: {
    what: 'whole lives of orders, returned and refunded, per CPU-second, and the hub against the simulators alone',
    load: async () => (await import('./whole-life.ts')).lifeBench,
  },
  timeline: {
    what: "an order's page among 1,000,000 orders: p99, round trips, and what is read from end to end",
    load: async () => (await import('./timeline.ts')).timelineBench,
  },
  growth: {
    what: 'the same with 1,000,000 orders stored against 1,000, and the memory it takes',
    load: async () => (await import('./growth.ts')).growth,
  },
  engines: {
    what: 'whole orders per second against pg-boss, graphile-worker, BullMQ and DBOS',
    load: async () => (await import('./engines.ts')).engines,
  },
  scale: {
    what: 'calls of 1, 2 and 4 hub processes on one database, where every vendor takes 50 ms',
    load: async () => (await import('./scale.ts')).scale,
  },
  flash: {
    what: '10,000 orders at once while the ERP takes three a second: what is acknowledged, shown and drained',
    load: async () => (await import('./flash.ts')).flash,
  },
  governor: {
    what: "share of the vendors' limits that four processes use together, and how often they exceed them",
    load: async () => (await import('./governor.ts')).governor,
  },
  reconcile: {
    what: '1,000,000 records compared with 1,000,000, against one SQL join, and the memory it takes',
    load: async () => (await import('./reconcile.ts')).reconcileBench,
  },
  bus: {
    what: 'webhooks acknowledged by a bus of three nodes against by the database, per second',
    load: async () => (await import('./bus.ts')).busBench,
  },
} as const

const HELP = `npm run bench -- NAME [--json] [--rounds n] [--seconds n] [--orders n]

${Object.entries(BENCHMARKS)
  .map(([name, { what }]) => `  ${name.padEnd(10)} ${what}`)
  .join('\n')}

  --json       only the result, as one JSON object
  --rounds n   rounds that count, after one that warms up (5)
  --seconds n  length of a round of accept (3)
  --orders n   turn, scale: orders per round (500, 200); storm: buyers (2,000);
               publish: SKUs (100,000); day: orders of the day (50,000); life: lives per round (200);
               growth, timeline: orders stored (1,000,000);
               reconcile: records on each side (1,000,000)
`

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '3' },
    orders: { type: 'string' },
  },
})
const name = positionals[0]
const benchmark = name === undefined ? undefined : BENCHMARKS[name as keyof typeof BENCHMARKS]

if (values.help || !benchmark) {
  process.stdout.write(HELP)
  process.exitCode = values.help || name === undefined ? 0 : 2
} else {
  const work = await benchmark.load()
  const result = await work({
    seconds: positive('seconds', values.seconds),
    rounds: positive('rounds', values.rounds),
    orders: values.orders === undefined ? undefined : positive('orders', values.orders),
    report: (line: string) => void process.stderr.write(values.json ? '' : `${line}\n`),
  })
  process.stdout.write(`${JSON.stringify(result, null, 2)}\n`)
}

function positive(option: string, text: string): number {
  const value = Number(text)
  if (!(value > 0)) throw new Error(`--${option} takes a number above 0, not '${text}'.`)
  return value
}
