/**
 * The people of the simulated retailer: customers who buy and change their minds, and a warehouse that picks and ships.
 */
import type { Estate } from './estate.ts'
import { TAX_RATE, WAREHOUSE } from './estate.ts'
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
export const ACTS = ['buy', 'cancel', 'pay', 'ship', 'receive'] as const
export type Act = (typeof ACTS)[number]

export interface People {
  /** Somebody tries to buy. @returns the order's id, or null when the shop had not enough. */
  buy(): string | null
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
export function createPeople({ shop, erp, products }: Estate, random: Random, before = NOBODY): People {
  const recent = [...before.recent]
  const unpaid = [...before.unpaid]
  let { parcels } = before
  const people: People = {
    placed: before.placed,
    hasWork: (act) =>
      act === 'cancel' ? recent.length > 0 : act === 'pay' ? unpaid.length > 0 : act !== 'ship' || waiting().length > 0,
    state: () => ({ recent: [...recent], unpaid: [...unpaid], parcels, placed: people.placed }),
    buy() {
      const pays = random.chance(0.9)
      const id = shop.placeOrder({ ...basket(), financialStatus: pays ? 'paid' : 'pending' })
      if (id === null) return null
      if (!pays) unpaid.push(id)
      people.placed += 1
      recent.push(id)
      if (recent.length > RECENT) recent.shift()
      return id
    },
    cancel() {
      const id = take(recent)
      if (id === null) return false
      // Paid goods may be on their way out: the hub puts them back on sale once it knows. Unpaid ones never left the
      // shelf.
      const unpaidAt = unpaid.indexOf(id)
      if (unpaidAt >= 0) unpaid.splice(unpaidAt, 1)
      return shop.cancelOrder(id, { reason: 'customer', restock: unpaidAt >= 0 })
    },
    pay() {
      const id = take(unpaid)
      if (id !== null) shop.markPaid(id)
      return id !== null
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
      erp.receive(product.sku, WAREHOUSE, quantity)
    },
  }

  function waiting(): ReturnType<typeof erp.openDeliveries> {
    return erp.openDeliveries().filter(({ lines }) => lines.some(({ reserved }) => reserved > 0))
  }

  function take(list: string[]): string | null {
    return list.length === 0 ? null : list.splice(random.int(0, list.length - 1), 1)[0]!
  }

  function basket(): Parameters<typeof shop.placeOrder>[0] {
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
