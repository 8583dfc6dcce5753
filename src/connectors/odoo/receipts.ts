/**
 * What is on its way to a warehouse, and what has come: moves into it from outside that are no returns. It is asked for
 * after the levels, never before: a piece that is received in between is then in neither of them.
 */
import type { Ahead } from '#core/stock/presale.ts'
import { z } from 'zod'
import type { Domain } from './client.ts'
import type { Odoo } from './odoo.ts'
import { idOf, link, toOdooTime } from './values.ts'

const moveRow = z.object({
  id: z.number(),
  product_id: link,
  state: z.string(),
  /** In the product's own unit; when it is done, what was received. */
  product_qty: z.number(),
  date: z.string(),
})

/** @param since by product: what was received from then on is counted. Null: only what is still to come. */
export async function readAhead(
  pool: string,
  since: ReadonlyMap<number, string | null>,
  { client, directory }: Pick<Odoo, 'client' | 'directory'>,
): Promise<Map<number, Ahead>> {
  const { id } = await directory.warehouse(pool)
  const rows = await client.search('stock.move', moveRow, domainOf(id, since))
  const moves = Map.groupBy(rows, ({ product_id }) => idOf(product_id))
  return new Map([...since].map(([product, from]) => [product, aheadOf(moves.get(product) ?? [], from)]))
}

function domainOf(warehouse: number, since: ReadonlyMap<number, string | null>): Domain {
  const [first] = [...since.values()].filter((from) => from !== null).toSorted()
  const open = ['waiting', 'confirmed', 'partially_available', 'assigned']
  const states =
    first === undefined
      ? [['state', 'in', open] as const]
      : (['|', ['state', 'in', open], '&', ['state', '=', 'done'], ['date', '>=', toOdooTime(first)]] as const)
  return [
    ['product_id', 'in', [...since.keys()]],
    ['location_dest_id.warehouse_id', '=', warehouse],
    ['location_id.warehouse_id', '!=', warehouse],
    ['location_id.usage', '!=', 'customer'],
    ...states,
  ]
}

function aheadOf(moves: readonly z.infer<typeof moveRow>[], since: string | null): Ahead {
  const open = moves.filter(({ state }) => state !== 'done')
  const done = moves.filter(({ state, date }) => state === 'done' && since !== null && date >= toOdooTime(since))
  return {
    incoming: open.map(({ date, product_qty }) => ({ date: date.slice(0, 10), pieces: down(product_qty) })),
    // Rounded up: what may have come is expected no more.
    received: done.reduce((all, { product_qty }) => all - down(-product_qty), 0),
    since,
  }
}

/** Whole pieces, but for the noise of a float that means a whole number. */
const down = (quantity: number): number => Math.floor(quantity + 1e-6) + 0
