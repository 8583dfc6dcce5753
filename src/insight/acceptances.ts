/** Orders whose channel waits for an answer, the soonest first: the clock of marketplaces. */
import type { OrderState } from '#core/order/state.ts'
import { ALARMS } from '#core/order/accept.ts'
import type { Sql } from '#store/database.ts'
import { alarmsOf } from '#store/alarms.ts'
import { amountOf } from './amount.ts'

const SHOWN = 10

export async function acceptancesDue(sql: Sql) {
  const rows = await alarmsOf(sql, ALARMS.by, SHOWN)
  return {
    open: rows[0]?.all ?? 0,
    soonest: rows.map(({ stream, label, due_at, state }) => {
      const [, channel = '', externalId = ''] = stream.split('/')
      const { order } = state as unknown as OrderState
      return { channel, externalId, label, by: due_at, value: order ? amountOf(order.total) : null }
    }),
  }
}
