/**
 * Orders, routes and ledgers of three pools together. Whatever is heard first: every piece of an order is held
 * somewhere at any time, in one pool alone at rest, where the ERP is told to take it from; and pools asked beside their
 * own never promise what they have not got.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Order } from '#canon/order.ts'
import type { Ask } from '../intents.ts'
import type { OrderState } from '../order/state.ts'
import type { RoutingPolicy } from '../routing.ts'
import type { Ledger } from '../stock/ledger.ts'
import { anOrder, orderLine, policyWith, second } from '../testing/sample.ts'
import { type OwedCall, SmallHub } from '../testing/small-hub.ts'
import type { RouteState } from './route.ts'

const SKUS = ['CUP', 'MUG']
const POOLS = ['WH', 'ST1', 'ST2']
const total = (all: readonly number[]): number => all.reduce((sum, one) => sum + one, 0)

interface Sold {
  id: string
  tick: number
  lines: Map<string, number>
  cancelled: boolean
  paid: boolean
  edited: boolean
}

class RoutingWorld {
  readonly hub: SmallHub
  readonly onHand = new Map<string, number>()
  /** Of the ERP: `<pool>/<sku>` to pieces, by order. */
  readonly reserved = new Map<string, Map<string, number>>()
  readonly sold: Sold[] = []

  constructor(routing: RoutingPolicy, stock: readonly number[]) {
    this.hub = new SmallHub(policyWith({ routing, taxRates: 'any', shippingMethods: 'any' }))
    for (const [at, place] of POOLS.flatMap((pool) => SKUS.map((sku) => `${pool}/${sku}`)).entries()) {
      this.onHand.set(place, stock[at % stock.length]!)
      this.hub.tell(`stock/${place}`, { type: 'stock.know', stocked: true } as { type: string })
    }
    this.rest()
  }

  readonly perform = ({ intent }: OwedCall): unknown => {
    if (intent.type === 'stock.read') {
      const { warehouse, sku } = intent.ask
      return { free: this.free(`${warehouse}/${sku}`), onHand: this.onHand.get(`${warehouse}/${sku}`)! }
    }
    if (intent.type === 'sale.ensure') return this.sell(intent.ask)
    if (intent.type === 'sale.change') return { outcome: 'changed', ...this.sell(intent.ask) }
    if (intent.type === 'sale.cancel') {
      const there = this.reserved.delete(intent.ask.orderRef)
      return { outcome: there ? 'cancelled' : 'absent' }
    }
    return intent.type === 'customer.ensure' ? { partnerId: '1' } : undefined
  }

  free(place: string): number {
    return this.onHand.get(place)! - total([...this.reserved.values()].map((all) => all.get(place) ?? 0))
  }

  private sell({ order, orderRef, warehouse, sources = [] }: Ask<'sale.ensure'> | Ask<'sale.change'>) {
    const from = (sku: string) => sources.find((one) => one.sku === sku)?.warehouse ?? warehouse
    const pieces = order.lines.map(({ sku, quantity }): [string, number] => [`${from(sku!)}/${sku}`, quantity])
    this.reserved.set(orderRef, new Map(pieces))
    return { saleId: '1', saleName: 'S1', total: order.total, lines: [] }
  }

  place(mug: number, cup: number, paid: boolean): void {
    const lines = new Map([...(mug > 0 ? [['MUG', mug] as const] : []), ...(cup > 0 ? [['CUP', cup] as const] : [])])
    if (lines.size === 0) return
    const one: Sold = { id: String(this.sold.length + 1), tick: 0, lines, cancelled: false, paid, edited: false }
    this.sold.push(one)
    this.report(one)
  }

  edit(which: number, sku: string, quantity: number): void {
    const one = this.sold[which % Math.max(1, this.sold.length)]
    if (!one || one.cancelled || quantity + total([...one.lines].map(([at, n]) => (at === sku ? 0 : n))) === 0) return
    one.lines.set(sku, quantity)
    one.edited = true
    this.report(one)
  }

  cancel(which: number): void {
    const one = this.sold[which % Math.max(1, this.sold.length)]
    if (!one || one.cancelled) return
    one.cancelled = true
    this.report(one)
  }

  pay(which: number): void {
    const one = this.sold[which % Math.max(1, this.sold.length)]
    if (!one || one.paid) return
    one.paid = true
    this.report(one)
  }

  receive(which: number, pieces: number): void {
    const place = [...this.onHand.keys()][which % this.onHand.size]!
    this.onHand.set(place, this.onHand.get(place)! + pieces)
    this.hub.tell(`stock/${place}`, { type: 'stock.nudge', free: Number.MIN_SAFE_INTEGER } as { type: string })
  }

  private report(one: Sold): void {
    one.tick += 1
    const cancelledAt = one.cancelled ? second(one.tick) : null
    const paymentStatus = one.paid ? 'paid' : 'pending'
    const lines = [...one.lines].map(([sku, quantity]) => orderLine({ id: sku, sku, quantity }))
    const order: Order = anOrder({
      externalId: one.id,
      name: `#${one.id}`,
      updatedAt: second(one.tick),
      cancelledAt,
      lines,
      paymentStatus,
    })
    this.hub.tell(`order/shop/${one.id}`, { type: 'order.observe', order } as { type: string })
  }

  rest(): void {
    for (let left = 5_000; ; left -= 1) {
      if (left === 0) throw new Error('the hub never comes to rest')
      if (!this.hub.hear(left) && !this.hub.answer(left, this.perform)) return
    }
  }

  /** Pieces of an order held in ledgers, by pool. */
  held(id: string, sku: string): Map<string, number> {
    const all = POOLS.map((pool): [string, number] => {
      const holds = this.hub.state<Ledger>(`stock/${pool}/${sku}`)!.holds
      return [pool, total(holds.filter(({ orderRef }) => orderRef === `shop:${id}`).map(({ quantity }) => quantity))]
    })
    return new Map(all.filter(([, pieces]) => pieces > 0))
  }
}

