/**
 * External ids: the one thing in Odoo with a unique index that an integration user may use, and so what keeps a repeat
 * from doing things twice. `load` creates or updates by them, all or nothing.
 */
import { z } from 'zod'
import { Fault } from '../../fault.ts'
import type { Client } from './client.ts'
import { loadFault } from './faults.ts'

const MODULE = 'crossdock'

/** A name Odoo accepts: no spaces, and nothing of ours that could be mistaken for a separator. */
const plain = (part: string): string => part.replace(/[^\w.-]/g, (sign) => `~${sign.codePointAt(0)!.toString(16)}`)

export const externalIds = {
  sale: (orderRef: string) => `so_${nameOf(orderRef)}`,
  line: (orderRef: string, kind: string, id: string) => `sol_${nameOf(orderRef)}:${kind}:${plain(id)}`,
  partner: (key: string) => `partner_${plain(key)}`,
  contact: (key: string, id: string) => `contact_${plain(key)}:${plain(id)}`,
  supplier: (key: string) => `supplier_${plain(key)}`,
  supply: (key: string, minQuantity: string, article: string) =>
    `supply_${plain(key)}:${plain(minQuantity)}:${plain(article)}`,
  address: (key: string, digest: string) => `addr_${plain(key)}_${digest}`,
} as const

/** `<channel>_<externalId>`: a channel's name has no underscore, so no two orders share one. */
function nameOf(orderRef: string): string {
  const at = orderRef.indexOf(':')
  return `${plain(orderRef.slice(0, at))}_${plain(orderRef.slice(at + 1))}`
}

export const qualified = (name: string): string => `${MODULE}.${name}`

/** The id of the record with that external id, archived or not (measured: without the context it is said of none). */
export async function findExternal(client: Client, name: string): Promise<number | null> {
  try {
    const found = await client.call('ir.model.data', 'check_object_reference', {
      args: [MODULE, name],
      context: { active_test: false },
    })
    return z.tuple([z.string(), z.union([z.number(), z.literal(false)])]).parse(found)[1] || null
  } catch (error) {
    if (error instanceof Fault && error.code === 'odoo.external_id_unknown') return null
    throw error
  }
}

const told = z.record(z.string(), z.string())

/**
 * Which of the records have which of these names: one call, however many there are. Odoo tells the oldest name of each;
 * only where that is somebody else's is asked name by name.
 */
export async function findAmong(
  client: Client,
  model: string,
  ids: readonly number[],
  names: readonly string[],
): Promise<Map<string, number>> {
  if (ids.length === 0 || names.length === 0) return new Map()
  const named = Object.entries(told.parse(await client.call(model, 'get_external_id', { ids })))
  const byName = new Map(named.map(([id, name]) => [name, Number(id)]))
  const hidden = named.some(([, name]) => name !== '' && !name.startsWith(`${MODULE}.`))
  const found = new Map<string, number>()
  for (const name of names) {
    const id = byName.get(qualified(name)) ?? (hidden ? await findExternal(client, name) : null)
    if (id !== null) found.set(name, id)
  }
  return found
}

/** The lines of a sale, which has these, by those of the order they stand for; what is not there is left out. */
export async function findLines(
  client: Client,
  orderRef: string,
  own: readonly number[],
  lineIds: readonly string[],
): Promise<Map<string, number>> {
  const lineOf = new Map(lineIds.map((id) => [externalIds.line(orderRef, 'line', id), id]))
  const found = await findAmong(client, 'sale.order.line', own, [...lineOf.keys()])
  return new Map([...found].map(([name, id]) => [lineOf.get(name)!, id]))
}

/** As the hub is told of them. */
export const toldLines = (found: ReadonlyMap<string, number>): { lineId: string; saleLineId: string }[] =>
  [...found].map(([lineId, id]) => ({ lineId, saleLineId: String(id) }))

const loaded = z.object({
  ids: z.union([z.array(z.number()), z.literal(false)]),
  messages: z.array(z.object({ type: z.string().optional(), message: z.string() })),
})

/**
 * Creates or updates records by external id, in one transaction: the ids in the order of the rows that begin a record.
 *
 * @throws Fault `conflict` on concurrent work, `rejected` otherwise; nothing was kept then.
 */
export async function load(
  client: Client,
  model: string,
  columns: readonly string[],
  rows: readonly (readonly string[])[],
): Promise<number[]> {
  const { ids, messages } = loaded.parse(await client.call(model, 'load', { args: [columns, rows] }))
  if (ids) return ids
  const problem = messages.find(({ type }) => type === 'error') ?? messages[0]
  throw loadFault(problem?.message ?? 'no reason given', `${model}.load`)
}
