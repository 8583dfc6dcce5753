/** Prometheus' text format, version 0.0.4: metrics as lines that every collector reads. */

export const EXPOSITION_TYPE = 'text/plain; version=0.0.4; charset=utf-8'

export interface Sample {
  labels: Readonly<Record<string, string>>
  value: number
  /** `_bucket`, `_sum` and `_count` of a histogram. */
  suffix?: string
}

/** All samples of one name. */
export interface Family {
  name: string
  type: 'counter' | 'gauge' | 'histogram'
  help: string
  samples: readonly Sample[]
}

export const exposition = (families: readonly Family[]): string => families.map((one) => `${linesOf(one)}\n`).join('')

const linesOf = ({ name, type, help, samples }: Family): string =>
  [
    `# HELP ${name} ${help.replaceAll('\\', '\\\\').replaceAll('\n', String.raw`\n`)}`,
    `# TYPE ${name} ${type}`,
    ...samples.map(({ labels, value, suffix = '' }) => `${name}${suffix}${braced(labels)} ${numberOf(value)}`),
  ].join('\n')

function braced(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`)
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`
}

const escaped = (value: string): string =>
  value
    .replaceAll('\\', '\\\\')
    .replaceAll('"', String.raw`\"`)
    .replaceAll('\n', String.raw`\n`)

const numberOf = (value: number): string =>
  Number.isFinite(value) ? String(value) : Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf'
