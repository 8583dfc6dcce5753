/**
 * The people of the simulated retailer: customers who buy and change their minds, and a warehouse that picks and ships.
 */
import { must } from '#canon/assert.ts'
import { parseOrderRef } from '#core/streams.ts'
import type { Estate } from './estate.ts'
import { TAX_RATE } from './estate.ts'
import { poolOf } from './stores.ts'
import type { Outlet, Purchase } from './outlets/outlet.ts'
import type { Random } from './random.ts'

const FIRST = ['Ada', 'Alan', 'Grace', 'Linus', 'Margaret', 'Edsger', 'Barbara', 'Donald', 'Radia', 'Ken'] as const
const LAST = [
  'Byron',
  'Hopper',
  'Kay',
  'Liskov',
  'Dijkstra',
  'Perlman',
  'Hamilton',
  'Thompson',
  'Knuth',
  'Wing',
] as const
const TOWNS = [
  ['Austin', '78701', 'TX'],
  ['Seattle', '98101', 'WA'],
  ['Albany', '12207', 'NY'],
] as const

/** What people do. */
export const ACTS = ['buy', 'ring', 'cancel', 'pay', 'ship', 'receive'] as const
export type Act = (typeof ACTS)[number]

export interface People {
  /** Somebody tries to buy somewhere. @returns the order as `channel:id`, or null when there was not enough. */
  buy(): string | null
  /** Somebody buys at the counter of a store. @returns whether it lay on the shelf. */
  ring(): boolean
  /** Many people at once run for one SKU, wherever it is on sale. @returns how many got it. */
  rush(sku: string, buyers: number): number
  /** Somebody cancels one of the latest orders. */
  cancel(): boolean
  /** Somebody who had not paid yet pays. */
  pay(): boolean
  /** The warehouse ships something that waits. @param all everything reserved, never only a part. */
  ship(all?: boolean): boolean
  /** Goods arrive. */
  receive(): void
  placed: number
  /** False when the act would do nothing at all, not even draw lots. */
  hasWork(act: Act): boolean
  /** What they remember, as plain data. */
  state(): PeopleState
}

export interface PeopleState {
  recent: readonly string[]
  unpaid: readonly string[]
  parcels: number
  placed: number
}

/** How many of the latest orders may still be changed by their customers. */
const RECENT = 12

const NOBODY: PeopleState = { recent: [], unpaid: [], parcels: 0, placed: 0 }

