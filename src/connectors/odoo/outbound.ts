/** What the connector can be asked for. */
import { Fault, toFault } from '../../fault.ts'
import { type Connection, oneByOne, type Outbound, type Outcome, type Sent } from '../kit/connector.ts'
import { cancelSale } from './cancel.ts'
import { changeSale } from './change.ts'
import { ensureCredit } from './credit.ts'
import { ensureInvoice } from './invoice.ts'
import { ensureDelivery } from './delivery.ts'
import { putLabel } from './delivery-label.ts'
import { observeCancel, observeCustomer, observeInvoice, observeSale } from './observe.ts'
import type { Odoo } from './odoo.ts'
import { ensureRecord } from './partner-record.ts'
import { postReceipts, postSum } from './pos.ts'
import { closeSession } from './pos-session.ts'
import type { Ahead } from '#core/stock/presale.ts'
import { readAhead } from './receipts.ts'
import { bookPayout } from './payout-entries.ts'
import { ensureRedemption } from './redemption.ts'
import { ensureReturn } from './returns.ts'
import { ensureSales } from './sale.ts'
import { LIMITS } from './limits.ts'
import { readStock, type Level } from './stock.ts'
import { ensureSupplies } from './supply.ts'

export const outbound = (odoo: Odoo): Connection['outbound'] => ({
  'sale.ensure': { ...ensureSales(odoo), observe: (sent) => observeSale(odoo, sent) },
  'sale.change': changeSale(odoo),
  'sale.cancel': { ...cancelSale(odoo), observe: (sent, how) => observeCancel(odoo, sent, how) },
  'invoice.ensure': { ...ensureInvoice(odoo), observe: (sent) => observeInvoice(odoo, sent) },
  'delivery.ensure': ensureDelivery(odoo),
  'delivery.label': putLabel(odoo),
  'return.ensure': ensureReturn(odoo),
  'credit.ensure': ensureCredit(odoo),
  'redemption.ensure': ensureRedemption(odoo),
  'payout.book': bookPayout(odoo),
  'customer.ensure': { ...ensureCustomers(odoo), observe: (sent) => observeCustomer(odoo, sent) },
  'receipt.post': oneByOne(({ ask }) => postReceipts(odoo, ask), { serial: 'till' }),
  'session.post': oneByOne(({ ask }) => postSum(odoo, ask), { serial: 'till' }),
  'session.close': oneByOne(({ ask }) => closeSession(odoo, ask), { serial: 'till' }),
  'stock.read': readStocks(odoo),
  'supply.ensure': ensureSupplies(odoo),
})

const ensureCustomers = ({ client, config }: Odoo): Outbound<'customer.ensure'> => ({
  async send(intents) {
    const outcomes: Outcome<'customer.ensure'>[] = []
    for (const { ask } of intents) outcomes.push({ answer: await ensureRecord(ask, client, config.customers) })
    return outcomes
  },
})

/** One call per warehouse, however many SKUs; and one more where some may be sold before they are there. */
const readStocks = ({ client, directory }: Odoo): Outbound<'stock.read'> => ({
  batch: LIMITS.skusPerRead,
  reads: true,
  async send(intents) {
    const levels = new Map<string, Map<string, Level[]> | Fault>()
    const ahead = new Map<string, Map<number, Ahead>>()
    for (const [pool, group] of Map.groupBy(intents, ({ ask }) => ask.warehouse)) {
      const skus = [...new Set(group.map(({ ask }) => ask.sku))]
      const found = await readStock(pool, skus, client, directory).catch(ownFault)
      levels.set(pool, found)
      const since = found instanceof Fault ? new Map() : aheadWanted(group, found)
      if (since.size > 0) ahead.set(pool, await readAhead(pool, since, { client, directory }))
    }
    return intents.map(({ ask }) => {
      const found = levels.get(ask.warehouse)!
      if (found instanceof Fault) return { fault: found }
      const outcome = levelOf(ask.sku, found.get(ask.sku) ?? [])
      const coming = ask.ahead && ahead.get(ask.warehouse)?.get(found.get(ask.sku)?.[0]?.productId ?? 0)
      return 'answer' in outcome && coming ? { answer: { ...outcome.answer, ahead: coming } } : outcome
    })
  },
})

/** Which products are asked about, and from when on. */
function aheadWanted(
  group: readonly Sent<'stock.read'>[],
  found: ReadonlyMap<string, readonly Level[]>,
): Map<number, string | null> {
  const wanted = group.filter(({ ask }) => ask.ahead && found.get(ask.sku)?.length === 1)
  return new Map(wanted.map(({ ask }) => [found.get(ask.sku)![0]!.productId, ask.ahead!.since]))
}

/** A warehouse that does not exist concerns its own reads only. */
function ownFault(error: unknown): Fault {
  const fault = toFault(error)
  if (fault.code !== 'odoo.warehouse_unknown') throw error
  return fault
}

function levelOf(sku: string, levels: readonly Level[]): Outcome<'stock.read'> {
  if (levels.length === 1) return { answer: { free: levels[0]!.free, onHand: levels[0]!.onHand } }
  const code = levels.length === 0 ? 'odoo.sku_unknown' : 'odoo.sku_ambiguous'
  const what = levels.length === 0 ? 'no active product' : 'more than one product'
  return { fault: new Fault('rejected', `Odoo has ${what} with the internal reference '${sku}'.`, { code }) }
}
