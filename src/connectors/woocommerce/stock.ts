/**
 * What the hub asks of the shop's stock. There is no compare-and-set, and a plain set swallows an order that is taken
 * at the same moment: so a number is written once and never again when its answer was lost, and every answer says at
 * what time of the shop's clock it was so. Only nothing may be written twice.
 */
import type { Json } from '#canon/json.ts'
import type { Answer, Ask } from '#core/intents.ts'
import { z } from 'zod'
import { Fault, toFault } from '../../fault.ts'
import type { Outcome, Sent } from '../kit/connector.ts'
import { fault, type Refusal, refusalFault, refusalIn } from './faults.ts'
import type { Client } from './http.ts'
import { UNCOUNTED, ZOMBIE_MS } from './limits.ts'
import { partsOf } from './products.ts'
import { shaped } from './shape.ts'

type Put = Sent<'inventory.put'>
type PutOutcome = Outcome<'inventory.put'>
type Item = Pick<Ask<'inventory.put'>, 'sku' | 'inventoryItemId'>

export interface StockOptions {
  /** Leaves the backorder setting of products alone. */
  keepBackorders: boolean
}

const counted = z.object({
  id: z.int(),
  manage_stock: z.union([z.boolean(), z.string()]).nullish(),
  stock_quantity: z.number().nullish(),
  stock_status: z.string().nullish(),
})
type Counted = z.infer<typeof counted>

/** The time at the end of the second the shop named: what it answered was so by then. */
const by = (dateMs: number): string => new Date(dateMs + 999).toISOString()

export async function inventoryRead(client: Client, ask: Ask<'inventory.read'>): Promise<Answer<'inventory.read'>> {
  const { body, dateMs } = await client.call({ method: 'GET', path: pathOf(ask), what: `the stock of ${ask.sku}` })
  const at = dateMs === null ? {} : { at: by(dateMs) }
  return { available: availableOf(shaped(counted, body, 'product')), ...at }
}

/** Without a number a product sells as long as it is called in stock. */
function availableOf({ manage_stock: how, stock_quantity: pieces, stock_status: status }: Counted): number {
  if (how === true || how === 'parent') return Math.max(0, Math.trunc(pieces ?? 0))
  return status === 'outofstock' ? 0 : UNCOUNTED
}

/**
 * All that is asked at once, one call for each product that has variations and one for all others: a call has a price
 * of its own. Two writes to one item never share a call, and are made in order.
 */
export async function inventoryPut(
  client: Client,
  intents: readonly Put[],
  options: StockOptions,
): Promise<PutOutcome[]> {
  const outcomes = new Map<Put, PutOutcome>()
  for (const group of groupsOf(intents, outcomes)) {
    const done =
      group.puts.length === 1 ? await putOne(client, group.puts[0]!, options) : await putMany(client, group, options)
    for (const [put, outcome] of done) outcomes.set(put, outcome)
  }
  return intents.map((put) => outcomes.get(put)!)
}

interface Group {
  /** Collection, below the API's root. */
  path: string
  puts: Put[]
}

/** What was written before, perhaps, is not written again; for nothing it makes no difference. */
const isSpent = ({ attempt, ask }: Put): boolean => attempt > 1 && ask.to > 0

function groupsOf(intents: readonly Put[], outcomes: Map<Put, PutOutcome>): Group[] {
  const groups: Group[] = []
  for (const put of intents) {
    const parts = partsOf(put.ask.inventoryItemId)
    if (!parts) outcomes.set(put, { fault: unknownItem(put.ask) })
    else if (isSpent(put)) outcomes.set(put, { answer: { outcome: 'unknown' } })
    else {
      const path = parts.variationId === null ? '/products' : `/products/${parts.productId}/variations`
      const twin = (one: Put) => one.ask.inventoryItemId === put.ask.inventoryItemId
      const last = groups.findLast(({ puts }) => puts.some(twin))
      const group = groups.slice(last ? groups.indexOf(last) + 1 : 0).find((one) => one.path === path)
      if (group) group.puts.push(put)
      else groups.push({ path, puts: [put] })
    }
  }
  return groups
}

