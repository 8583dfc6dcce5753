/**
 * Two Odoos that must not differ: the real one and the simulated one, each behind the same connector, each driven and
 * read by the same calls. A plan is drawn from a seed before anything happens, so both see the same.
 */
import { odoo } from '#connectors/odoo/index.ts'
import { createOdoo } from '#connectors/odoo/simulator/index.ts'
import { type LineSpec, invoiceAsk, orderOf, saleAsk, sendAll, usd } from '#connectors/odoo/testing.ts'
import type { Connection } from '#connectors/kit/connector.ts'
import type { Order } from '#canon/order.ts'
import { createRandom } from '#sim/random.ts'
import { type Fetch, realIo } from '../../src/io.ts'
import { type Access, openServer, type OdooServer, type ProductPlan } from './server.ts'
import { CARRIER } from './masterdata.ts'

export interface Plant {
  server: OdooServer
  connection: Connection
  /** Gives a name to what has an id here: the n-th of its kind that was spoken of. */
  named(kind: string, id: string): string
}

type Named = Pick<Plant, 'named'>

function naming(): Named {
  const seen = new Map<string, string>()
  const counts = new Map<string, number>()
  return {
    named(kind, id) {
      const known = seen.get(`${kind} ${id}`)
      if (known) return known
      const n = (counts.get(kind) ?? 0) + 1
      counts.set(kind, n)
      seen.set(`${kind} ${id}`, `${kind} ${n}`)
      return `${kind} ${n}`
    },
  }
}

const connect = ({ url, database, user, key }: Access, fetch: Fetch | undefined, now: () => number): Connection => {
  const config = odoo.config.parse({ url, database, user, apiKey: 'test:key', carriers: { standard: CARRIER } })
  return odoo.open(config, { name: 'odoo', io: realIo({ now, secret: () => key, ...(fetch ? { fetch } : {}) }) })
}

export async function realPlant(
  { hub, admin }: { hub: Access; admin: Access },
  products: readonly ProductPlan[],
): Promise<Plant> {
  const server = await openServer(admin)
  await server.addProducts(products)
  return { server, connection: connect(hub, undefined, Date.now), ...naming() }
}

export async function simulatedPlant(products: readonly ProductPlan[]): Promise<Plant> {
  const access = { url: 'http://odoo.sim', database: 'retail', user: 'hub@example.com', key: 'a-simulated-key' }
  const simulator = createOdoo(
    {
      users: [{ login: access.user, key: access.key }],
      carriers: [CARRIER],
      products: products.map(({ sku, name, price, onHand, invoicing = 'order' }) => ({
        sku,
        name,
        price,
        invoicing,
        available: { WH: onHand },
      })),
    },
    { now: Date.now, random: createRandom(1).next },
  )
  const server = await openServer(access, simulator.fetch)
  return {
    server,
    connection: connect(access, simulator.fetch, Date.now),
    ...naming(),
  }
}

export interface Step {
  what: string
  /** What came of it, without this plant's ids. */
  run(plant: Plant): Promise<unknown>
}

export interface Plan {
  steps: Step[]
  orders: Order[]
}

const TAXES = ['0.0825', '0.0825', '0.0825', '0', '0.07'] as const

