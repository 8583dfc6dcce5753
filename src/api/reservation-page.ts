/** Where a reservation stands. */
import type { ReservationState } from '#core/reservation/reservation.ts'
import { reservationOf } from '#insight/reservation.ts'
import { reservationParams, reservationPart } from './contract-reservations.ts'
import { operation } from './operation.ts'
import { notFound } from './problem.ts'
import { viewOf } from './reservation-view.ts'

export const getReservation = operation({
  id: 'getReservation',
  method: 'GET',
  path: '/api/reservations/{id}',
  summary: 'One reservation: whether its pieces are set aside, and until when.',
  params: reservationParams,
  answer: reservationPart,
  async handle({ params: { id } }, { engine }) {
    const state: ReservationState | null = await reservationOf(engine.database, id)
    return state ? viewOf(id, state, false) : notFound('such reservation')
  },
})
