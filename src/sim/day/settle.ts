/**
 * What a trading day came to, while it lasts: what is over is looked at as the auditor does, and forgotten by
 * everybody, so that the simulated systems need no more memory in the evening than in the morning.
 */
import type { Database } from '#store/database.ts'
import { streams } from '#core/streams.ts'
import { soldIn, wrongWith } from '../auditor.ts'
import type { Estate } from '../estate.ts'
import { poolOf, registerOf } from '../stores.ts'
import { WAREHOUSE } from '../terms.ts'

export interface Ledger {
  settled: number
  /** Orders and receipts that stand in Odoo twice, or that nobody ordered. */
  twice: Set<string>
  /** Settled when last looked at: late news may still be under way. */
  before: Set<string>
}

export const newLedger = (): Ledger => ({ settled: 0, twice: new Set(), before: new Set() })

/** Forgets what was over the last time, too. */
export async function settleDay(estate: Estate, database: Database, ledger: Ledger): Promise<void> {
  await settleOrders(estate, database, ledger)
  settleReceipts(estate, ledger)
}

async function settleOrders(estate: Estate, database: Database, ledger: Ledger): Promise<void> {
  const { erp, outlets } = estate
  const { sales, duplicates } = erp.beliefs()
  const known = new Map(sales.map((sale) => [sale.ref, sale]))
  const { orders } = soldIn(estate)
  for (const ref of [...duplicates, ...unwanted(known.keys(), orders)]) ledger.twice.add(ref)
  const over = orders.filter((order) => wrongWith(order, known.get(order.ref)).length === 0)
  const done = await ended(database, over.map(({ stream }) => stream)) // prettier-ignore
  const now = new Set<string>()
  for (const { ref, stream, channel, id } of over) {
    if (!done.has(stream)) continue
    if (!ledger.before.has(ref)) {
      now.add(ref)
      continue
    }
    outlets.find(({ name }) => name === channel)!.forget(id)
    if (known.has(ref)) erp.forgetSale(ref)
    ledger.settled += 1
  }
  ledger.before = now
}

function unwanted(refs: Iterable<string>, orders: readonly { ref: string }[]): string[] {
  const ordered = new Set(orders.map(({ ref }) => ref))
  return [...refs].filter((ref) => !ordered.has(ref))
}

/** Streams that are at their end, with nothing owed. */
async function ended(database: Database, candidates: readonly string[]): Promise<ReadonlySet<string>> {
  const rows = await database.query<{ stream: string }>(
    `select stream from stream where stream = any($1) and status in ('completed', 'cancelled')
       and not exists (select 1 from outbox o where o.correlation = stream.stream and o.state <> 'done')`,
    [candidates],
  )
  return new Set(rows.map(({ stream }) => stream))
}

function settleReceipts({ erp, stores }: Estate, ledger: Ledger): void {
  if (!stores) return
  const { receipts } = stores.believes()
  for (const { id, number, till, total } of erp.beliefs().tillOrders) {
    const cents = receipts.get(number)
    if (cents === undefined) ledger.twice.add(`receipt ${number} of ${till}`)
    else if (cents === Math.round(total * 100)) {
      stores.forget(number)
      erp.forgetReceipt(id)
      ledger.settled += 1
    }
  }
}

/** What is not as it should be in the evening, in words. */
export async function disagreements(estate: Estate, database: Database): Promise<string[]> {
  const { erp, stores, products } = estate
  const { stock } = erp.beliefs()
  const { offered } = soldIn(estate)
  const at = new Map(stock.map((one) => [`${one.warehouse} ${one.sku}`, one]))
  const shown = products.flatMap(({ sku }) => {
    const free = at.get(`${WAREHOUSE} ${sku}`)?.free ?? 0
    return offered(sku) === free ? [] : [`The channels offer ${offered(sku)} of ${sku}, Odoo has ${free} free.`]
  })
  const shelves = Object.entries(stores?.believes().shelves ?? {}).flatMap(([storeId, shelf]) =>
    Object.entries(shelf).flatMap(([sku, pieces]) => {
      const onHand = at.get(`${poolOf(storeId)} ${sku}`)?.onHand ?? 0
      return onHand === pieces ? [] : [`${pieces} of ${sku} lie in ${registerOf(storeId)}, Odoo has ${onHand}.`]
    }),
  )
  const ledgers = await database.query<{ stream: string; free: number; held: number }>(
    `select stream, coalesce((state -> 'reading' ->> 'free')::int, 0) as free,
       json_array_length(state -> 'holds') as held from stream where kind = 'stock'`,
  )
  const odoo = new Map([...at].map(([, { sku, warehouse, free }]) => [streams.stock(warehouse, sku), free]))
  const books = ledgers.flatMap(({ stream, free, held }) => [
    ...(free === (odoo.get(stream) ?? 0) ? [] : [`The ledger reads ${free} free in ${stream}, Odoo has ${odoo.get(stream)}.`]),
    ...(held === 0 ? [] : [`${held} pieces are still held in ${stream}.`]),
  ]) // prettier-ignore
  return [...shown, ...shelves, ...books, ...(await unfinished(database))]
}

async function unfinished(database: Database): Promise<string[]> {
  const rows = await database.query<{ what: string }>(
    `select 'A message ''' || topic || ''' is ' || state || ': ' || coalesce(outcome, '') as what
       from inbox where state <> 'done'
     union all
     select type || ' of ' || key || ' is ' || state || ': ' || coalesce(fault ->> 'message', '')
       from outbox where state <> 'done' order by 1 limit 20`,
  )
  return rows.map(({ what }) => what)
}

/** Orders that have not come to their end, and why. */
export async function unsettled(estate: Estate, database: Database): Promise<string[]> {
  const { orders } = soldIn(estate)
  const known = new Map(estate.erp.beliefs().sales.map((sale) => [sale.ref, sale]))
  const rows = await database.query<{ stream: string; status: string; codes: string | null }>(
    `select stream, status, state ->> 'exceptions' as codes from stream where stream = any($1)`,
    [orders.map(({ stream }) => stream)],
  )
  const told = new Map(rows.map(({ stream, status, codes }) => [stream, `'${status}' (${codes ?? ''})`]))
  return orders.map((order) => {
    const wrong = wrongWith(order, known.get(order.ref)).join(' ')
    return `Order ${order.name} of ${order.channel}: ${wrong} The hub: ${told.get(order.stream) ?? 'has never heard of it'}.`
  })
}