/** @param run makes references that no earlier run has used. */
export function draw(seed: number, run: string, skus: readonly string[], length: number): Plan {
  const random = createRandom(seed)
  const orders: Order[] = []
  let tracked = 0

  function newOrder(): Order {
    const included = random.chance(0.25)
    const wanted = [...new Set(Array.from({ length: random.int(1, 3) }, () => random.pick(skus)))]
    const specs = wanted.map((sku): LineSpec => {
      const price = random.int(199, 4_999)
      const discount = random.chance(0.3) ? random.int(1, 150) : 0
      return {
        sku: random.chance(0.04) ? 'NO-SUCH-SKU' : sku,
        quantity: random.int(1, 3),
        price,
        discount,
        rate: included ? '0.2' : random.pick(TAXES),
      }
    })
    const id = `${run}-${orders.length + 1}`
    const buyer = random.int(1, 4)
    const customer = {
      key: `shop-${run}-${buyer}`,
      externalId: `${buyer}`,
      name: `Buyer ${buyer}`,
      email: `buyer${buyer}@example.com`,
    }
    const who = random.chance(0.15) ? { customer: null } : { customer }
    const where = random.chance(0.1) ? { shippingAddress: null } : {}
    const shipping = random.chance(0.4)
      ? [{ id: `${id}-s`, title: 'Standard', code: 'standard', price: usd(490), discount: usd(0), taxes: [] }]
      : []
    const order = orderOf(id, specs, { taxesIncluded: included, shipping, ...who, ...where })
    orders.push(order)
    return order
  }

  const refOf = (order: Order) => `shop:${order.externalId}`
  /** Mostly one of the latest, as in life. */
  const some = (): Order | null => (orders.length === 0 ? null : random.pick(orders.slice(random.chance(0.8) ? -8 : 0)))

  const sell = (batch: Order[]): Step => {
    const asks = batch.map((order) => saleAsk(order, random.chance(0.03) ? 'MOON' : 'WH'))
    return {
      what: `sale.ensure ${batch.map(refOf).join(' ')}`,
      run: async (plant) =>
        (await sendAll(plant.connection, 'sale.ensure', asks)).map((outcome) => plain(outcome, plant)),
    }
  }
  const ship = (order: Order): Step => {
    const sku = random.pick(order.lines).sku!
    const lines = random.chance(0.5) ? { [sku]: random.int(1, 2) } : undefined
    const options = {
      ...(lines ? { lines } : {}),
      ...(random.chance(0.7) ? { tracking: `1Z${(tracked += 1)}` } : {}),
      final: random.chance(0.2),
    }
    return {
      what: `ship ${refOf(order)} ${JSON.stringify(options)}`,
      run: ({ server }) => attempt(() => server.ship(refOf(order), options)),
    }
  }
  const cancel = (orderRef: string): Step => ({
    what: `sale.cancel ${orderRef}`,
    run: async (plant) =>
      (await sendAll(plant.connection, 'sale.cancel', [{ orderRef, reason: 'customer' }])).map((one) =>
        plain(one, plant),
      ),
  })
  const invoice = (order: Order): Step => {
    const off = random.chance(0.15) ? random.pick([1, -1, 100]) : 0
    return {
      what: `invoice.ensure ${refOf(order)} off by ${off}`,
      async run(plant) {
        const [sale] = await plant.server.sales(refOf(order))
        if (!sale) return 'no sale'
        const ask = { ...invoiceAsk(order, String(sale.id)), total: usd(order.total.amount + off) }
        return (await sendAll(plant.connection, 'invoice.ensure', [ask])).map((one) => plain(one, plant))
      },
    }
  }
  const customer = (): Step => {
    const n = random.int(1, 5)
    const ask = {
      key: `shop-${run}-${n}`,
      name: random.pick([`Buyer ${n}`, `Buyer ${n} the Great`]),
      email: `buyer${n}@example.com`,
      externalRef: `shop:${n}`,
    }
    return {
      what: `customer.ensure ${n}`,
      run: async (plant) => (await sendAll(plant.connection, 'customer.ensure', [ask])).map((one) => plain(one, plant)),
    }
  }
  const read = (): Step => {
    const asks = [...skus, 'NO-SUCH-SKU'].map((sku) => ({ sku, warehouse: 'WH' }))
    return {
      what: 'stock.read',
      run: async (plant) => (await sendAll(plant.connection, 'stock.read', asks)).map((one) => plain(one, plant)),
    }
  }
  const count = (): Step => {
    const [sku, quantity] = [random.pick(skus), random.int(0, 15)]
    return { what: `count ${sku} ${quantity}`, run: ({ server }) => attempt(() => server.count(sku, quantity)) }
  }
  const drop = (order: Order): Step => ({
    what: `cancelled in Odoo ${refOf(order)}`,
    run: ({ server }) => attempt(() => server.cancel(refOf(order))),
  })

  const steps: Step[] = []
  while (steps.length < length) {
    const die = random.int(1, 100)
    const old = some()
    if (die <= 30 || !old) steps.push(sell(Array.from({ length: random.int(1, 3) }, newOrder)))
    else if (die <= 36) steps.push(sell([old]))
    else if (die <= 58) steps.push(ship(old))
    else if (die <= 66) steps.push(cancel(random.chance(0.9) ? refOf(old) : `shop:${run}-never`))
    else if (die <= 82) steps.push(invoice(old))
    else if (die <= 86) steps.push(customer())
    else if (die <= 94) steps.push(read())
    else if (die <= 98) steps.push(count())
    else steps.push(drop(old))
  }
  return { steps, orders }
}

