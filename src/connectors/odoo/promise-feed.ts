/**
 * Goods that were promised in Odoo and of which nothing is set aside yet: where people reserve by hand or by date, a
 * confirmed transfer or sale changes no row of stock, and the stock feed would not hear of it until it reads
 * everything. A cancellation of such a promise changes none either.
 */
import type { Json } from '#canon/json.ts'
import { z } from 'zod'
import type { Feed } from '../kit/connector.ts'
import { LIMITS } from './limits.ts'
import type { Odoo } from './odoo.ts'
import { readingsOfMoved } from './stock-feed.ts'
import { idOf, link } from './values.ts'
import { parseWindow, readWindow, type Window, windowSince } from './window.ts'

const moveRow = z.object({
  id: z.number(),
  product_id: link,
  location_id: link,
  state: z.string(),
  product_uom_qty: z.number(),
  write_date: z.string(),
})
type Move = z.infer<typeof moveRow>
const placeRow = z.object({ id: z.number(), warehouse_id: link })

export const promiseFeed = (odoo: Odoo): Feed => ({
  everyMs: 15_000,
  since: windowSince,
  async read(cursor) {
    const domain = [
      ['location_id.usage', '=', 'internal'],
      ['state', 'in', ['waiting', 'confirmed', 'partially_available', 'cancel']],
    ] as const
    const page = await readWindow(odoo.client, 'stock.move', moveRow, domain, await windowOf(cursor, odoo))
    const places = new Set(page.rows.flatMap(({ location_id }) => (location_id ? [location_id[0]] : [])))
    const rows = places.size === 0 ? [] : await odoo.client.read('stock.location', placeRow, [...places])
    const houseOf = new Map(rows.map(({ id, warehouse_id }) => [id, idOf(warehouse_id)]))
    const placeOf = ({ location_id }: Move) => houseOf.get(idOf(location_id)) ?? 0
    const readings = await readingsOfMoved(page.rows, placeOf, (row) => row, odoo)
    return { readings, cursor: page.window, more: page.more }
  },
})

/** It begins today: what was promised before is in the levels the stock feed begins with. */
const windowOf = async (cursor: Json | null, { client }: Odoo): Promise<Window> =>
  cursor === null
    ? windowSince(new Date((await client.serverNow()) - LIMITS.overlapMs).toISOString())
    : parseWindow(cursor)
