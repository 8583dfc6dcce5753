/** What the tests' hub says of deciding again: one order that today's rules see otherwise, the others the same. */
import type { DryRun, ReplayPreview, ShadowReport } from '../../console/src/types.ts'

export const REPLAY_TOKEN = '4be1c0de4be1c0de'
/** The order of which something would be different. */
const CHANGED = 'order/shopify-main/1124'

const none = { event: 0, intent: 0, note: 0 }

export function dryRunOf(stream: string): DryRun {
  const changed = stream === CHANGED
  const found: DryRun = {
    rows: 4,
    policy: '1f3c',
    policiesUnknown: [],
    identical: !changed,
    journal: { recorded: 'a1', again: changed ? 'b2' : 'a1' },
    events: { recorded: 6, again: changed ? 7 : 6 },
    counts: { different: none, missing: none, additional: none },
    streams: 0,
    findings: [],
    more: 0,
    answers: { used: 1, unfit: 0, first: [] },
    dead: { count: 0, first: [] },
  }
  if (!changed) return found
  const common = { stream, to: '', fields: [], recorded: null, again: null, words: '' }
  return {
    ...found,
    counts: { different: { ...none, intent: 1 }, missing: { ...none, event: 1 }, additional: { ...none, event: 1 } },
    streams: 1,
    findings: [
      { ...common, verdict: 'missing', kind: 'event', type: 'order.held_back', recorded: { code: 'stock_short' } },
      { ...common, verdict: 'additional', kind: 'event', type: 'order.released', again: { pool: 'WH' } },
      {
        ...common,
        verdict: 'different',
        kind: 'intent',
        type: 'sale.ensure',
        to: 'odoo',
        fields: ['order.shippingMethod', 'warehouse'],
        recorded: { warehouse: 'WH' },
        again: { warehouse: 'WH2', email: 'g•••@•••.example' },
      },
    ],
    more: 3,
    answers: { used: 1, unfit: 1, first: [{ stream, type: 'sale.ensure', inbox: 4_102 }] },
  }
}

export function previewOf(stream: string): ReplayPreview {
  const changed = stream === CHANGED
  return {
    rows: 2,
    streams: changed ? 2 : 0,
    events: changed ? { 'order.released': 1, 'stock.reserved': 2 } : {},
    intents: changed
      ? [
          { type: 'sale.ensure', connection: 'odoo', count: 1, irreversible: true },
          { type: 'inventory.set', connection: 'shopify-main', count: 2, irreversible: false },
        ]
      : [],
    irreversible: changed ? 1 : 0,
    refused: { count: 0, first: [] },
    first: [],
    token: REPLAY_TOKEN,
  }
}

export const SHADOW: ShadowReport = {
  connections: [
    {
      connection: 'odoo',
      since: '2026-11-24T09:00:00.000Z',
      compared: 1_240,
      same: 1_239,
      different: 1,
      missing: 0,
      unsettled: 2,
      waiting: 3,
      byType: [{ type: 'sale.ensure', same: 1_239, different: 1, missing: 0 }],
      byField: [{ type: 'sale.ensure', field: 'lines.0.tax', verdict: 'different', count: 1 }],
      first: [],
      verdict: 'go on',
      share: 1_239 / 1_240,
      reasons: ['Compared for 3.0 of 7 days.'],
    },
  ],
}