async function putOne(client: Client, put: Put, options: StockOptions): Promise<[Put, PutOutcome][]> {
  const what = `to set the stock of ${put.ask.sku}`
  try {
    const { body, dateMs } = await client.call({
      method: 'PUT',
      path: pathOf(put.ask),
      body: written(put, options),
      what,
    })
    return [[put, outcomeOf(put, shaped(counted, body, 'product'), dateMs)]]
  } catch (error) {
    return [[put, { fault: lost(toFault(error), put) }]]
  }
}

/**
 * What is closed after this must not be opened by the lost write arriving late: the intent is looked at again only when
 * the server has ended it for certain.
 */
function lost(fault: Fault, { ask }: Put): Fault {
  if (fault.kind !== 'unavailable' || ask.to === 0) return fault
  const { message, code } = fault
  return new Fault('unavailable', message, { code, retryAfterMs: Math.max(ZOMBIE_MS, fault.retryAfterMs ?? 0) })
}

const batchAnswer = z.object({ update: z.array(z.looseObject({ id: z.int(), error: z.unknown().optional() })) })

/** A batch answers 200 whatever became of its items: each has its own error. */
async function putMany(client: Client, { path, puts }: Group, options: StockOptions): Promise<[Put, PutOutcome][]> {
  const update = puts.map((put) => ({ id: idOf(put.ask), ...written(put, options) }))
  try {
    const what = `to set the stock of ${puts.length} products`
    const { body, dateMs } = await client.call({ method: 'POST', path: `${path}/batch`, body: { update }, what })
    const answers = new Map(shaped(batchAnswer, body, 'batch').update.map((item) => [item.id, item]))
    return puts.map((put) => [put, batched(put, answers.get(idOf(put.ask)), dateMs)])
  } catch (error) {
    const all = toFault(error)
    return puts.map((put) => [put, { fault: lost(all, put) }])
  }
}

function batched(put: Put, item: { error?: unknown } | undefined, dateMs: number | null): PutOutcome {
  const refusal: Refusal | null = item?.error === undefined ? null : refusalIn(item.error)
  if (refusal)
    return { fault: refusalFault(refusal, refusal.data?.status ?? 400, `to set the stock of ${put.ask.sku}`) }
  const now = counted.safeParse(item)
  return now.success ? outcomeOf(put, now.data, dateMs) : { answer: { outcome: 'unknown' } }
}

function outcomeOf({ ask }: Put, now: Counted, dateMs: number | null): PutOutcome {
  if (now.manage_stock !== true) {
    const message = `The shop took a number for ${ask.sku} and does not count by it. Switch stock management on in its settings.`
    return { fault: fault('rejected', 'woocommerce.stock_not_managed', message) }
  }
  // Without the shop's time nobody could say which orders came before.
  return { answer: dateMs === null ? { outcome: 'unknown' } : { outcome: 'set', at: by(dateMs) } }
}

const written = ({ ask }: Put, { keepBackorders }: StockOptions): { [member: string]: Json } => ({
  manage_stock: true,
  stock_quantity: ask.to,
  ...(keepBackorders ? {} : { backorders: 'no' }),
})

function pathOf(ask: Item): string {
  const parts = partsOf(ask.inventoryItemId)
  if (!parts) throw unknownItem(ask)
  const { productId, variationId } = parts
  return variationId === null ? `/products/${productId}` : `/products/${productId}/variations/${variationId}`
}

const idOf = ({ inventoryItemId }: Item): number => {
  const { productId, variationId } = partsOf(inventoryItemId)!
  return variationId ?? productId
}

const unknownItem = ({ sku }: Item): Fault =>
  fault(
    'rejected',
    'woocommerce.unknown_item',
    `The shop has nothing that counts ${sku} under the number we know. Read its products again.`,
  )
