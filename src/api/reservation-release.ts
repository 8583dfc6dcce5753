/** Gives back what was set aside. Giving it back twice is no mistake. */
import type { ReservationState } from '#core/reservation/reservation.ts'
import { streams } from '#core/streams.ts'
import { awaitStream } from '#engine/await-stream.ts'
import { reservationOf } from '#insight/reservation.ts'
import { reservationParams, reservationPart } from './contract-reservations.ts'
import { operation } from './operation.ts'
import { notFound, Refusal } from './problem.ts'
import { viewOf } from './reservation-view.ts'
import { tell } from './tell.ts'

const WAIT_MS = 2_000

/** Nothing more will be given back by asking. */
const isOver = ({ stage }: ReservationState): boolean => stage !== 'absent' && stage !== 'pending' && stage !== 'held'

export const releaseReservation = operation({
  id: 'releaseReservation',
  method: 'DELETE',
  path: '/api/reservations/{id}',
  summary: 'Give everything back. What an order took the place of stays with the order: 409.',
  params: reservationParams,
  answer: reservationPart,
  async handle({ params: { id } }, { engine }) {
    const known = await reservationOf(engine.database, id)
    if (!known) return notFound('such reservation')
    if (known.orderRef !== null) return bought(known)
    if (isOver(known)) return viewOf(id, known, true)
    const stream = streams.reservation(id)
    const told = await tell(engine, stream, { type: 'reservation.release' }, 'release')
    if (told instanceof Refusal) return told
    const until = (state: unknown) => isOver(state as ReservationState)
    const state = (await awaitStream(engine, stream, { until, withinMs: WAIT_MS })) as ReservationState
    return state.orderRef === null ? viewOf(id, state, told.duplicate) : bought(state)
  },
})

const bought = ({ orderRef }: ReservationState): Refusal =>
  new Refusal(409, 'reservation_converted', {
    title: 'The reservation was bought',
    detail: `The order ${orderRef} took its place.`,
    cure: 'Cancel the order in its channel.',
  })
