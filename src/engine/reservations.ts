/** Reservations end by the clock: what is over is told so, through the inbox like everything else. */
import { insertInbox } from '#store/inbox.ts'
import { dueReservations } from '#store/reservations.ts'
import { NOTE_PRIORITY } from '#policy/priorities.ts'
import { type Engine, nowOf } from './engine.ts'

/** Told at once at most; the rest the next time. */
const AT_ONCE = 500

/** @returns how many were told; telling one twice does nothing. */
export async function expireReservations(engine: Engine): Promise<number> {
  const now = nowOf(engine)
  const due = await dueReservations(engine.database, now, AT_ONCE)
  if (due.length === 0) return 0
  const body = Buffer.from(JSON.stringify({ type: 'reservation.expire' }))
  // The version makes each telling one of its own: an earlier one may have come to nothing.
  const rows = due.map(({ stream, version }) => ({
    source: 'clock', key: `expire/${stream}/${version}`, kind: 'note' as const, topic: stream, body, correlation: stream,
    receivedAt: now, priority: NOTE_PRIORITY,
  })) // prettier-ignore
  return (await insertInbox(engine.database, rows)).length
}
