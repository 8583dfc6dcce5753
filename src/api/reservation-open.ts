/** Sets pieces aside, all or none, and says what came of it. */
import { createHash } from 'node:crypto'
import { canonicalJson } from '#canon/json.ts'
import type { OpenReservation, ReservationState } from '#core/reservation/reservation.ts'
import { streams } from '#core/streams.ts'
import { awaitStream } from '#engine/await-stream.ts'
import { instantAt } from '#engine/engine.ts'
import { isPool } from '#insight/reservation.ts'
import { reservationBody, reservationPart } from './contract-reservations.ts'
import { operation, Reply } from './operation.ts'
import { badParameter, Refusal, unavailable } from './problem.ts'
import { DIFFERS, isUndecided, notEnough, viewOf } from './reservation-view.ts'
import { tell } from './tell.ts'

/** As long as a caller at a checkout is made to wait; a compare-and-set channel has given back by then. */
const WAIT_MS = 2_000

const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 32)

export const openReservation = operation({
  id: 'openReservation',
  method: 'POST',
  path: '/api/reservations',
  summary:
    'Set pieces aside, all or none. 201 held, 202 pending (ask again by its id), 409 not enough. Takes an Idempotency-Key.',
  body: reservationBody,
  answer: reservationPart,
  status: 201,
  async handle({ body, header }, { engine }) {
    const { pool, ttlSeconds, waits, reference } = body
    if (!isPool(engine.policy, pool)) return badParameter('pool', 'no channel is served from such a pool.')
    const items = summed(body.items)
    const digest = digestOf(canonicalJson({ pool, items, ttlSeconds, waits, reference }))
    const requestKey = header('idempotency-key')
    const id = requestKey === undefined ? engine.io.id() : digestOf(requestKey)
    const stream = streams.reservation(id)
    const expiresAt = instantAt(engine.io.now() + ttlSeconds * 1_000)
    const command: OpenReservation = { type: 'reservation.open', pool, items, expiresAt, waits, reference, digest }
    const told = await tell(engine, stream, command, requestKey ?? id)
    if (told instanceof Refusal) return told
    const until = (state: unknown) => !isUndecided(state as ReservationState)
    const state = (await awaitStream(engine, stream, { until, withinMs: WAIT_MS })) as ReservationState | null
    if (state === null) return unavailable(1)
    if (state.digest !== digest) return DIFFERS
    if (state.stage === 'refused') return notEnough(state)
    return new Reply(viewOf(id, state, told.duplicate), {
      status: isUndecided(state) ? 202 : told.duplicate ? 200 : 201,
    })
  },
})

/** The ledger is asked once per SKU, so that two lines of one SKU cannot each be told yes for the same piece. */
function summed(items: readonly { sku: string; quantity: number }[]): { sku: string; quantity: number }[] {
  const pieces = new Map<string, number>()
  for (const { sku, quantity } of items) pieces.set(sku, (pieces.get(sku) ?? 0) + quantity)
  return [...pieces].map(([sku, quantity]) => ({ sku, quantity })).sort((a, b) => (a.sku < b.sku ? -1 : 1))
}