/** An act that Odoo may refuse. Its words are for people, so only that it refused is compared. */
async function attempt(act: () => Promise<unknown>): Promise<unknown> {
  try {
    return (await act()) ?? 'done'
  } catch (error) {
    if (error instanceof TypeError) throw error
    return 'refused'
  }
}

/** An outcome without ids and names that each Odoo gives by its own count. */
function plain(outcome: unknown, { named }: Named): unknown {
  const { answer, fault } = outcome as {
    answer?: Record<string, unknown>
    fault?: { kind: string; code: string; message: string }
  }
  if (fault) {
    const message = fault.message
      .replace(/(Invoice|Sale|delivery) \d+/g, '$1 #')
      .replace(/\((\w+\.)+\w+\(\d+,\).*?\)/, '(#)')
    return { kind: fault.kind, code: fault.code, message }
  }
  const KINDS: Record<string, string> = {
    saleId: 'sale',
    saleLineId: 'line',
    partnerId: 'partner',
    invoiceId: 'invoice',
  }
  const text = JSON.stringify(answer, (key, value: unknown) => {
    if (key in KINDS) return named(KINDS[key]!, value as string)
    return key === 'saleName' || key === 'number' ? String(value).replace(/\d+/g, '#') : value
  })
  return JSON.parse(text) as unknown
}

/** What an Odoo holds to be true about the orders at the end. */
export async function endState(
  { server }: Plant,
  { orders }: Plan,
  skus: readonly string[],
): Promise<Record<string, unknown>> {
  const state: Record<string, unknown> = { stock: await server.stock(skus) }
  for (const { externalId } of orders) {
    const sales = await server.sales(`shop:${externalId}`)
    state[externalId] = sales.map(({ id: _, deliveries, invoices, ...sale }) => ({
      ...sale,
      deliveries: deliveries.map(({ id: _id, ...delivery }) => delivery),
      invoices: invoices.map(({ id: _id, ...invoice }) => invoice),
    }))
  }
  return state
}

/** What the feeds have to say about these orders and products; not of warehouses that other journeys made. */
export async function feedsOf({ server, connection, named }: Plant, run: string): Promise<Record<string, unknown>> {
  const said: Record<string, unknown> = {}
  for (const [name, feed] of Object.entries(connection.feeds)) {
    const bodies: Record<string, unknown>[] = []
    for (let cursor = null as Parameters<typeof feed.read>[0], more = true; more;) {
      const page = await feed.read(cursor)
      ;({ cursor, more } = page)
      bodies.push(...page.readings.map(({ body }) => body as Record<string, unknown>))
    }
    said[name] = bodies
      .filter((body) => JSON.stringify(body).includes(run) && (body['pool'] ?? server.warehouse) === server.warehouse)
      .map(({ id: _, shippedAt: _s, changedAt: _c, ...body }) =>
        JSON.stringify(body, (key, value: unknown) => (key === 'saleLineId' ? named('line', value as string) : value)),
      )
      .toSorted()
  }
  return said
}
