/**
 * The auditor trusts nobody's books: it asks the channels and Odoo what they believe, holds them against each other,
 * and only then looks into the hub's own. What it finds is said in words; an empty list is a good day.
 */
import type { Database } from '#store/database.ts'
import { streams } from '#core/streams.ts'
import type { OdooBeliefs, SaleBelief } from '#connectors/odoo/simulator/options.ts'
import { type Estate, SHOP, STORE, WAREHOUSE } from './estate.ts'
import { poolOf } from './stores.ts'
import { WEST } from './terms.ts'
import type { Sold } from './outlets/outlet.ts'

export type Findings = string[]

/**
 * What must hold at every moment, whatever is still under way: what the channels offer and what they have sold and not
 * yet shipped is in the warehouse. Nobody can be promised what is not there.
 */
export function watch(estate: Estate): Findings {
  const { erp, products } = estate
  const { offered: available, orders } = soldIn(estate)
  const { sales, stock } = erp.beliefs()
  const standing = orders.filter(({ cancelled, sentByIt }) => !cancelled && !sentByIt)
  const live = new Set(standing.map(({ ref }) => ref))
  const promised = count(standing.flatMap(({ lines }) => lines).map(({ sku, current }) => ({ sku, quantity: current })))
  const left = count(
    sales
      .filter(({ ref }) => live.has(ref))
      .flatMap(({ deliveries }) => deliveries.filter(isDone).flatMap(({ lines }) => lines)),
  )
  const ours = stock.filter(({ warehouse }) => [WAREHOUSE, WEST, STORE].includes(warehouse))
  const onHand = count(ours.map(({ sku, onHand: quantity }) => ({ sku, quantity })))
  return products.flatMap(({ sku }) => {
    const [offered, owed, there] = [available(sku), promised(sku) - left(sku), onHand(sku)]
    if (offered + owed <= there) return []
    return [
      `Oversell: of ${sku} there are ${there}, ${owed} are sold and not shipped, and ${offered} more are offered.`,
    ]
  })
}

/** An order with the name under which Odoo knows it, and its stream. */
type Told = Sold & { channel: string; ref: string; stream: string }

/** What all channels together believe. */
export function soldIn({ outlets }: Pick<Estate, 'outlets'>): { orders: Told[]; offered: (sku: string) => number } {
  const believed = outlets.map(({ name, believes }) => ({ name, ...believes() }))
  return {
    orders: believed.flatMap(({ name, orders }) =>
      orders.map((order) => ({
        ...order,
        channel: name,
        ref: `crossdock:${name}:${order.id}`,
        stream: streams.order(name, order.id),
      })),
    ),
    offered: count(
      believed.flatMap(({ offered }) => Object.entries(offered).map(([sku, quantity]) => ({ sku, quantity }))),
    ),
  }
}

const isDone = ({ state }: { state: string }): boolean => state === 'done'

function count(pieces: readonly { sku: string; quantity: number }[]): (sku: string) => number {
  const sums = new Map<string, number>()
  for (const { sku, quantity } of pieces) sums.set(sku, (sums.get(sku) ?? 0) + quantity)
  return (sku) => sums.get(sku) ?? 0
}

/** What must hold when the day is over and everything has arrived. */
export async function audit(estate: Estate, database: Database): Promise<Findings> {
  const books = estate.erp.beliefs()
  const apart = estate.outlets.flatMap((outlet) => outlet.audit?.(books) ?? [])
  const hub = await auditHub(estate, database)
  return [...watch(estate), ...auditOrders(estate), ...auditStock(estate), ...apart, ...hub]
}

function auditOrders(estate: Estate): Findings {
  const findings: Findings = []
  const believed = estate.erp.beliefs()
  const sales = new Map(believed.sales.map((sale) => [sale.ref, sale]))
  for (const ref of believed.duplicates) findings.push(`Twice: Odoo has several sales for ${ref}.`)
  const { orders } = soldIn(estate)
  const ordered = new Set(orders.map(({ ref }) => ref))
  for (const { ref } of believed.sales) {
    if (!ordered.has(ref)) findings.push(`Odoo has a sale for ${ref}, which nobody ordered.`)
  }
  for (const order of orders)
    for (const what of wrongWith(order, sales.get(order.ref))) findings.push(`Order ${order.name}: ${what}`)
  return findings
}

