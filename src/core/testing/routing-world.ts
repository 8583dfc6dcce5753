/**
 * Orders, routes and ledgers of three pools with an ERP that reserves, for properties about where goods leave from.
 * Whatever is heard first, `checkPromises` and `checkKept` hold.
 */
import type { Order } from '#canon/order.ts'
import type { Ask } from '../intents.ts'
import type { OrderState } from '../order/state.ts'
import type { ChannelPolicy, Policy } from '../policy.ts'
import type { RoutingPolicy } from '../routing.ts'
import type { Ledger } from '../stock/ledger.ts'
import { anOrder, orderLine, policyWith, second } from './sample.ts'
import { type OwedCall, SmallHub } from './small-hub.ts'

export const SKUS = ['CUP', 'MUG']
export const POOLS = ['WH', 'ST1', 'ST2']
export const total = (all: readonly number[]): number => all.reduce((sum, one) => sum + one, 0)

/** In its own name, or set aside for a move. */
const ofOrder = (holder: string, orderRef: string): boolean => holder === orderRef || holder === `${orderRef}+move`

export interface Sold {
  id: string
  tick: number
  lines: Map<string, number>
  cancelled: boolean
  paid: boolean
  edited: boolean
}

export class RoutingWorld {
  readonly hub: SmallHub
  readonly onHand = new Map<string, number>()
  /** Of the ERP: `<pool>/<sku>` to pieces, by order. */
  readonly reserved = new Map<string, Map<string, number>>()
  readonly sold: Sold[] = []

  constructor(
    routing: RoutingPolicy | undefined,
    stock: readonly number[],
    places: Partial<ChannelPolicy> = {},
    more: Partial<Policy> = {},
  ) {
    const channel = { ...(routing ? { routing } : {}), ...places, taxRates: 'any', shippingMethods: 'any' } as const
    this.hub = new SmallHub({ ...policyWith(channel), ...more })
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
      return [
        pool,
        total(holds.filter(({ orderRef }) => ofOrder(orderRef, `shop:${id}`)).map(({ quantity }) => quantity)),
      ]
    })
    return new Map(all.filter(([, pieces]) => pieces > 0))
  }
}

/** Nobody who asks beside the sales of a pool is promised what it has not got. */
export function checkPromises({ hub, ...world }: RoutingWorld): void {
  for (const place of world.onHand.keys()) {
    const { holds } = hub.state<Ledger>(`stock/${place}`)!
    const claimed = total(holds.filter(({ claim }) => claim?.granted).map(({ quantity }) => quantity))
    const claims = holds.filter(({ claim }) => claim)
    const others = [...world.reserved].filter(([ref]) => !claims.some(({ orderRef }) => ofOrder(orderRef, ref)))
    const taken = total(others.map(([, all]) => all.get(place) ?? 0))
    if (!place.startsWith('WH') && claimed + taken > world.onHand.get(place)!) {
      throw new Error(`${place}: ${claimed} claimed and ${taken} taken of ${world.onHand.get(place)}`)
    }
  }
}

/** Never lost: an order that was placed is held somewhere, or the ERP has it. */
export function checkKept(world: RoutingWorld): void {
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

const zone = (from: readonly string[]) => ({ countries: [], postcodes: [], from: from.map((pool) => ({ pool })) })
export const routingOf = (from: readonly string[], split: boolean, never: Record<string, string[]>): RoutingPolicy => ({
  zones: [zone(from)], pickUp: {}, never, cutOffs: {}, split: split ? 'when_short' : 'never',
}) // prettier-ignore
