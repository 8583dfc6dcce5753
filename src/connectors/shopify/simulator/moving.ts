/** Fulfilment orders: which place serves what of an order, until all of it is sent. */
import { stocked, type Order, type Shop } from './state.ts'
import type { Stock } from './stock.ts'

/** Another place serves what is not sent yet: pieces leave its shelf and are back on the one they came from. */
export function moveOpen(shop: Shop, stock: Stock, order: Order, locationId: number): void {
  for (const from of order.fulfilmentOrders.slice()) {
    if (from.locationId === locationId || !['OPEN', 'IN_PROGRESS'].includes(from.status)) continue
    const open = from.lines.filter(({ remaining }) => remaining > 0)
    let to = order.fulfilmentOrders.find((one) => one.locationId === locationId && one.status === 'OPEN')
    if (!to && open.length > 0) {
      to = { id: shop.nextId(), order, locationId, status: 'OPEN', lines: [] }
      order.fulfilmentOrders.push(to)
      shop.fulfilmentOrders.set(to.id, to)
    }
    for (const one of open) {
      const quantity = one.remaining
      to!.lines.push({ id: shop.nextId(), line: one.line, total: quantity, remaining: quantity })
      one.total -= quantity
      one.remaining = 0
      for (const [place, change] of [
        [from.locationId, -quantity],
        [locationId, quantity],
      ] as const) {
        const level = stocked(one.line.variant, place)
        level.committed += change
        stock.write(one.line.variant, place, level.available - change)
      }
    }
    from.lines = from.lines.filter(({ total }) => total > 0)
  }
  closeFulfilmentOrders(order)
}

export function closeFulfilmentOrders({ fulfilmentOrders }: Order): void {
  for (const one of fulfilmentOrders) {
    if (one.status !== 'OPEN' && one.status !== 'IN_PROGRESS') continue
    const started = one.lines.some(({ total, remaining }) => remaining < total)
    if (one.lines.every(({ remaining }) => remaining === 0)) one.status = 'CLOSED'
    else if (started) one.status = 'IN_PROGRESS'
  }
}