/** Nobody who asks beside the sales of a pool is promised what it has not got. */
function checkPromises({ hub, ...world }: RoutingWorld): void {
  for (const place of world.onHand.keys()) {
    const { holds } = hub.state<Ledger>(`stock/${place}`)!
    const claimed = total(holds.filter(({ claim }) => claim?.granted).map(({ quantity }) => quantity))
    const taken = total([...world.reserved].flatMap(([ref, all]) =>
      holds.some(({ orderRef, claim }) => orderRef === ref && claim) ? [] : [all.get(place) ?? 0])) // prettier-ignore
    if (!place.startsWith('WH') && claimed + taken > world.onHand.get(place)!) {
      throw new Error(`${place}: ${claimed} claimed and ${taken} taken of ${world.onHand.get(place)}`)
    }
  }
}

/** Never lost: an order that was placed is held somewhere, or the ERP has it. */
function checkKept(world: RoutingWorld): void {
  for (const { id, cancelled } of world.sold) {
    const state = world.hub.state<OrderState>(`order/shop/${id}`)!
    if (cancelled || state.stage !== 'placed') continue
    for (const { sku, quantity } of state.holds) {
      const onTheWay = world.hub.unheard
        .filter(({ stream, command }) => stream === `stock/WH/${sku}` && command['orderRef'] === `shop:${id}`)
        .map(({ command }) => (command.type === 'stock.hold' ? Number(command['change']) : 0))
      const held = total([...world.held(id, sku).values(), ...onTheWay])
      if (held < quantity) throw new Error(`order ${id}: ${held} of ${quantity} ${sku} held`)
    }
  }
}

function checkAtRest(world: RoutingWorld, home: boolean): void {
  for (const { id, cancelled, edited: changed } of world.sold) {
    const state = world.hub.state<OrderState>(`order/shop/${id}`)!
    const reserved = world.reserved.get(`shop:${id}`)
    const holding = SKUS.flatMap((sku) => [...world.held(id, sku)].map(([pool, n]) => [`${pool}/${sku}`, n]))
    if (cancelled) {
      expect([holding, reserved]).toEqual([[], undefined])
      continue
    }
    const edited = state.exceptions.some(({ code }) => code === 'edited_after_release')
    if (state.stage === 'confirmed' && !edited) {
      // The ERP has taken all of it over, where it was held.
      expect(holding).toEqual([])
      expect(total([...reserved!.values()])).toBe(total(state.holds.map(({ quantity }) => quantity)))
      const { split } = world.hub.state<RouteState>(`route/shop/${id}`) ?? { split: false }
      const pools = new Set([...reserved!.keys()].map((place) => place.split('/')[0]))
      if (!split) expect(pools.size).toBe(1)
    }
    if (state.stage === 'placed') {
      // Whoever can be served from home never waits for others.
      const waits = state.exceptions.map(({ code }) => code)
      if (home && !changed) expect(waits).not.toContain('route_asked')
      for (const { sku, quantity } of state.holds) {
        const held = [...world.held(id, sku)]
        // One that waits for goods elsewhere lets go at home when it has all of them.
        const route = world.hub.state<RouteState>(`route/shop/${id}`)
        const asked = route !== undefined && route.settled !== route.plan
        if (!asked) expect(held.map(([, n]) => n)).toEqual(quantity > 0 ? [quantity] : [])
      }
    }
  }
}

const zone = (from: readonly string[]) => ({ countries: [], postcodes: [], from: from.map((pool) => ({ pool })) })
const routingOf = (from: readonly string[], split: boolean, never: Record<string, string[]>): RoutingPolicy => ({
  zones: [zone(from)], pickUp: {}, never, cutOffs: {}, split: split ? 'when_short' : 'never',
}) // prettier-ignore

type Step = readonly [what: number, which: number, how: number]

function apply(world: RoutingWorld, [what, which, how]: Step): void {
  if (what < 3) world.place(which % 3, how % 3, how % 4 < 2)
  else if (what < 4) world.edit(which, SKUS[how % 2]!, how % 4)
  else if (what < 5) world.cancel(which)
  else if (what < 6) world.receive(which, 1 + (how % 2))
  else if (what < 7) world.pay(which)
  else if (what < 15) world.hub.hear(which)
  else world.hub.answer(which, world.perform)
}

describe('an order and the pools it may come from', () => {
  const small = (max: number) => fc.nat({ max })
  const rules = fc.record({
    from: fc.constantFrom<string[]>(['ST1', 'WH'], ['ST1', 'ST2', 'WH'], ['ST2', 'ST1'], ['WH', 'ST1'], ['ST1']),
    split: fc.boolean(),
    never: fc.constantFrom<Record<string, string[]>>({}, { ST1: ['CUP'] }, { WH: ['M*'] }),
    stock: fc.array(small(3), { minLength: 6, maxLength: 6 }),
  })
  const steps = fc.array(fc.tuple(small(20), small(20), small(23)), { minLength: 10, maxLength: 80, size: 'max' })

  it('has each piece held once, in one pool, whatever is heard first', () => {
    fc.assert(
      fc.property(rules, steps, ({ from, split, never, stock }, all) => {
        const world = new RoutingWorld(routingOf(from, split, never), stock)
        for (const one of all) {
          apply(world, one)
          checkPromises(world)
          checkKept(world)
        }
        world.rest()
        checkAtRest(world, from.includes('WH') && !('WH' in never))
        expect(world.hub.refused).toEqual([])
      }),
      { numRuns: 3_000, seed: 31 },
    )
  })
})
