/**
 * What a storm came to, from what the vendors' simulators believe; the hub's own books are only asked what it tells
 * people.
 */
import { streams } from '#core/streams.ts'
import type { Database } from '#store/database.ts'
import type { Market } from './channels.ts'
import { SKU } from './config.ts'

export interface Books {
  /** Pieces that were sold. */
  sold: number
  /** Pieces that were sold and were never there. */
  oversold: number
  /** The most pieces that were sold or on sale at one moment beyond those there are. */
  overOffered: number
  /** Pieces that are still on sale in the end. */
  left: number
  /** Orders, SKUs and pieces of work about which two systems say different things in the end. */
  disagreements: number
  /** They and everything else that went wrong, in words. */
  findings: string[]
}

interface Stormed {
  market: Market
  units: number
  books: Pick<Books, 'overOffered' | 'findings'>
}

export function countNow({ channels }: Market): { shown: number; sold: number } {
  let [shown, sold] = [0, 0]
  for (const channel of channels) {
    shown += channel.shown()
    for (const { pieces } of channel.sold()) sold += pieces
  }
  return { shown, sold }
}

export async function audit({ market, units, books }: Stormed, database: Database): Promise<Books> {
  const { shown, sold } = countNow(market)
  const disagreements = [
    ...(await disagreeOnOrders(market, database)),
    ...disagreeOnStock(market, units, shown),
    ...(await unfinished(database)),
  ]
  return {
    sold,
    oversold: Math.max(0, sold - units),
    overOffered: books.overOffered,
    left: shown,
    disagreements: disagreements.length,
    findings: [...books.findings, ...disagreements],
  }
}

/** Every order is one sale of as many pieces; one that is short is none, and people were told. */
async function disagreeOnOrders({ channels, erp }: Market, database: Database): Promise<string[]> {
  const found: string[] = []
  const { sales, duplicates } = erp.beliefs()
  for (const ref of duplicates) found.push(`Odoo has several sales for ${ref}.`)
  const known = new Map(sales.map((sale) => [sale.ref, sale]))
  const rows = await database.query<{ stream: string; codes: string[] | null }>(
    `select stream, array(select json_array_elements(state -> 'exceptions') ->> 'code') as codes
     from stream where kind = 'order'`,
  )
  const told = new Map(rows.map(({ stream, codes }) => [stream, codes ?? []]))
  for (const { name, sold } of channels) {
    for (const { id, pieces } of sold()) {
      const sale = known.get(`crossdock:${name}:${id}`)
      known.delete(`crossdock:${name}:${id}`)
      const codes = told.get(streams.order(name, id))
      const inErp = sale?.state === 'sale' ? piecesOf(sale) : 0
      if (!codes && pieces + inErp === 0) continue
      if (!codes) found.push(`The hub has never heard of order ${id} of ${name}.`)
      else if (inErp !== pieces && !(inErp === 0 && codes.includes('stock_short')))
        found.push(`Order ${id} of ${name}: ${pieces} were sold, Odoo has ${inErp} (${codes.join(', ')}).`)
    }
  }
  for (const [ref, { state }] of known)
    if (state !== 'cancel') found.push(`Odoo has a sale for ${ref}, which nobody ordered.`)
  return found
}

function disagreeOnStock({ channels, erp }: Market, units: number, shown: number): string[] {
  const { sales, stock } = erp.beliefs()
  const inErp = sales.filter(({ state }) => state === 'sale').reduce((all, sale) => all + piecesOf(sale), 0)
  const free = stock.reduce((all, one) => (one.sku === SKU ? all + one.free : all), 0)
  return [
    ...(free === units - inErp ? [] : [`Odoo has ${free} free of ${units}, and sales of ${inErp}.`]),
    ...(shown <= Math.max(0, free) || channels.length === 0
      ? []
      : [`The channels show ${shown}, and Odoo has ${free} free.`]),
  ]
}

/** Delivery has a line of its own. */
const piecesOf = ({ lines }: { lines: readonly { sku: string; quantity: number }[] }): number =>
  lines.reduce((all, { sku, quantity }) => (sku === SKU ? all + quantity : all), 0)

/** Work that is not done. */
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
