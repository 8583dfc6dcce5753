/**
 * What this process counted and timed since it started. `insight/` writes it down as metrics. Recording costs a look-up
 * and an addition, since it happens on the way of every order.
 */

interface Instrument {
  /** As Prometheus knows it, unit last. */
  name: string
  help: string
}

interface Labelled extends Instrument {
  labels: readonly string[]
}

export const COUNTERS = {
  accepted: { name: 'crossdock_deliveries_stored_total', help: 'Deliveries stored.' },
  duplicates: { name: 'crossdock_deliveries_duplicate_total', help: 'Webhooks that were known already.' },
  forged: { name: 'crossdock_deliveries_forged_total', help: 'Webhooks refused because of their signature.' },
  messages: { name: 'crossdock_messages_decided_total', help: 'Inbox rows decided.' },
  refused: { name: 'crossdock_commands_refused_total', help: 'Commands a decider refused.' },
  dead: { name: 'crossdock_messages_dead_total', help: 'Inbox rows nobody can decide without help.' },
  intents: { name: 'crossdock_intents_written_total', help: 'Intents written to the outbox.' },
  processesBuried: {
    name: 'crossdock_processes_buried_total', help: 'Other hub processes that this one presumed dead.',
  },
  leasesTakenOver: {
    name: 'crossdock_leases_taken_over_total', help: 'Leases of dead processes that this one freed.',
  },
  published: {
    name: 'crossdock_bus_deliveries_published_total',
    help: 'Deliveries a majority of the bus acknowledged.',
  },
  lateAnswers: { name: 'crossdock_answers_late_total', help: 'Answers that came after the lease was lost.' },
} as const satisfies Record<string, Instrument> // prettier-ignore

/** Counts with labels. No label may hold what differs by order, SKU or customer: each value is kept for good. */
export const TALLIES = {
  events: {
    name: 'crossdock_events_total', help: 'Events written to the journal, by what happened.', labels: ['type'],
  },
  attempts: {
    name: 'crossdock_attempts_total',
    help: 'Attempts at an intent: `answered`, `postponed` (failed, will be repeated), `failed` (refused or given up).',
    labels: ['connection', 'intent', 'outcome'],
  },
  faults: {
    name: 'crossdock_faults_total', help: 'Attempts and readings of feeds that failed, by kind of fault.',
    labels: ['connection', 'kind'],
  },
  masked: {
    name: 'crossdock_card_numbers_masked_total',
    help: 'Deliveries in which card numbers that people had typed were hidden before they were stored.',
    labels: ['connection'],
  },
  missed: {
    name: 'crossdock_news_missed_total',
    help: 'Things a feed had when it was read again that the hub did not know, though it should have.',
    labels: ['connection', 'feed'],
  },
  silences: {
    name: 'crossdock_silences_total', help: 'Times a connection was silent although it had news.',
    labels: ['connection'],
  },
  fallbacks: {
    name: 'crossdock_bus_fallbacks_total',
    help: 'Deliveries of a connection on the bus that went to the database: `down`, `failed`, `busy`, `unfit` (too large).',
    labels: ['connection', 'reason'],
  },
  announced: {
    name: 'crossdock_events_announced_total',
    help: 'Events sent to a subscriber: `taken`, `failed` (will be repeated), `skipped` (too far behind).',
    labels: ['subscriber', 'outcome'],
  },
} as const satisfies Record<string, Labelled> // prettier-ignore

/** What stands at a value. Only of what this process reads itself. */
export const LEVELS = {
  waiting: {
    name: 'crossdock_reader_waiting',
    help: 'What waits for a reader in the hands of this process: deliveries on the bus, or events of the journal.',
    labels: ['reader'],
  },
} as const satisfies Record<string, Labelled>

const CALL_SECONDS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]
const HOOK_SECONDS = [0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]

export const SPREADS = {
  call: {
    name: 'crossdock_call_duration_seconds',
    help: 'How long one call of a connector took; a call may carry several intents.',
    labels: ['connection', 'intent'],
    bounds: CALL_SECONDS,
  },
  hook: {
    name: 'crossdock_webhook_duration_seconds',
    help: 'From the last byte of a webhook until it can be answered. `outcome`: a receipt, or the kind of fault.',
    labels: ['connection', 'outcome'],
    bounds: HOOK_SECONDS,
  },
  turn: {
    name: 'crossdock_turn_duration_seconds', help: 'How long a turn with something to decide took, commit and all.',
    labels: [],
    bounds: HOOK_SECONDS,
  },
  turnSize: {
    name: 'crossdock_turn_messages', help: 'How many messages a turn decided.',
    labels: [],
    bounds: [1, 2, 5, 10, 20, 50, 100, 200],
  },
} as const satisfies Record<string, Labelled & { bounds: readonly number[] }> // prettier-ignore

