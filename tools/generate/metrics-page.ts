/** docs/reference/metrics.md: every metric of `/metrics`, from the tables they are written from. */
import { COUNTERS, LEVELS, SPREADS, TALLIES } from '../../src/engine/meter.ts'
import { DATABASE_GAUGES, PROCESS_GAUGES } from '../../src/insight/gauges.ts'
import { page, table } from './page.ts'

export interface Metric {
  name: string
  help: string
  type: 'counter' | 'gauge' | 'histogram'
  labels: readonly string[]
}

type Rows = Readonly<Record<string, Omit<Metric, 'type' | 'labels'> & Partial<Metric>>>

const rows = (from: Rows, type: Metric['type']): Metric[] =>
  Object.values(from).map((one) => ({ labels: [], type, ...one }))

const COUNTED: readonly Metric[] = [...rows(COUNTERS, 'counter'), ...rows(TALLIES, 'counter')]
const TIMED: readonly Metric[] = rows(SPREADS, 'histogram')
const OF_DATABASE: readonly Metric[] = rows(DATABASE_GAUGES, 'gauge')
const OF_PROCESS: readonly Metric[] = [...rows(LEVELS, 'gauge'), ...rows(PROCESS_GAUGES, 'gauge')]

export const METRICS: readonly Metric[] = [...COUNTED, ...TIMED, ...OF_DATABASE, ...OF_PROCESS]

export const metricsPage = (): string =>
  page(
    'Metrics',
    'src/engine/meter.ts, src/insight/gauges.ts',
    'What `GET /metrics` tells, in the text format of Prometheus. Alerts and a dashboard made of it are in [deploy](../../deploy/README.md).',
    '## Counted by each process since it started',
    listed(COUNTED),
    '## Timed by each process since it started',
    'Histograms: each has `_bucket`, `_sum` and `_count`. The count of one is how often it happened.',
    listed(TIMED),
    '## Read from the database',
    'The same from every process, and at most five seconds old: take the largest, do not add up.',
    listed(OF_DATABASE),
    '## Of the process',
    listed(OF_PROCESS),
    'No label holds an order, a SKU or a customer.',
  )

const listed = (metrics: readonly Metric[]): string =>
  table(
    ['metric', 'type', 'labels', 'what it says'],
    metrics.map(({ name, type, labels, help }) => [
      `\`${name}\``,
      type,
      labels.map((label) => `\`${label}\``).join(', '),
      help,
    ]),
  )
