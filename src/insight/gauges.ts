/** Every figure that `/metrics` reads at the moment it is asked; those counted on the way are in engine/meter.ts. */

interface Gauge {
  name: string
  help: string
  labels?: readonly string[]
  /** `gauge` unless said. */
  type?: 'counter'
}

/** From the database. The same from every process on it, so look at one or take the largest. */
export const DATABASE_GAUGES = {
  undecided: { name: 'crossdock_inbox_undecided', help: 'Messages that wait to be decided.' },
  undecidedAge: {
    name: 'crossdock_inbox_undecided_oldest_seconds',
    help: 'Age of the oldest message that waits to be decided; 0 when none does.',
  },
  dead: { name: 'crossdock_inbox_dead', help: 'Messages nobody could decide, kept for people.' },
  letters: {
    name: 'crossdock_dead_letters', help: 'Dead letters that are not resolved, by class and owner.',
    labels: ['class', 'owner'],
  },
  notices: {
    name: 'crossdock_dead_letter_messages',
    help: 'Messages about dead letters that were not taken: `late` ones are tried again, `failed` ones are given up.',
    labels: ['state'],
  },
  open: {
    name: 'crossdock_outbox_open', help: 'Intents that are owed and not done yet.', labels: ['connection', 'intent'],
  },
  openAge: {
    name: 'crossdock_outbox_open_oldest_seconds', help: 'Age of the oldest intent that is owed; 0 when none is.',
    labels: ['connection', 'intent'],
  },
  connection: {
    name: 'crossdock_connection_state', help: '1 for the state a connection is in, 0 for the others.',
    labels: ['connection', 'state'],
  },
  feedLag: {
    name: 'crossdock_feed_lag_seconds',
    help: 'How long ago a feed had last read everything; since the hub started while it never has. With a schedule of its own: how long it has been due.',
    labels: ['connection', 'feed'],
  },
  orders: { name: 'crossdock_orders', help: 'Orders by the status they are in.', labels: ['status'] },
  ordersStuck: { name: 'crossdock_orders_needing_person', help: 'Orders that wait for a person.' },
  acceptances: {
    name: 'crossdock_acceptances_open', help: 'Orders that a channel waits to have accepted, with a limit.',
    labels: ['connection'],
  },
  acceptanceLeft: {
    name: 'crossdock_acceptance_left_seconds',
    help: 'Time left of the open acceptance that ends first; below 0 when it is late. Absent while none is open.',
    labels: ['connection'],
  },
  skus: { name: 'crossdock_stock_skus', help: 'SKUs the ERP counts, per warehouse.' },
  differing: {
    name: 'crossdock_stock_differing', help: 'Places where a channel shows another number than may be sold there.',
  },
  oversold: { name: 'crossdock_stock_oversold', help: 'SKUs of which more is promised than there is.' },
  overOffered: {
    name: 'crossdock_stock_over_offered', help: 'Pieces on sale in channels that are not there to be promised.',
  },
  stockIncidents: { name: 'crossdock_stock_incidents', help: 'SKUs whose stock people have to look at.' },
  processes: { name: 'crossdock_processes', help: 'Hub processes signed in; a dead one counts until it is buried.' },
  findings: {
    name: 'crossdock_reconcile_findings', help: 'What two systems disagree about, found by reconciliation and still there.',
    labels: ['kind'],
  },
  tills: {
    name: 'crossdock_tills',
    help: 'Tills of all stores: all that were heard of, `silent` ones in an open business day, those with a `gap` in their sequence, and those that need a person (`trouble`).',
    labels: ['state'],
  },
  receiptsHeld: { name: 'crossdock_receipts_held', help: 'Receipts of tills that the ERP does not take.' },
  databaseSize: { name: 'crossdock_database_size_bytes', help: 'Size of the database on its disk.' },
} as const satisfies Record<string, Gauge> // prettier-ignore

/** Of this process. The names without `crossdock_` are those that programs of this kind share. */
export const PROCESS_GAUGES = {
  build: { name: 'crossdock_build_info', help: '1; what runs is in the labels.', labels: ['version', 'node'] },
  databaseUp: {
    name: 'crossdock_database_up',
    help: '1 when the database answered for these figures. When 0, those read from it are missing.',
  },
  start: { name: 'process_start_time_seconds', help: 'When the hub started, in seconds since 1970.' },
  cpu: { name: 'process_cpu_seconds_total', help: 'CPU time used, user and system.', type: 'counter' },
  memory: { name: 'process_resident_memory_bytes', help: 'Memory the process holds.' },
  heap: { name: 'nodejs_heap_size_used_bytes', help: 'Memory in use by what the program made.' },
  lag: {
    name: 'nodejs_eventloop_lag_p99_seconds', help: '99 % of waits for the main thread were shorter, since last asked.',
  },
  lagMax: { name: 'nodejs_eventloop_lag_max_seconds', help: 'Longest wait for the main thread, since last asked.' },
} as const satisfies Record<string, Gauge> // prettier-ignore

export type DatabaseGauge = keyof typeof DATABASE_GAUGES
export type ProcessGauge = keyof typeof PROCESS_GAUGES
