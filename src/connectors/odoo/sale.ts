/**
 * `sale.ensure`: the order is a confirmed, locked sale, exactly once, from whatever half-way state an earlier attempt
 * left: absent, draft, confirmed, locked. The lock at the end is what keeps Odoo's users and our own repeats from
 * changing it.
 */
import type { Answer } from '#core/intents.ts'
import { z } from 'zod'
import { Fault } from '../../fault.ts'
import type { Outbound, Outcome, Sent } from '../kit/connector.ts'
import type { Client } from './client.ts'
import { externalIds, findExternal, findLines, load, toldLines } from './external.ts'
import { LIMITS } from './limits.ts'
import type { Odoo } from './odoo.ts'
import { ensurePartners } from './partner.ts'
import { isPricedThere, planLines, type ResolvedOrder, resolveOrder, saleTable } from './sale-rows.ts'
import { fromFloat, link, text, toOdooTime } from './values.ts'

const saleRow = z.object({
  id: z.number(),
  name: z.string(),
  state: z.string(),
  locked: z.boolean(),
  date_order: text,
  commitment_date: text,
  amount_total: z.number(),
  amount_tax: z.number(),
  currency_id: link,
  order_line: z.array(z.number()),
})
type Sale = z.infer<typeof saleRow>

/** One order on its way through the steps; a fault takes it out, the others go on. */
interface Task {
  ask: Sent<'sale.ensure'>['ask']
  saleId: number | null
  /** Created just now, so its lines are those we sent, in the order we sent them. */
  fresh: boolean
  fault: Fault | null
  answer: Answer<'sale.ensure'> | null
}

export function ensureSales(odoo: Odoo): Outbound<'sale.ensure'> {
  return {
    batch: LIMITS.ordersPerCall,
    serial: 'confirm',
    async send(intents) {
      const tasks = new Map<string, Task>()
      for (const { ask } of intents) {
        tasks.set(ask.orderRef, { ask, saleId: null, fresh: false, fault: null, answer: null })
      }
      const all = [...tasks.values()]
      for (const task of all) task.saleId = await findExternal(odoo.client, externalIds.sale(task.ask.orderRef))
      await create(
        all.filter(({ saleId }) => saleId === null),
        odoo,
      )
      await confirm(open(all), odoo.client)
      await settle(open(all), odoo.client)
      return intents.map(({ ask }) => outcomeOf(tasks.get(ask.orderRef)!))
    },
  }
}

const open = (tasks: readonly Task[]) => tasks.filter(({ fault, saleId }) => !fault && saleId !== null)

function outcomeOf({ fault, answer }: Task): Outcome<'sale.ensure'> {
  if (fault) return { fault }
  if (answer) return { answer }
  return {
    fault: new Fault('conflict', 'The sale vanished from Odoo while it was being confirmed.', { code: 'odoo.missing' }),
  }
}

/** Looks everything up and loads the orders in one call. */
async function create(tasks: readonly Task[], odoo: Odoo): Promise<void> {
  const ready: { task: Task; resolved: ResolvedOrder }[] = []
  for (const task of tasks) {
    await alone(task, async () => {
      ready.push({ task, resolved: await resolveOrder(task.ask, odoo.directory, odoo.config.products) })
    })
  }
  const taxField = (await odoo.client.version()) >= 19 ? 'tax_ids' : 'tax_id'
  const bySide = Map.groupBy(ready, ({ resolved }) => isPricedThere(resolved.order))
  for (const side of bySide.values())
    await together(
      side,
      ({ task }) => task,
      async (group) => {
        const partners = await ensurePartners(
          group.map(({ resolved }) => resolved.order),
          odoo,
        )
        const orders = group.map(({ resolved }) => ({ ...resolved, partners: partners.get(resolved.order)! }))
        const { columns, rows } = saleTable(orders, taxField)
        const ids = await load(odoo.client, 'sale.order', columns, rows)
        group.forEach(({ task }, index) => {
          task.saleId = ids[index]!
          task.fresh = true
        })
      },
    )
}

/** Confirms those that are not; a second confirmation would be refused, so the state is read first. */
async function confirm(tasks: readonly Task[], client: Client): Promise<void> {
  const states = await readSales(tasks, client)
  for (const task of tasks) {
    if (states.get(task.saleId!)?.state !== 'cancel') continue
    task.fault = new Fault('rejected', `The sale of order ${task.ask.order.name} was cancelled in Odoo.`, {
      code: 'odoo.sale_cancelled',
    })
  }
  const drafts = tasks.filter(({ saleId }) => ['draft', 'sent'].includes(states.get(saleId!)?.state ?? ''))
  for (const task of drafts) await alone(task, () => sayWhen(task, client))
  await together(
    open(drafts),
    (task) => task,
    async (group) => {
      await client.call('sale.order', 'action_confirm', { ids: group.map(({ saleId }) => saleId!) })
    },
  )
}

