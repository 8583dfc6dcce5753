/** A reservation as callers see it, and the problems they may meet. */
import type { ReservationState } from '#core/reservation/reservation.ts'
import type { ReservationView } from './contract-reservations.ts'
import { Refusal } from './problem.ts'

/** The stages in which it is not known yet what becomes of it. */
export const isUndecided = ({ stage }: ReservationState): boolean => stage === 'absent' || stage === 'pending'

export const viewOf = (id: string, known: ReservationState, duplicate: boolean): ReservationView => {
  const { stage, pool, items, reference, openedAt, expiresAt, orderRef } = known
  const rows = items.map(({ available, ...item }) => ({ ...item, available: available ?? null }))
  const state = stage === 'absent' ? 'pending' : stage
  return { id, state, pool, items: rows, reference, openedAt, expiresAt, order: orderRef, duplicate }
}

/** 409, with what is there of the SKU that was short. */
export function notEnough({ pool, items }: ReservationState): Refusal {
  const failed = items.filter(({ outcome }) => outcome === 'short' || outcome === 'unknown_sku')
  const what = failed.map(({ sku, quantity, outcome, available }) =>
    outcome === 'short' ? `${available ?? 0} of ${quantity} ${sku}` : `nothing of ${sku}, which the ERP does not know`,
  )
  const more = {
    items: failed.map(({ sku, quantity, available }) => ({ sku, asked: quantity, available: available ?? 0 })),
  }
  return new Refusal(
    409,
    'not_enough_stock',
    {
      title: 'Not enough stock',
      detail: `In ${pool} there can be set aside: ${what.join('; ')}. Nothing was set aside.`,
      cure: 'Ask for what is there, in another pool, or later.',
    },
    {},
    more,
  )
}

export const DIFFERS = new Refusal(409, 'idempotency_conflict', {
  title: 'The key was used for something else',
  detail: 'Another reservation was made under this Idempotency-Key.',
  cure: 'Send a new key with a new request; repeat a request unchanged.',
})
