/** Card numbers that people typed into an order: hidden before it was stored, and told until the channel has none. */
import type { ObserveOrder } from '../commands.ts'
import type { OrderEvent } from './order.ts'
import type { OrderState } from './state.ts'

export const TYPED_CARD = 'card_number'

/** @param state before the picture counted. An older picture says nothing; only a newer one without any ends it. */
export function typedCardEvents(
  { order: known, exceptions }: OrderState,
  { order, masked }: ObserveOrder,
): OrderEvent[] {
  if (known && order.updatedAt < known.updatedAt) return []
  const raised = exceptions.some(({ code }) => code === TYPED_CARD)
  if (masked && !raised) {
    const detail = `What looks like a card number was typed into ${masked.join(', ')} of the order. It was hidden before it was stored.`
    return [{ type: 'order.exceptionRaised', code: TYPED_CARD, detail }]
  }
  const isOver = !masked && raised && known !== null && order.updatedAt > known.updatedAt
  return isOver ? [{ type: 'order.exceptionsCleared', codes: [TYPED_CARD] }] : []
}