/** The day its goods come, and whether it leaves as one: what Odoo plans the deliveries by. */
async function sayWhen({ ask: { promise }, saleId }: Task, client: Client): Promise<void> {
  if (!promise) return
  const values = {
    picking_policy: promise.whole ? 'one' : 'direct',
    // A day for the sale is a day for all of its deliveries.
    ...(promise.whole && { commitment_date: `${promise.date} 12:00:00` }),
  }
  await client.call('sale.order', 'write', { ids: [saleId!], args: [values] })
}

/** Puts the order's own date back, which the confirmation overwrote, locks, and reads what came of it. */
async function settle(tasks: readonly Task[], client: Client): Promise<void> {
  const before = await readSales(tasks, client)
  for (const task of tasks) {
    const date = toOdooTime(task.ask.order.placedAt)
    const sale = before.get(task.saleId!)
    if (sale?.date_order === date) continue
    // Its deliveries follow the date only with this: of another deadline, Odoo would take no piece off them later.
    const values = { date_order: date, ...(sale?.commitment_date ? {} : { commitment_date: false }) }
    await alone(task, () => client.call('sale.order', 'write', { ids: [task.saleId!], args: [values] }))
  }
  const unlocked = open(tasks).filter(({ saleId }) => before.get(saleId!)?.locked === false)
  await together(
    unlocked,
    (task) => task,
    async (group) => {
      await client.call('sale.order', 'action_lock', { ids: group.map(({ saleId }) => saleId!) })
    },
  )
  const left = open(tasks)
  for (const task of left) {
    const sale = before.get(task.saleId!)
    if (sale) await alone(task, async () => (task.answer = await answerOf(task, sale, client)))
  }
}

async function answerOf(task: Task, sale: Sale, client: Client): Promise<Answer<'sale.ensure'>> {
  const currency = sale.currency_id ? sale.currency_id[1] : task.ask.order.currency
  return {
    saleId: String(sale.id),
    saleName: sale.name,
    total: fromFloat(sale.amount_total, currency),
    ...(isPricedThere(task.ask.order) ? { totalTax: fromFloat(sale.amount_tax, currency) } : {}),
    lines: task.fresh ? linesInOrder(task, sale) : toldLines(await linesByExternalId(task, sale, client)),
  }
}

/** The ids of fresh lines rise in the order they were loaded in. */
function linesInOrder({ ask }: Task, sale: Sale): { lineId: string; saleLineId: string }[] {
  const ids = sale.order_line.toSorted((a, b) => a - b)
  const kinds = planLines(ask.order, { shippingSku: '', discountSku: '', giftCardSku: '' })
  return kinds.flatMap(({ kind, of }, index) =>
    kind === 'line' ? [{ lineId: of, saleLineId: String(ids[index]) }] : [],
  )
}

const linesByExternalId = ({ ask: { orderRef, order } }: Task, { order_line: own }: Sale, client: Client) =>
  findLines(client, orderRef, own, order.lines.map(({ id }) => id)) // prettier-ignore

async function readSales(tasks: readonly Task[], client: Client): Promise<Map<number, Sale>> {
  const rows = await client.read(
    'sale.order',
    saleRow,
    tasks.map(({ saleId }) => saleId!),
  )
  return new Map(rows.map((row) => [row.id, row]))
}

/** Faults that say something about one order; the others (no network, no rights) concern all and are thrown. */
const isOwn = (error: unknown): error is Fault =>
  error instanceof Fault && (error.kind === 'rejected' || error.kind === 'conflict')

async function alone(task: Task, work: () => Promise<unknown>): Promise<void> {
  try {
    await work()
  } catch (error) {
    if (!isOwn(error)) throw error
    task.fault = error
  }
}

/** All in one call; when that is refused, one by one, so that a bad order does not hold up the good ones. */
async function together<T>(
  items: readonly T[],
  taskOf: (item: T) => Task,
  work: (items: readonly T[]) => Promise<void>,
) {
  if (items.length === 0) return
  if (items.length > 1) {
    try {
      return await work(items)
    } catch (error) {
      if (!isOwn(error)) throw error
    }
  }
  for (const item of items) await alone(taskOf(item), () => work([item]))
}
