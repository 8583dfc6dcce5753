/**
 * Deliveries that can leave, of warehouses whose labels the hub buys, and those that were cancelled with a number on
 * them. They are few at any moment, so all of them are read every time: where one goes can change without its row.
 */
import type { Address } from '#canon/primitives.ts'
import { z } from 'zod'
import type { Feed, Reading } from '../kit/connector.ts'
import type { Client, Domain } from './client.ts'
import { LIMITS } from './limits.ts'
import type { Odoo } from './odoo.ts'
import { reading, type ReadyReading, TOPICS } from './readings.ts'
import { ORIGIN } from './sale-rows.ts'
import { fromOdooTime, idOf, link, msToOdooTime, some, text } from './values.ts'

const cursorOf = z.object({ after: z.int() })
const pickingRow = z.object({
  id: z.number(),
  state: z.string(),
  sale_id: link,
  partner_id: link,
  picking_type_id: link,
  carrier_id: link,
  weight: z.number(),
})
type Picking = z.infer<typeof pickingRow>
const typeRow = z.object({ id: z.number(), warehouse_id: link })
const saleRow = z.object({ id: z.number(), origin: text, commitment_date: text })
const partnerRow = z.object({
  id: z.number(), name: text, street: text, street2: text, city: text, zip: text, state_id: link, country_id: link,
  phone: text,
}) // prettier-ignore
type Partner = z.infer<typeof partnerRow>
const codeRow = z.object({ id: z.number(), code: text })

/** Labels are taken back for so long. */
const CANCELLED_MS = 30 * 86_400_000
const GRAMS = { kg: 1_000, lb: 453.592_37 } as const

export const readyFeed = (odoo: Odoo): Feed => ({
  everyMs: 60_000,
  since: () => ({ after: 0 }),
  async read(cursor) {
    const { client, directory, config } = odoo
    const pools = await Promise.all(config.labelWarehouses.map((pool) => directory.warehouse(pool)))
    const after = cursorOf.safeParse(cursor).data?.after ?? 0
    const since = msToOdooTime((await client.serverNow()) - CANCELLED_MS)
    const ids = pools.map(({ id }) => id)
    const domain = [...openOrCancelled(ids, since), ['id', '>', after]] as const
    const rows = await client.search('stock.picking', pickingRow, domain, { limit: LIMITS.rowsPerPage })
    const types = await client.search('stock.picking.type', typeRow, [['warehouse_id', 'in', ids]])
    const poolOf = ({ picking_type_id: type }: Picking): string => {
      const at = types.find(({ id }) => id === idOf(type))?.warehouse_id
      return pools.find(({ id }) => id === idOf(at ?? false))?.pool ?? ''
    }
    const readings = await readingsOf(rows, poolOf, odoo)
    const more = rows.length === LIMITS.rowsPerPage
    return { readings, cursor: { after: more ? rows.at(-1)!.id : 0 }, more }
  },
})

const openOrCancelled = (warehouses: readonly number[], since: string): Domain => [
  ['picking_type_code', '=', 'outgoing'],
  ['picking_type_id.warehouse_id', 'in', warehouses],
  ['sale_id.origin', '=like', `${ORIGIN}%`],
  '|',
  ['state', '=', 'assigned'],
  '&',
  '&',
  ['state', '=', 'cancel'],
  ['carrier_tracking_ref', '!=', false],
  ['write_date', '>=', since],
]

const idsOf = (links: readonly ([number, string] | false)[]): number[] => [...new Set(links.map(idOf))].filter(Boolean)

async function readingsOf(
  rows: readonly Picking[],
  poolOf: (row: Picking) => string,
  { client, config }: Odoo,
): Promise<Reading[]> {
  if (rows.length === 0) return []
  const sales = await client.read('sale.order', saleRow, idsOf(rows.map(({ sale_id }) => sale_id)))
  const addresses = await addressesOf(idsOf(rows.map(({ partner_id }) => partner_id)), client)
  return rows.flatMap((row) => {
    const sale = sales.find(({ id }) => id === idOf(row.sale_id))
    const to = addresses.get(idOf(row.partner_id))
    const warehouse = poolOf(row)
    if (!sale?.origin || warehouse === '') return []
    const head = { id: row.id, orderRef: sale.origin.slice(ORIGIN.length), warehouse }
    if (row.state === 'cancel') return [reading(TOPICS.ready, `${row.id}`, head)]
    if (!to) return []
    const weightG = Math.ceil(row.weight * GRAMS[config.weightUnit])
    const body: ReadyReading = {
      ...head,
      to,
      ...(row.carrier_id ? { method: row.carrier_id[1] } : {}),
      ...(weightG > 0 ? { weightG } : {}),
      ...(sale.commitment_date ? { promisedBy: fromOdooTime(sale.commitment_date) } : {}),
    }
    return [reading(TOPICS.ready, `${row.id}`, body)]
  })
}

/** One without a country is none. */
async function addressesOf(ids: readonly number[], client: Client): Promise<Map<number, Address>> {
  const partners = await client.read('res.partner', partnerRow, ids)
  const countries = await codesOf('res.country', partners.map(({ country_id }) => country_id), client) // prettier-ignore
  const states = await codesOf('res.country.state', partners.map(({ state_id }) => state_id), client) // prettier-ignore
  return new Map(
    partners.flatMap((partner): [number, Address][] => {
      const country = countries.get(idOf(partner.country_id))
      return country ? [[partner.id, addressOf(partner, country, states.get(idOf(partner.state_id)))]] : []
    }),
  )
}

const addressOf = ({ name, street, street2, city, zip, phone }: Partner, country: string, region?: string) => ({
  name: name || '',
  street: street || '',
  ...some('street2', street2),
  city: city || '',
  postcode: zip || '',
  ...(region ? { region } : {}),
  country,
  ...some('phone', phone),
})

async function codesOf(model: string, links: readonly ([number, string] | false)[], client: Client) {
  const ids = idsOf(links)
  const rows = ids.length > 0 ? await client.read(model, codeRow, ids) : []
  return new Map(rows.map(({ id, code }) => [id, code || '']))
}
