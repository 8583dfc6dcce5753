/** What happens in the shop alone: a subscription vanishes, and staff of one with two locations move orders. */
import type { Estate } from './estate.ts'
import type { Random } from './random.ts'

export function hitches({ shop }: Estate, random: Random, places: number): (() => void)[] {
  const dropOne = () => shop.dropSubscription(random.int(0, 99))
  return [dropOne, dropOne, ...(places > 1 ? [moveOne, moveOne] : [])]

  /** Another location serves an order that is not paid yet. */
  function moveOne(): void {
    const { orders } = shop.beliefs()
    const open = orders.filter((order) => order.cancelledAt === null && order.financialStatus === 'pending')
    if (open.length > 0) shop.moveOrder(random.pick(open).id, random.pick(shop.locations))
  }
}
