/**
 * Whole lives of orders through the hub, with the simulators of a shop, Odoo and Stripe in the same process: placed,
 * authorised, confirmed, sent in two parcels, captured for each, invoiced, partly returned, refunded, credited. Held
 * against what the simulators take alone for the very same requests.
 */
import { must } from '#canon/assert.ts'
import type { OrderState } from '#core/order/state.ts'
import { streams } from '#core/streams.ts'
import { tellStream } from '#engine/person.ts'
import { readStates } from '#store/views.ts'
import { median, rounded } from './measure.ts'
import { openRetail, type Retail, SHOP } from './retail.ts'
import type { Run } from './run.ts'
import { withServer } from './server.ts'

const LIVES_PER_ROUND = 200
/** Long enough for news to arrive, be decided, be told, and be heard of again. */
const MINUTES = 4
const BUYERS = 500

interface Round {
  lives: number
  events: number
  calls: number
  /** Processor seconds: all of it, less the tape; and the simulators alone. */
  all: number
  alone: number
}

export async function lifeBench({ rounds, orders = LIVES_PER_ROUND, report }: Run) {
  return withServer(async ({ version, create }) => {
    const retail = await openRetail(await create('life'))
    await retail.replay()
    const done: Round[] = []
    for (let round = 0; round <= rounds; round += 1) {
      const one = await measured(retail, round * orders, orders)
      if (round > 0) done.push(one)
      report(`${round === 0 ? 'warm-up' : `round ${round}`}: ${wordsOf(one)}`)
    }
    const of = (figure: (round: Round) => number, digits: number) => rounded(median(done.map(figure)), digits)
    return {
      benchmark: 'life',
      postgres: version,
      livesPerRound: orders,
      eventsPerLife: of(({ events, lives }) => events / lives, 1),
      callsPerLife: of(({ calls, lives }) => calls / lives, 1),
      livesPerCpuSecond: of(({ lives, all }) => lives / all, 1),
      simulatorsAloneMsPerLife: of(({ lives, alone }) => (1_000 * alone) / lives, 2),
      hubMsPerLife: of(({ lives, all, alone }) => (1_000 * (all - alone)) / lives, 2),
      ratioHubToSimulators: of(({ all, alone }) => (all - alone) / alone, 3),
      rounds,
      goals: { ratioHubToSimulatorsMax: 2 },
    }
  })
}

const wordsOf = ({ lives, all, alone }: Round): string =>
  `${rounded(lives / all, 1)} lives per CPU-second, hub to simulators ${rounded((all - alone) / alone, 2)}`

async function measured(retail: Retail, from: number, lives: number): Promise<Round> {
  const { database } = retail.hub.engine
  const count = async () => {
    const [row] = await database.query<{ events: number; calls: number }>(
      'select (select count(*) from journal) as events, (select count(*) from outbox) as calls',
    )
    return row!
  }
  const before = await count()
  const startedAll = process.cpuUsage()
  retail.recordingSeconds()
  const lived = await live(retail, from, lives)
  const all = cpuSeconds(startedAll) - retail.recordingSeconds()
  const after = await count()
  await check(retail, lived)
  const startedAlone = process.cpuUsage()
  await retail.replay()
  const alone = cpuSeconds(startedAlone)
  return { lives, events: after.events - before.events, calls: after.calls - before.calls, all, alone }
}

const cpuSeconds = (since: NodeJS.CpuUsage): number => {
  const { user, system } = process.cpuUsage(since)
  return (user + system) / 1e6
}

export interface Life {
  /** Of the order, in the shop. */
  id: string
  sku: string
  /** In cents. */
  amount: number
  paymentId: string
}

/** @param from number of the first. */
export async function live(retail: Retail, from: number, lives: number): Promise<Life[]> {
  const skus = retail.systems.estate.products.map(({ sku }) => sku)
  const lived: Life[] = []
  for (let nth = from; nth < from + lives; nth += 1) {
    const sku = must(skus[nth % skus.length], 'there is something to buy')
    const wanted = { lines: [{ sku, quantity: 3 }], ...purchase(nth) }
    const id = must(
      retail.happens(({ estate }) => estate.shop.placeOrder(wanted)),
      'it is in stock',
    )
    const amount = totalOf(retail, sku, id)
    const paying = { amount, currency: 'usd', metadata: { order_id: id } }
    lived.push({ id, sku, amount, paymentId: retail.happens(({ stripe }) => stripe.authorise(paying)) })
  }
  await minutes(retail)
  for (const pieces of [1, 2]) {
    for (const [index, { id, sku }] of lived.entries()) {
      const tracking = `1Z${String(from + index).padStart(8, '0')}${pieces}`
      retail.happens(({ estate }) => {
        const picking = estate.erp.ship(`${SHOP}:${id}`, { lines: { [sku]: pieces }, tracking, carrier: 'Standard' })
        if (picking === null) throw new Error(`Parcel ${pieces} of order ${id} cannot leave.`)
      })
    }
    await minutes(retail)
  }
  await comeBack(retail, lived.map(({ id }) => id)) // prettier-ignore
  return lived
}

