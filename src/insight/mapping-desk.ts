/**
 * The mapping desk: words of a channel or a store that nothing here stands for. Each is a case with a name: what it is
 * about, what it holds up, and what to do; other things go on beside it. Reads only.
 */
import { kindOf, parseSupply } from '#core/streams.ts'
import type { OrderState } from '#core/order/state.ts'
import type { SupplyState } from '#core/supply/state.ts'
import type { TillState } from '#core/store-day/state.ts'
import { refusedLately } from '#store/catalogue.ts'
import { listLetters } from '#store/dead-letters.ts'
import type { Sql } from '#store/database.ts'
import { listStreams } from '#store/views.ts'
import type { CatalogueRow } from './catalogue.ts'

export const DESK_KINDS = ['sku', 'tax', 'shipping', 'location', 'tender', 'word'] as const
export type DeskKind = (typeof DESK_KINDS)[number]

export interface DeskCase {
  kind: DeskKind
  /** The connection whose word it is. */
  connection: string
  /** The word itself, or a sentence that holds it. */
  about: string
  /** How many things it holds up. */
  count: number
  holds: 'orders' | 'receipts' | 'listings' | 'stock news' | 'calls' | 'offers'
}

const STREAMS_MAX = 500
const LETTERS_MAX = 200

const OF_ORDERS: Readonly<Record<string, DeskKind>> = {
  sku_unknown: 'sku',
  sku_missing: 'sku',
  tax_unknown: 'tax',
  shipping_unknown: 'shipping',
}
const OF_ERP: Readonly<Record<string, DeskKind>> = {
  'odoo.sku_unknown': 'sku',
  'odoo.tax_unknown': 'tax',
  'odoo.tender_unknown': 'tender',
}
const OF_CATALOGUE: Readonly<Record<string, DeskKind>> = { tax_class_unknown: 'tax', word_unknown: 'word' }

/** @param rows of the catalogue, as far as it was looked at. */
export async function mappingDesk(sql: Sql, rows: readonly CatalogueRow[]): Promise<DeskCase[]> {
  const [orders, tills, supplies, letters, locations] = await Promise.all([
    listStreams(sql, { kind: 'order', attention: true, limit: STREAMS_MAX }),
    listStreams(sql, { kind: 'till', attention: true, limit: STREAMS_MAX }),
    listStreams(sql, { kind: 'supply', status: 'unknown', attention: true, limit: STREAMS_MAX }),
    Promise.all(
      Object.keys(OF_ERP).map((code) =>
        listLetters(sql, { state: 'open', code }, { before: null, limit: LETTERS_MAX }),
      ),
    ),
    refusedLately(sql, 'location_unknown'),
  ])
  const cases = new Map<string, DeskCase>()
  const add = (kind: DeskKind, connection: string, about: string, holds: DeskCase['holds']) => {
    const key = JSON.stringify([kind, connection, about, holds])
    const known = cases.get(key)
    if (known) known.count += 1
    else cases.set(key, { kind, connection, about, count: 1, holds })
  }
  for (const { stream, state } of orders)
    for (const { code, detail } of (state as unknown as OrderState).exceptions)
      if (OF_ORDERS[code]) add(OF_ORDERS[code], stream.split('/')[1] ?? '', detail, 'orders')
  for (const { stream, state } of tills)
    for (const { code, message } of (state as unknown as TillState).held)
      if (OF_ERP[code]) add(OF_ERP[code], stream.split('/')[1] ?? '', message, 'receipts')
  for (const { stream, state } of supplies) {
    const { connection, article } = parseSupply(stream)
    const { sku, barcode } = (state as unknown as SupplyState).offer ?? {}
    add('sku', connection, `${article} (${sku ?? barcode ?? 'no SKU'})`, 'offers')
  }
  for (const { code, connection, message, stream } of letters.flat())
    // What an order or a till says itself is not counted twice.
    if (!['order', 'till'].includes(kindOf(stream ?? ''))) add(OF_ERP[code]!, connection, message, 'calls')
  for (const { source, reason } of locations) add('location', source, reason, 'stock news')
  for (const { sku, channel, status, troubles } of rows) {
    if (status === 'unknown') add('sku', channel, sku, 'listings')
    for (const { code, about } of troubles) if (OF_CATALOGUE[code]) add(OF_CATALOGUE[code], channel, about, 'listings')
  }
  return [...cases.values()].sort(
    (a, b) =>
      DESK_KINDS.indexOf(a.kind) - DESK_KINDS.indexOf(b.kind) || b.count - a.count || (a.about < b.about ? -1 : 1),
  )
}
