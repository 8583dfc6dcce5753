/** What the tests' hub says of reconciliation: one comparison that agrees, and one that found a lost order. */
import type { FindingList, ReconciliationList } from '#api/contract-reconcile.ts'

const AT = '2026-11-27T09:40:00.000Z'

const run = {
  id: 31,
  state: 'done' as const,
  startedAt: AT,
  finishedAt: '2026-11-27T09:41:00.000Z',
  since: '2026-11-20T09:40:00.000Z',
  read: [1_204, 1_203],
  found: 1,
  handedIn: 1,
  resolved: 0,
  waiting: 2,
  report: 'One difference. 1 handed in to be mended.',
}

export const RECONCILIATIONS: ReconciliationList = {
  rows: [
    {
      name: 'orders/shopify-main',
      what: "A channel's orders against the hub's books: news that was lost.",
      sides: ['channel', 'hub'],
      open: 1,
      openByKind: { missed: 1 },
      nextAt: '2026-11-27T10:40:00.000Z',
      runs: [run],
    },
    {
      name: 'warehouse/WH',
      what: 'Free stock in the ERP against what the stock ledger last read.',
      sides: ['ERP', 'hub'],
      open: 0,
      openByKind: {},
      nextAt: null,
      runs: [{ ...run, id: 30, found: 0, handedIn: 0, waiting: 0, report: 'No difference.' }],
    },
    {
      name: 'products/shopify-main',
      what: 'SKUs a channel lists against the products in the ERP.',
      sides: ['channel', 'ERP'],
      open: 0,
      openByKind: {},
      nextAt: '2026-11-27T15:40:00.000Z',
      runs: [],
    },
  ],
}

export const FINDINGS: FindingList = {
  rows: [
    {
      id: 7,
      definition: 'orders/shopify-main',
      kind: 'missed',
      key: 'shopify-main:1131',
      message: 'shopify-main:1131: the channel has it, the hub does not.',
      cure: 'Its news was lost. It is handed in by itself; if it stays, look among the messages nobody could decide.',
      state: 'handed_in',
      stream: 'order/shopify-main/1131',
      foundAt: AT,
      seenAt: AT,
      handedInAt: AT,
      resolvedAt: null,
      firstRun: 31,
      lastRun: 31,
      resolvedRun: null,
    },
  ],
  next: null,
}
