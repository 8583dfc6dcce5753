/** What goes wrong with the channels and with Odoo themselves, and what people do there that nobody announces. */
import { type Estate, WAREHOUSE } from './estate.ts'
import type { Random } from './random.ts'

export interface Mishaps {
  /** One more happens, or one that was there is over. */
  next(): void
  /** Everything is well again. */
  end(): void
}

/** @param more what else may happen. */
export function createMishaps(
  { outlets, erp, products }: Estate,
  random: Random,
  more: readonly (() => void)[] = [],
): Mishaps {
  const ours = new Set(products.map(({ sku }) => sku))
  let strained = false
  let down = false
  let parcels = 0
  const all: readonly (() => void)[] = [
    () => {
      strained = !strained
      erp.conflict(strained ? 0.4 : 0)
    },
    () => erp.down((down = !down)),
    ...outlets.flatMap(({ mishaps }) => mishaps),
    takeOff,
    takeOff,
    countMore,
    shipOne,
    shipOne,
    shipOne,
    ...more,
  ]

  /** A customer who has not paid yet wants less of something. */
  function takeOff(): void {
    const open = outlets.flatMap((outlet) =>
      outlet
        .believes()
        .orders.filter(({ pending, cancelled }) => pending && !cancelled)
        .map((order) => ({ outlet, order })),
    )
    if (open.length === 0) return
    const { outlet, order } = random.pick(open)
    const lines = order.lines.filter(({ current }) => current > 0)
    if (lines.reduce((pieces, { current }) => pieces + current, 0) < 2) return
    const { sku, current } = random.pick(lines)
    outlet.takeOff(order.id, sku, current - 1)
  }

  /** Somebody counts a shelf and finds more than was known. */
  function countMore(): void {
    const { sku } = random.pick(products)
    const shelf = erp.beliefs().stock.find((one) => one.sku === sku && one.warehouse === WAREHOUSE)
    erp.count(sku, WAREHOUSE, (shelf?.onHand ?? 0) + random.int(1, 2))
  }

  /** Only one piece of several fits into the parcel; the rest follows. */
  function shipOne(): void {
    const several = erp
      .openDeliveries()
      .flatMap(({ saleId, lines }) =>
        lines.flatMap(({ sku, reserved }) => (reserved > 1 && ours.has(sku) ? [{ saleId, sku }] : [])),
      )
    if (several.length === 0) return
    const { saleId, sku } = random.pick(several)
    parcels += 1
    erp.ship(saleId, { tracking: `1P${String(parcels).padStart(8, '0')}`, carrier: 'Express', lines: { [sku]: 1 } })
  }

  return {
    next() {
      // What is down comes up again before anything else happens to it.
      if (down) erp.down((down = false))
      else random.pick(all)()
    },
    end() {
      erp.conflict(0)
      erp.down(false)
      strained = down = false
    },
  }
}
