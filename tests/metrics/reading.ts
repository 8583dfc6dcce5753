/** Reads Prometheus' text format as strictly as a collector does, for tests. */

export interface Reading {
  /** By name: `counter`, `gauge`, `histogram`. */
  types: Map<string, string>
  helps: Map<string, string>
  samples: { name: string; labels: Record<string, string>; value: number }[]
  /** The value of the one sample with this name and these labels, NaN when there is none. */
  of(name: string, labels?: Record<string, string>): number
}

const NAME = '[a-zA-Z_:][a-zA-Z0-9_:]*'
const SAMPLE = new RegExp(`^(${NAME})(?:\\{(.*)\\})? (NaN|[+-]Inf|-?[0-9.]+(?:e[+-]?[0-9]+)?)$`)
const LABEL = /^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(?:,(?=.)|$)/

/** Throws at the first line a collector would refuse. */
export function readExposition(text: string): Reading {
  if (!text.endsWith('\n')) throw new Error('The last line does not end.')
  const types = new Map<string, string>()
  const helps = new Map<string, string>()
  const samples: Reading['samples'] = []
  const seen = new Set<string>()
  for (const line of text.slice(0, -1).split('\n')) {
    const [, kind, about, rest] = new RegExp(`^# (HELP|TYPE) (${NAME}) (.*)$`).exec(line) ?? []
    if (kind) {
      const into = kind === 'HELP' ? helps : types
      if (into.has(about!)) throw new Error(`${about} is described twice.`)
      into.set(about!, rest!)
      continue
    }
    const [, name, labels = '', value] = SAMPLE.exec(line) ?? []
    if (!name) throw new Error(`Not a sample: ${line}`)
    const family = types.has(name) ? name : name.replace(/_(bucket|sum|count)$/, '')
    if (!types.has(family)) throw new Error(`${name} comes before its type.`)
    const one = `${name}{${labels}}`
    if (seen.has(one)) throw new Error(`${one} is there twice.`)
    seen.add(one)
    samples.push({ name, labels: labelsOf(labels), value: Number(value!.replace('Inf', 'Infinity')) })
  }
  const of = (name: string, labels: Record<string, string> = {}): number => {
    const found = samples.filter(
      (one) => one.name === name && JSON.stringify(sorted(one.labels)) === JSON.stringify(sorted(labels)),
    )
    return found.length === 1 ? found[0]!.value : Number.NaN
  }
  return { types, helps, samples, of }
}

const sorted = (labels: Record<string, string>) => Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1))

function labelsOf(text: string): Record<string, string> {
  const labels: Record<string, string> = {}
  for (let rest = text; rest !== '';) {
    const [all, name, value] = LABEL.exec(rest) ?? []
    if (all === undefined) throw new Error(`Not a label: ${rest}`)
    labels[name!] = value!.replaceAll(/\\(["\\n])/g, (_, escaped: string) => (escaped === 'n' ? '\n' : escaped))
    rest = rest.slice(all.length)
  }
  return labels
}