/** @param before what people of this estate remembered. */
export function createPeople(
  { outlets, erp, products, stores, warehouses }: Estate,
  random: Random,
  before = NOBODY,
): People {
  /** What lies with a channel is sent by it. */
  const ours = new Set(products.map(({ sku }) => sku))
  const recent = [...before.recent]
  const unpaid = [...before.unpaid]
  let { parcels } = before
  const people: People = {
    placed: before.placed,
    hasWork: (act) =>
      act === 'cancel'
        ? recent.length > 0
        : act === 'pay'
          ? unpaid.length > 0
          : act === 'ring'
            ? stores !== null
            : act !== 'ship' || waiting().length > 0,
    state: () => ({ recent: [...recent], unpaid: [...unpaid], parcels, placed: people.placed }),
    buy() {
      const paid = random.chance(0.9)
      const outlet = outlets.length === 1 ? outlets[0]! : random.pick(outlets)
      return order(outlet, { ...basket(), paid })
    },
    ring() {
      const storeId = random.pick(stores!.ids)
      const { sku } = random.pick(products.filter(({ places }) => places?.[poolOf(storeId)] !== undefined))
      return stores!.sell(storeId, [{ sku, quantity: random.chance(0.9) ? 1 : 2 }]) !== null
    },
    rush(sku, buyers) {
      let served = 0
      for (let come = 0; come < buyers; come += 1) {
        const lines = [{ sku, quantity: random.chance(0.9) ? 1 : 2 }]
        if (order(random.pick(outlets), { ...basket(), lines, paid: true }) !== null) served += 1
      }
      return served
    },
    cancel() {
      const ref = take(recent)
      if (ref === null) return false
      // Paid goods may be on their way out: the hub puts them back on sale once it knows. Unpaid ones never left the
      // shelf.
      const unpaidAt = unpaid.indexOf(ref)
      if (unpaidAt >= 0) unpaid.splice(unpaidAt, 1)
      const { outlet, id } = soldAs(ref)
      return outlet.cancel(id, unpaidAt >= 0)
    },
    pay() {
      const ref = take(unpaid)
      if (ref === null) return false
      const { outlet, id } = soldAs(ref)
      outlet.pay(id)
      return true
    },
    ship(all = false) {
      const ready = waiting()
      if (ready.length === 0) return false
      const delivery = random.pick(ready)
      parcels += 1
      const tracking = `1Z${String(parcels).padStart(8, '0')}`
      const [first] = delivery.lines.filter(({ reserved }) => reserved > 0)
      const partly = !all && random.chance(0.2) && (delivery.lines.length > 1 || first!.reserved > 1)
      const lines = partly ? { [first!.sku]: Math.max(1, first!.reserved - 1) } : null
      return erp.ship(delivery.saleId, { tracking, carrier: 'Standard delivery', ...(lines ? { lines } : {}) }) !== null
    },
    receive() {
      const product = random.pick(products) as { sku: string; stock: number }
      const quantity = random.int(1, 6)
      product.stock += quantity
      const warehouse = warehouses.length === 1 ? warehouses[0]! : random.pick(warehouses)
      erp.receive(product.sku, warehouse, quantity)
    },
  }

  function order(outlet: Outlet, purchase: Purchase): string | null {
    const id = outlet.buy(purchase)
    if (id === null) return null
    const ref = `${outlet.name}:${id}`
    if (!purchase.paid) unpaid.push(ref)
    people.placed += 1
    recent.push(ref)
    if (recent.length > RECENT) recent.shift()
    return ref
  }

  function soldAs(ref: string): { outlet: Outlet; id: string } {
    const { channel, externalId } = must(parseOrderRef(ref), `an order, not '${ref}'`)
    const outlet = must(
      outlets.find(({ name }) => name === channel),
      `an outlet '${channel}'`,
    )
    return { outlet, id: externalId }
  }

  function waiting(): ReturnType<typeof erp.openDeliveries> {
    return erp.openDeliveries().filter(({ lines }) => lines.some(({ sku, reserved }) => reserved > 0 && ours.has(sku)))
  }

  function take(list: string[]): string | null {
    return list.length === 0 ? null : list.splice(random.int(0, list.length - 1), 1)[0]!
  }

  function basket(): Omit<Purchase, 'paid'> {
    const skus = [...new Set(Array.from({ length: random.int(1, 3) }, () => random.pick(products).sku))]
    const first = random.pick(FIRST)
    const last = random.pick(LAST)
    const [city, zip, provinceCode] = random.pick(TOWNS)
    const email = `${first}.${last}@example.com`.toLowerCase()
    const express = random.chance(0.2)
    return {
      lines: skus.map((sku) => ({
        sku,
        quantity: random.chance(0.8) ? 1 : random.int(2, 3),
        ...(random.chance(0.15) ? { discount: `${random.int(0, 2)}.${random.pick(['10', '25', '33'])}` } : {}),
      })),
      customer: {
        firstName: first,
        lastName: last,
        email,
        guest: random.chance(0.3),
        address: { address1: `${random.int(1, 200)} Dock Road`, city, zip, provinceCode, countryCode: 'US' },
      },
      shippingMethod: express
        ? { code: 'express', title: 'Express', price: '14.90' }
        : { code: 'standard', title: 'Standard', price: '4.90' },
      taxRate: TAX_RATE,
    }
  }
  return people
}
