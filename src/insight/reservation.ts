/** One reservation as it stands. */
import type { Policy } from '#core/policy.ts'
import { poolsOf } from '#core/pools.ts'
import type { ReservationState } from '#core/reservation/reservation.ts'
import { streams } from '#core/streams.ts'
import type { Sql } from '#store/database.ts'
import { readState } from '#store/views.ts'

export const reservationOf = async (sql: Sql, id: string): Promise<ReservationState | null> =>
  ((await readState(sql, streams.reservation(id)))?.state as unknown as ReservationState | undefined) ?? null

/** Whether the rules name such a pool. */
export const isPool = (policy: Policy, pool: string): boolean => poolsOf(policy).includes(pool)
