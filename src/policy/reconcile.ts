/** Which reconciliations run, how often, with which tolerance, and what they may mend by themselves. */
import { z } from 'zod'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

const defaults = {
  orders: { everyMs: 15 * MINUTE, graceMs: 15 * MINUTE, tolerance: 0, mendingsMax: 50 },
  // The ERP rounds taxes its own way, a cent here and there; its invoice is put right to the cent.
  sales: { everyMs: HOUR, graceMs: 30 * MINUTE, tolerance: 5, mendingsMax: 50 },
  stock: { everyMs: HOUR, graceMs: 10 * MINUTE, tolerance: 0, mendingsMax: 100 },
  warehouse: { everyMs: HOUR, graceMs: 10 * MINUTE, tolerance: 0, mendingsMax: 100 },
  products: { everyMs: 6 * HOUR, graceMs: 30 * MINUTE, tolerance: 0, mendingsMax: 50 },
  fulfilments: { everyMs: HOUR, graceMs: 30 * MINUTE, tolerance: 0, mendingsMax: 50 },
  kits: { everyMs: HOUR, graceMs: 0, tolerance: 0, mendingsMax: 50 },
} as const
export type ReconcileName = keyof typeof defaults

/** What is compared, and what its first and its second side are called. */
export const RECONCILIATIONS: Readonly<Record<ReconcileName, { what: string; sides: readonly [string, string] }>> = {
  orders: { what: "A channel's orders against the hub's books: news that was lost.", sides: ['channel', 'hub'] },
  sales: {
    what: "A channel's orders against the sales in the ERP: there once, with the same total, cancelled on both sides.",
    sides: ['channel', 'ERP'],
  },
  stock: {
    what: 'What a channel shows against what the stock ledger lets it sell.',
    sides: ['channel', 'hub'],
  },
  warehouse: { what: 'Free stock in the ERP against what the stock ledger last read.', sides: ['ERP', 'hub'] },
  products: { what: 'SKUs a channel lists against the products in the ERP.', sides: ['channel', 'ERP'] },
  fulfilments: {
    what: 'What left the warehouse against what the channel was told of it.',
    sides: ['ERP', 'channel'],
  },
  kits: { what: 'What the ERP takes apart in the sale against the kits of the policy.', sides: ['ERP', 'policy'] },
}

const rules = ({ everyMs, graceMs, tolerance, mendingsMax }: (typeof defaults)[ReconcileName]) =>
  z
    .strictObject({
      run: z.boolean().default(true).describe('Whether the hub runs it by itself.'),
      everyMs: z.int().min(MINUTE).default(everyMs).describe('How often, in milliseconds.'),
      graceMs: z
        .int()
        .min(0)
        .max(24 * HOUR)
        .default(graceMs)
        .describe('What changed within this time is in flight and not judged yet, in milliseconds.'),
      tolerance: z
        .int()
        .min(0)
        .default(tolerance)
        .describe('Largest difference that is none: minor units of the currency, or pieces.'),
      mend: z.boolean().default(true).describe('Whether what can be mended by itself is, by handing it in once more.'),
      mendingsMax: z
        .int()
        .min(1)
        .max(1_000)
        .default(mendingsMax)
        .describe('With more to mend than this in one run something systematic is wrong: nothing is mended.'),
    })
    .prefault({})

export const reconcileSchema = z
  .strictObject({
    daysBack: z
      .int()
      .min(1)
      .max(60)
      .default(7)
      .describe('How many days of orders are looked at; further while a finding from before is open.'),
    orders: rules(defaults.orders).describe(RECONCILIATIONS.orders.what),
    sales: rules(defaults.sales).describe(RECONCILIATIONS.sales.what),
    stock: rules(defaults.stock).describe(RECONCILIATIONS.stock.what),
    warehouse: rules(defaults.warehouse).describe(RECONCILIATIONS.warehouse.what),
    products: rules(defaults.products).describe(RECONCILIATIONS.products.what),
    fulfilments: rules(defaults.fulfilments).describe(RECONCILIATIONS.fulfilments.what),
    kits: rules(defaults.kits).describe(RECONCILIATIONS.kits.what),
  })
  .prefault({})
export type ReconcilePolicy = z.infer<typeof reconcileSchema>

/** What holds where nobody said anything. */
export const DEFAULT_RECONCILE: ReconcilePolicy = reconcileSchema.parse(undefined)