export type Counter = keyof typeof COUNTERS
export type Tally = keyof typeof TALLIES
export type Spread = keyof typeof SPREADS
export type Level = keyof typeof LEVELS

/** One instrument and what it shows. */
export interface Measured extends Instrument {
  type: 'counter' | 'gauge' | 'histogram'
  samples: { labels: Readonly<Record<string, string>>; value: number; suffix?: string }[]
}

export interface Meter {
  add(counter: Counter, by?: number): void
  /** @param values of the labels, in their order. */
  count(tally: Tally, values: readonly string[], by?: number): void
  /** @param amount in the unit the name ends in. @param values of the labels, in their order. */
  observe(spread: Spread, amount: number, values?: readonly string[]): void
  /** @param values of the labels, in their order. @param amount null: it is no longer ours to tell. */
  set(level: Level, values: readonly string[], amount: number | null): void
  read(): Record<Counter, number>
  measured(): Measured[]
}

interface Filled {
  values: readonly string[]
  /** Per bound, and one for what lies beyond. Not added up. */
  buckets: number[]
  sum: number
}

export function createMeter(): Meter {
  const counts = Object.fromEntries(Object.keys(COUNTERS).map((name) => [name, 0])) as Record<Counter, number>
  const tallies = new Map<string, { tally: Tally; values: readonly string[]; count: number }>()
  const spreads = new Map<string, Filled & { spread: Spread }>()
  const levels = new Map<string, { level: Level; values: readonly string[]; amount: number }>()
  const filled = (spread: Spread, values: readonly string[]): Filled => {
    const key = `${spread} ${values.join(' ')}`
    const known = spreads.get(key)
    if (known) return known
    const buckets = SPREADS[spread].bounds.map(() => 0).concat(0)
    const fresh = { spread, values, buckets, sum: 0 }
    spreads.set(key, fresh)
    return fresh
  }

  return {
    add: (counter, by = 1) => {
      counts[counter] += by
    },
    count(tally, values, by = 1) {
      const key = `${tally} ${values.join(' ')}`
      const known = tallies.get(key)
      if (known) known.count += by
      else tallies.set(key, { tally, values, count: by })
    },
    observe(spread, amount, values = []) {
      const one = filled(spread, values)
      const at = SPREADS[spread].bounds.findIndex((bound) => amount <= bound)
      one.buckets[at === -1 ? one.buckets.length - 1 : at]! += 1
      one.sum += amount
    },
    set(level, values, amount) {
      const key = `${level} ${values.join(' ')}`
      if (amount === null) levels.delete(key)
      else levels.set(key, { level, values, amount })
    },
    read: () => ({ ...counts }),
    measured: () => [
      ...(Object.keys(COUNTERS) as Counter[]).map((counter): Measured => ({
        ...COUNTERS[counter],
        type: 'counter',
        samples: [{ labels: {}, value: counts[counter] }],
      })),
      ...(Object.keys(TALLIES) as Tally[]).map((tally): Measured => {
        const { name, help, labels } = TALLIES[tally]
        const mine = [...tallies.values()].filter((one) => one.tally === tally)
        const samples = mine.map(({ values, count }) => ({ labels: labelled(labels, values), value: count }))
        return { name, help, type: 'counter', samples }
      }),
      ...(Object.keys(LEVELS) as Level[]).map((level): Measured => {
        const { name, help, labels } = LEVELS[level]
        const mine = [...levels.values()].filter((one) => one.level === level)
        const samples = mine.map(({ values, amount }) => ({ labels: labelled(labels, values), value: amount }))
        return { name, help, type: 'gauge', samples }
      }),
      ...(Object.keys(SPREADS) as Spread[]).map((spread): Measured => {
        const { name, help, labels, bounds } = SPREADS[spread]
        const mine = [...spreads.values()].filter((one) => one.spread === spread)
        const samples = mine.flatMap((one) => samplesOf(one, labelled(labels, one.values), bounds))
        return { name, help, type: 'histogram', samples }
      }),
    ],
  }
}

const labelled = (labels: readonly string[], values: readonly string[]): Record<string, string> =>
  Object.fromEntries(labels.map((label, index) => [label, values[index] ?? '']))

/** As Prometheus wants it: each bucket holds all that is not larger than its bound. */
function samplesOf({ buckets, sum }: Filled, labels: Record<string, string>, bounds: readonly number[]) {
  let count = 0
  const samples: Measured['samples'] = buckets.map((own, index) => {
    count += own
    const le = index < bounds.length ? String(bounds[index]) : '+Inf'
    return { labels: { ...labels, le }, value: count, suffix: '_bucket' }
  })
  return [...samples, { labels, value: sum, suffix: '_sum' }, { labels, value: count, suffix: '_count' }]
}
