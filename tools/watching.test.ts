/** Whoever is woken by an alert finds a metric that exists and a page that says what to do; so does the dashboard. */
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { ORDER_STATUSES } from '../src/core/summary.ts'
import { EVENT_SENTENCES } from './generate/event-sentences.ts'
import { METRICS } from './generate/metrics-page.ts'
import { namedIn } from './promql.ts'
import { projectFiles, read } from './tree.ts'

interface Rule {
  alert: string
  expr: string
  labels: { severity: string }
  annotations: Record<string, string>
}

const { groups } = parse(read('deploy/prometheus/alerts.yaml')) as { groups: { rules: Rule[] }[] }
const rules = groups.flatMap((group) => group.rules)
const dashboard = JSON.parse(read('deploy/grafana/crossdock.json')) as {
  panels: { title: string; targets?: { expr: string; legendFormat: string }[] }[]
}
const queries = [
  ...rules.map(({ alert, expr }) => [alert, expr] as const),
  ...dashboard.panels.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => [title, expr] as const)),
]
const runbooks = projectFiles().filter((path) => path.startsWith('docs/runbooks/'))

/** Labels by the names that samples have; those Prometheus adds itself included. */
const known = new Map<string, readonly string[]>([
  ['up', ['job', 'instance']],
  ...METRICS.flatMap(({ name, type, labels }) => {
    const all = [...labels, 'job', 'instance']
    if (type !== 'histogram') return [[name, all] as const]
    return [
      [`${name}_bucket`, [...all, 'le']],
      [`${name}_sum`, all],
      [`${name}_count`, all],
    ] as [string, string[]][]
  }),
])

function mistakesIn(query: string): string[] {
  const { metrics, matched, grouped } = namedIn(query)
  const shared = metrics.flatMap((name) => known.get(name) ?? [])
  return [
    ...metrics.filter((name) => !known.has(name)).map((name) => `no metric ${name}`),
    ...matched
      .filter(({ metric, label }) => !known.get(metric)?.includes(label))
      .map(({ metric, label }) => `no label ${label} at ${metric}`),
    ...grouped.filter((label) => !shared.includes(label)).map((label) => `no label ${label} to group by`),
    ...(metrics.length === 0 ? ['no metric at all'] : []),
  ]
}

describe('alerts and panels', () => {
  it.each(queries)('%s asks only for what there is: %s', (_, query) => {
    expect(mistakesIn(query)).toEqual([])
  })

  it('compare with values that there are', () => {
    const values = (label: string) =>
      queries.flatMap(([, query]) =>
        [...query.matchAll(new RegExp(`\\b${label}(?:=~|!~|!=|=)"([^"]*)"`, 'g'))].flatMap(([, all = '']) => all.split('|')),
      ) // prettier-ignore
    expect(values('type').filter((type) => !(type in EVENT_SENTENCES))).toEqual([])
    expect(values('status').filter((status) => !(ORDER_STATUSES as readonly string[]).includes(status))).toEqual([])
    expect(values('type').length * values('status').length).toBeGreaterThan(0)
  })

  it('would be found out', () => {
    expect(mistakesIn('sum by (colour) (rate(crossdock_nothing_total{shade="a"}[5m])) > 1')).toEqual([
      'no metric crossdock_nothing_total',
      'no label shade at crossdock_nothing_total',
      'no label colour to group by',
    ])
    expect(mistakesIn('rate(crossdock_webhook_duration_seconds[5m]) and up')).toHaveLength(1)
    expect(mistakesIn('max(crossdock_orders{status="by (x) up(1)"} offset 5m) > 1e3')).toEqual([])
  })
})

describe('what must be watched', () => {
  it.each([
    ['the bus is down', 'crossdock_bus_fallbacks_total'],
    ['a reader is behind', 'crossdock_reader_waiting'],
    ['findings of reconciliation stay open', 'crossdock_reconcile_findings'],
    ['dead letters stay open', 'crossdock_dead_letters'],
    ['there are fewer processes than expected', 'crossdock_processes'],
  ])('%s: an alert and a panel', (_, metric) => {
    const asks = (expr: string) => namedIn(expr).metrics.includes(metric)
    expect(rules.filter(({ expr }) => asks(expr))).not.toEqual([])
    expect(dashboard.panels.filter(({ targets = [] }) => targets.some(({ expr }) => asks(expr)))).not.toEqual([])
  })

  it('reminds each owner of dead letters by name', () => {
    const rule = rules.find(({ expr }) => expr.includes('crossdock_dead_letters'))
    expect(namedIn(rule!.expr).grouped).toContain('owner')
    expect(rule!.annotations['summary']).toContain('$labels.owner')
  })

  it('does not page for one process of several', () => {
    const down = rules.find(({ alert }) => alert === 'CrossdockDown')!
    expect(down.expr).toMatch(/^sum\(up\{/)
    const missing = rules.find(({ alert }) => alert === 'CrossdockProcessesMissing')!
    expect(missing.labels.severity).toBe('ticket')
  })
})

describe('an alert', () => {
  it.each(rules.map((rule) => [rule.alert, rule] as const))('%s says what it costs and what to do', (alert, rule) => {
    const { summary = '', loses = '', runbook = '' } = rule.annotations
    expect([summary, loses].filter((sentence) => !sentence.endsWith('.'))).toEqual([])
    expect(['page', 'ticket']).toContain(rule.labels.severity)
    expect(runbooks).toContain(runbook)
    expect(read(runbook)).toContain(`\`${alert}\``)
  })

  it('leads to each runbook, and each says the same things', () => {
    expect([...new Set(rules.map(({ annotations }) => annotations['runbook']))].sort()).toEqual(runbooks)
    const lacking = runbooks.flatMap((path) =>
      ['What customers notice', 'Look first', 'When to worry']
        .filter((heading) => !read(path).includes(`\n## ${heading}\n`))
        .map((heading) => `${path}: ${heading}`),
    )
    expect(lacking).toEqual([])
  })

  it('and its runbook name only metrics that there are', () => {
    const names = runbooks.flatMap((path) =>
      [...read(path).matchAll(/\b(?:crossdock|process|nodejs)_[a-z_0-9]+/g)].map(([name]) => ({ path, name })),
    )
    const histograms = METRICS.filter(({ type }) => type === 'histogram').map(({ name }) => name)
    expect(names.filter(({ name }) => !known.has(name) && !histograms.includes(name))).toEqual([])
    expect(names.length).toBeGreaterThan(10)
  })
})
