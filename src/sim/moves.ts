/** Staff of a shop with two locations at work: another one serves an order that is not paid yet. */
import type { Estate } from './estate.ts'
import type { Random } from './random.ts'

export function moveUnpaid({ shop }: Estate, random: Random): void {
  const { orders } = shop.beliefs()
  const open = orders.filter((order) => order.cancelledAt === null && order.financialStatus === 'pending')
  if (open.length > 0) shop.moveOrder(random.pick(open).id, random.pick(shop.locations))
}