/** What channel and Odoo must believe of an order when everything has arrived. */
export function wrongWith(order: Sold, sale: SaleBelief | undefined): string[] {
  const findings: string[] = []
  const say = (what: string) => findings.push(what)
  const delivered = sale?.deliveries.filter(isDone) ?? []
  if (order.cancelled) {
    if (sale && sale.state !== 'cancel' && delivered.length === 0)
      say('cancelled in the channel, and still a sale in Odoo.')
    if (sale?.deliveries.some(({ state }) => !['done', 'cancel'].includes(state)))
      say('cancelled, and a delivery is still open.')
    return findings
  }
  if (!sale) return ['lost: Odoo has no sale for it.']
  if (sale.state !== 'sale') say(`its sale is '${sale.state}'.`)
  if (!sale.locked) say('its sale is not locked.')
  const wanted = count(sale.lines)
  const shipped = count(delivered.flatMap(({ lines }) => lines))
  for (const { sku, current, fulfilled } of order.lines) {
    if (wanted(sku) !== current) say(`${current} of ${sku} were ordered and ${wanted(sku)} are in the sale.`)
    if (order.sentByIt) continue
    if (shipped(sku) !== current) say(`${current} of ${sku} were ordered and ${shipped(sku)} left the warehouse.`)
    if (fulfilled !== shipped(sku)) say(`${shipped(sku)} of ${sku} left and the channel knows of ${fulfilled}.`)
  }
  const sent = delivered.map(({ tracking }) => tracking ?? '').sort()
  if (!order.sentByIt && !isTold(order, sent))
    say(`tracking numbers differ: '${sent.join(' ')}' left, the channel has '${order.tracking.join(' ')}'.`)
  const posted = sale.invoices.filter(({ state }) => state === 'posted')
  if (posted.length !== 1) say(`${posted.length} posted invoices.`)
  else if (posted[0]!.total.toFixed(2) !== order.total)
    say(`paid ${order.total}, invoiced ${posted[0]!.total.toFixed(2)}.`)
  return findings
}

const isTold = ({ tracking, lastParcelOnly }: Sold, sent: readonly string[]): boolean =>
  lastParcelOnly
    ? tracking.length === Math.min(1, sent.length) && tracking.every((one) => sent.includes(one))
    : tracking.toSorted().join(' ') === sent.join(' ')

function auditStock(estate: Estate): Findings {
  const { erp, products } = estate
  const shelves = erp.beliefs().stock.filter(({ warehouse }) => [WAREHOUSE, STORE].includes(warehouse))
  const free = count(shelves.map(({ sku, free: quantity }) => ({ sku, quantity })))
  const oversold = shelves.filter((one) => one.free < 0)
  const { offered: available } = soldIn(estate)
  const { levels } = estate.shop.beliefs()
  // Nothing is sold from a place of less than nothing, and nothing less elsewhere.
  const below = (sku: string) =>
    Object.values(levels[sku] ?? {}).reduce((all, { available: shown }) => all + Math.min(0, shown), 0)
  return products.flatMap(({ sku }) => {
    const [offered, there] = [available(sku) - below(sku), free(sku)]
    const less = oversold.find((one) => one.sku === sku)
    if (less) return [`Oversold: Odoo has ${less.free} of ${sku} free in ${less.warehouse}.`]
    return offered === there ? [] : [`Stock: the channels offer ${offered} of ${sku}, Odoo has ${there} free.`]
  })
}

interface OpenIntent {
  state: string
  key: string
  type: string
  fault: { message: string } | null
  correlation: string
}

/** Of what died people may have made an end, in one way or another. */
const NOT_ENDED = (table: 'inbox' | 'outbox'): string =>
  `not exists (select 1 from dead_letter d where d.${table}_id = ${table}.id and d.state = 'resolved')`

async function auditHub(estate: Estate, database: Database): Promise<Findings> {
  const findings = await auditAnswers(database)
  const inbox = await database.query<{ state: string; topic: string; outcome: string | null }>(
    `select state, topic, outcome from inbox where state <> 'done' and ${NOT_ENDED('inbox')} order by id limit 5`,
  )
  for (const { state, topic, outcome } of inbox)
    findings.push(`Hub: a message '${topic}' is ${state}: ${outcome ?? ''}`)
  const { orders } = soldIn(estate)
  // Goods of these left before the cancellation was known: somebody has to see it.
  const left = new Set(
    estate.erp
      .beliefs()
      .sales.filter(({ deliveries }) => deliveries.some(isDone))
      .map(({ ref }) => ref),
  )
  const cancelled = new Set(orders.flatMap((order) => (order.cancelled ? [order.stream] : [])))
  const outbox = await database.query<OpenIntent>(
    `select state, key, type, fault, correlation from outbox where state <> 'done' and ${NOT_ENDED('outbox')} order by id`,
  )
  for (const { state, key, type, fault, correlation } of outbox) {
    // A channel takes no fulfilment of an order it has cancelled; that the goods left all the same people see.
    if (state === 'failed' && type === 'fulfilment.ensure' && cancelled.has(correlation)) continue
    findings.push(`Hub: ${type} of ${key} is ${state}: ${fault?.message ?? ''}`)
  }
  const rows = await database.query<{ stream: string; status: string; attention: boolean; codes: string | null }>(
    `select stream, status, attention, state ->> 'exceptions' as codes from stream where kind = 'order'`,
  )
  const known = new Map(rows.map((row) => [row.stream, row]))
  for (const { ref, stream, name, cancelled: isCancelled } of orders) {
    const row = known.get(stream)
    if (!row) findings.push(`Lost: the hub has never heard of order ${name}.`)
    else if (!isCancelled && row.status !== 'completed')
      findings.push(`Hub: order ${name} is '${row.status}' (${row.codes}).`)
    else if (isCancelled && row.status !== 'cancelled' && !(row.attention && left.has(ref))) {
      findings.push(`Hub: order ${name} was cancelled in its channel and is '${row.status}' (${row.codes}).`)
    }
  }
  return findings
}

