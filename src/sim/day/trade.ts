/**
 * What happens at a chain of stores on a trading day: people buy in the shops and at the counters, the warehouse ships,
 * goods arrive and get lost. Evenly over the day, so that its beginning and its end can be compared.
 */
import type { Estate } from '../estate.ts'
import type { Outlet, Purchase } from '../outlets/outlet.ts'
import type { Random } from '../random.ts'
import { poolOf } from '../stores.ts'
import { TAX_RATE, WAREHOUSE, WEST } from '../terms.ts'

export interface Trade {
  /** Somebody buys, at a counter or in a shop. @returns whether there was enough. */
  buy(): boolean
  /** Somewhere stock changes by other hands: goods arrive, or some of what arrived gets lost. */
  move(): void
  /** Whatever waits in the warehouses goes out. */
  ship(): void
  /** Who has not paid yet pays. */
  payAll(): void
}

/** Of all orders, those at a counter. */
const AT_COUNTERS = 0.6
const CANCELLED = 0.02
const UNPAID = 0.05
/** Of all changes of stock, those in the stores. */
const IN_STORES = 0.7
const CUSTOMERS = 500
const TOWNS = [
  ['Austin', '78701', 'TX'],
  ['Seattle', '98101', 'WA'],
  ['Albany', '12207', 'NY'],
] as const

export function openTrade({ outlets, stores, erp, products }: Estate, random: Random): Trade {
  const skus = products.map(({ sku }) => sku)
  const counters = stores?.ids ?? []
  const shelves = new Map(
    counters.map((storeId) => [
      storeId,
      products.flatMap(({ sku, places }) => (places?.[poolOf(storeId)] === undefined ? [] : [sku])),
    ]),
  )
  const unpaid: { outlet: Outlet; id: string }[] = []
  /** What has arrived and is not lost again, by place and SKU. */
  const arrived = new Map<string, number>()
  let parcels = 0

  const linesOf = (from: readonly string[]) =>
    [...new Set(Array.from({ length: random.chance(0.6) ? 1 : 2 }, () => random.pick(from)))].map((sku) => ({
      sku,
      quantity: random.chance(0.85) ? 1 : 2,
    }))

  function atCounter(): boolean {
    const storeId = random.pick(counters)
    return stores!.sell(storeId, linesOf(shelves.get(storeId)!)) !== null
  }

  function inShop(): boolean {
    const outlet = random.pick(outlets)
    const paid = !random.chance(UNPAID)
    const id = outlet.buy({ ...basketOf(random), lines: linesOf(skus), paid })
    if (id === null) return false
    if (!paid) unpaid.push({ outlet, id })
    else if (random.chance(CANCELLED)) outlet.cancel(id, false)
    return true
  }

  return {
    buy: () => (counters.length > 0 && random.chance(AT_COUNTERS) ? atCounter() : inShop()),
    move() {
      const storeId = counters.length > 0 && random.chance(IN_STORES) ? random.pick(counters) : null
      const sku = random.pick(storeId === null ? skus : shelves.get(storeId)!)
      const place = storeId === null ? random.pick([WAREHOUSE, WEST]) : poolOf(storeId)
      const known = arrived.get(`${place} ${sku}`) ?? 0
      const pieces = known > 0 && random.chance(0.5) ? -random.int(1, Math.min(known, 4)) : random.int(1, 4)
      arrived.set(`${place} ${sku}`, known + pieces)
      erp.receive(sku, place, pieces)
      if (storeId !== null) stores!.receive(storeId, sku, pieces)
    },
    ship() {
      for (const { saleId, lines } of erp.openDeliveries()) {
        if (lines.some(({ quantity, reserved }) => reserved < quantity)) continue
        parcels += 1
        erp.ship(saleId, { tracking: `1Z${String(parcels).padStart(8, '0')}`, carrier: 'Standard delivery' })
      }
    },
    payAll() {
      for (const { outlet, id } of unpaid.splice(0)) outlet.pay(id)
    },
  }
}

function basketOf(random: Random): Omit<Purchase, 'lines' | 'paid'> {
  const nth = random.int(1, CUSTOMERS)
  const [city, zip, provinceCode] = TOWNS[nth % TOWNS.length]!
  return {
    customer: {
      firstName: 'Ada', lastName: `Byron-${nth}`, email: `ada.${nth}@example.com`, guest: false,
      address: { address1: `${nth} Dock Road`, city, zip, provinceCode, countryCode: 'US' },
    },
    shippingMethod: { code: 'standard', title: 'Standard', price: '4.90' },
    taxRate: TAX_RATE,
  } // prettier-ignore
}
