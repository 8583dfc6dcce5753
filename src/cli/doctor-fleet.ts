/** What `crossdock doctor` says about the hub's processes: whose heart stands still, whose clock is off. */
import { setTimeout as pause } from 'node:timers/promises'
import type { Finding } from '#connectors/kit/connector.ts'
import { BEAT_MS } from '#engine/life.ts'
import type { Database } from '#store/database.ts'
import { type ProcessRow, readFleet } from '#store/fleet.ts'
import type { Io } from '../io.ts'

const CLOCK_SKEW_MAX_MS = 5_000

/** Watches for two beats when there is anybody to watch. */
export async function checkFleet(database: Database, io: Io, watchMs = 2 * BEAT_MS): Promise<Finding[]> {
  const before = new Map((await readFleet(database)).map(({ id, beat }) => [id, beat]))
  if (before.size === 0) return [{ level: 'ok', about: 'processes', message: 'No hub is running.' }]
  await pause(watchMs)
  const nowMs = io.now()
  return (await readFleet(database)).map((row) => judge(row, before.get(row.id), { nowMs, watchMs }))
}

function judge(
  row: ProcessRow,
  before: number | undefined,
  { nowMs, watchMs }: { nowMs: number; watchMs: number },
): Finding {
  const about = 'processes'
  const who = `Process ${row.pid} on ${row.host} (${row.version}, ${row.state}, since ${row.started_at})`
  if (row.beat === before) {
    const message = `${who} gave no sign of life for ${watchMs / 1_000} s.`
    const cure =
      'It is down, suspended or cut off from the database. Another process takes over what it held; start one if none runs.'
    return { level: 'warning', about, message, cure }
  }
  const skewMs = Date.parse(row.beat_at) - nowMs
  // Its last beat may be one beat old.
  if (skewMs > CLOCK_SKEW_MAX_MS || skewMs < -CLOCK_SKEW_MAX_MS - BEAT_MS) {
    const message = `${who} has a clock that differs from this machine's by ${Math.round(Math.abs(skewMs) / 1_000)} s.`
    return { level: 'warning', about, message, cure: 'Let both follow a time server (NTP).' }
  }
  return { level: 'ok', about, message: `${who} is alive.` }
}