/** Nothing is owed twice; every intent that has ended was told of in the same moment, and nobody ended it again. */
async function auditAnswers(database: Database): Promise<Findings> {
  const rows = await database.query<{ key: string; told: string | null }>(
    `select o.key, i.received_at as told from outbox_all o
     left join inbox_all i on i.source = o.connection and i.key = 'answer/' || o.key
     where o.state <> 'open' and i.received_at is distinct from o.finished_at order by o.id`,
  )
  const twice = await database.query<{ key: string }>(
    'select key from outbox_all group by key having count(*) > 1 order by key',
  )
  return [
    ...twice.map(({ key }) => `Twice: ${key} is owed several times.`),
    ...rows.map(({ key, told }) =>
      told === null
        ? `Hub: ${key} has ended, and nobody was told.`
        : `Hub: ${key} was ended a second time, after it had been taken over.`,
    ),
  ]
}

export interface Tally {
  placed: number
  confirmedInOdoo: number
  shipped: number
  /** Orders of which the channel knows that all has left; and those of the Shopify shop alone. */
  fulfilledInChannels: number
  fulfilledInShopify: number
  invoiced: number
  cancelled: number
  /** Receipts of the stores' tills, and those of them that are in Odoo. */
  receipts: number
  receiptsInOdoo: number
  oversold: number
  lost: number
  twice: number
  stockDisagreements: number
}

/**
 * The day in figures, from what channels, tills and Odoo believe. `oversold` counts pieces, `stockDisagreements` SKUs
 * of the channels and of each store's shelves, the others orders and receipts.
 */
export function tally(estate: Estate): Tally {
  const { orders } = soldIn(estate)
  const believed = estate.erp.beliefs()
  const sales = new Map(believed.sales.map((sale) => [sale.ref, sale]))
  const counters = tallyStores(estate, believed)
  const live = orders.filter(({ cancelled }) => !cancelled)
  const saleOf = ({ ref }: Told) => sales.get(ref)
  const isShipped = (order: Told) => {
    const deliveries = saleOf(order)?.deliveries.filter(({ state }) => state !== 'cancel') ?? []
    return deliveries.length > 0 && deliveries.every(isDone)
  }
  const fulfilled = live.filter(({ lines }) => lines.every(({ fulfilled: told, current }) => told >= current))
  const posted = (order: Told) => saleOf(order)?.invoices.filter(({ state }) => state === 'posted').length ?? 0
  const twice = live.filter(
    (order) => posted(order) > 1 || order.lines.some(({ fulfilled, quantity }) => fulfilled > quantity),
  )
  return {
    placed: orders.length,
    confirmedInOdoo: live.filter((order) => saleOf(order)?.state === 'sale').length,
    shipped: live.filter(isShipped).length,
    fulfilledInChannels: fulfilled.length,
    fulfilledInShopify: fulfilled.filter(({ channel }) => channel === SHOP).length,
    invoiced: live.filter((order) => posted(order) > 0).length,
    cancelled: orders.length - live.length,
    receipts: counters.rung,
    receiptsInOdoo: counters.posted,
    oversold: believed.stock.reduce((all, { free: pieces }) => all + Math.max(0, -pieces), 0) + watch(estate).length,
    lost: live.filter((order) => saleOf(order) === undefined).length + counters.rung - counters.posted,
    twice: twice.length + believed.duplicates.length + counters.twice,
    stockDisagreements: disagreements(estate).length,
  }
}

/**
 * Numbers that are not the same on both sides: what channels offer and Odoo has free, what lies on shelves and Odoo
 * counts.
 */
export const disagreements = (estate: Estate): Findings => [...auditStock(estate), ...auditShelves(estate)]

function auditShelves({ stores, erp }: Estate): Findings {
  const counted = new Map(erp.beliefs().stock.map(({ warehouse, sku, onHand }) => [`${warehouse} ${sku}`, onHand]))
  return Object.entries(stores?.believes().shelves ?? {}).flatMap(([storeId, shelf]) =>
    Object.entries(shelf).flatMap(([sku, pieces]) => {
      const there = counted.get(`${poolOf(storeId)} ${sku}`) ?? 0
      return there === pieces ? [] : [`Stock: ${pieces} of ${sku} lie in store ${storeId}, Odoo counts ${there}.`]
    }),
  )
}

/** Receipts by what the tills say and what is in Odoo. */
function tallyStores({ stores }: Estate, { tillOrders }: OdooBeliefs) {
  const receipts = stores?.believes().receipts ?? new Map<string, number>()
  const numbers = new Set(tillOrders.map(({ number }) => number))
  return {
    rung: receipts.size,
    posted: [...receipts.keys()].filter((number) => numbers.has(number)).length,
    twice: tillOrders.length - numbers.size,
  }
}