const totals = new WeakMap<Retail, Map<string, number>>()

/** What an order of this article comes to, in cents; asked of the shop once. */
function totalOf(retail: Retail, sku: string, id: string): number {
  const known = totals.get(retail) ?? new Map<string, number>()
  totals.set(retail, known)
  const total = known.get(sku) ?? ordersOf(retail).get(id)!
  known.set(sku, total)
  return total
}

const ordersOf = ({ systems }: Retail): Map<string, number> =>
  new Map(systems.estate.shop.beliefs().orders.map(({ id, total }) => [id, Math.round(Number(total) * 100)]))

async function minutes(retail: Retail): Promise<void> {
  for (let minute = 0; minute < MINUTES; minute += 1) await retail.minute()
}

/** One piece of each order is let come back, and is received a while later. */
async function comeBack(retail: Retail, ids: readonly string[]): Promise<void> {
  const { engine } = retail.hub
  const states = await readStates(engine.database, ids.map((id) => streams.order(SHOP, id))) // prettier-ignore
  const lineIds = new Map(
    states.map(({ stream, state }) => [stream, (state as unknown as OrderState).order!.lines[0]!.id]),
  )
  const tell = async (request: (lineId: string) => object): Promise<void> => {
    for (const stream of ids.map((id) => streams.order(SHOP, id))) {
      const command = { type: 'order.askBack', request: request(lineIds.get(stream)!) }
      await tellStream(engine, stream, command, engine.io.id())
    }
    await minutes(retail)
  }
  await tell((lineId) => ({
    type: 'return.ask',
    returnId: 'rma',
    reason: 'unwanted',
    lines: [{ lineId, quantity: 1 }],
  }))
  await tell((lineId) => ({
    type: 'return.receive',
    receiptId: 'r',
    returnId: 'rma',
    lines: [{ lineId, quantity: 1, disposition: 'sellable' }],
  }))
}

/** Everything that was to happen has happened, everywhere and to the cent; a life cut short would be cheap. */
async function check(retail: Retail, lived: readonly Life[]): Promise<void> {
  const { estate, stripe } = retail.systems
  const sales = new Map(estate.erp.beliefs().sales.map((sale) => [sale.ref.split(':').at(-1), sale]))
  const payments = new Map(stripe.beliefs().payments.map((payment) => [payment.id, payment]))
  const rows = await readStates(
    retail.hub.engine.database,
    lived.map(({ id }) => streams.order(SHOP, id)),
  )
  for (const { stream, status } of rows) if (status !== 'completed') throw new Error(`${stream} is ${status}.`)
  for (const { id, amount, paymentId } of lived) {
    const { captured = 0, refunded = 0 } = payments.get(paymentId) ?? {}
    const credits = sales.get(id)?.credits ?? []
    const credited = credits.reduce((all, { total }) => all + Math.round(total * 100), 0)
    if (captured === amount && refunded > 0 && credited === refunded) continue
    const sums = `${amount} bought, ${captured} captured, ${refunded} given back, ${credited} credited`
    throw new Error(`The life of order ${id} is not whole: ${sums}.`)
  }
}

const purchase = (nth: number) => ({
  customer: {
    firstName: 'Ada',
    lastName: `Byron-${nth % BUYERS}`,
    email: `ada.${nth % BUYERS}@example.com`,
    guest: false,
    address: {
      address1: `${nth % BUYERS} Dock Road`,
      city: 'Austin',
      zip: '78701',
      provinceCode: 'TX',
      countryCode: 'US',
    },
  },
  shippingMethod: { code: 'standard', title: 'Standard', price: '4.90' },
  taxRate: 0.0825,
  financialStatus: 'authorized' as const,
})
