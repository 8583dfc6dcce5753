/** What a feed or upkeep has to know before it calls: is the connection left alone, and did it cut us off? One read. */
import type { Sql } from './database.ts'
import { type GovernorRow, innocent } from './governor.ts'

export interface GateRow {
  governor: GovernorRow
  /** Version of the connection's stream while it says that the connection is lost, else null. */
  lostAt: number | null
}

export async function readGate(sql: Sql, connection: string): Promise<GateRow> {
  const [row] = await sql.prepared<
    Omit<GovernorRow, 'state'> & { state: GovernorRow['state'] | null; lost: number | null }
  >(
    `select c.connection, g.state, g.opened_at, g.probe_at, g.failures, g.reason, g.paused_until,
       case when s.status = 'lost' then s.version end as lost
     from (values ($1::text)) as c (connection)
       left join governor g on g.connection = c.connection
       left join stream s on s.stream = 'connection/' || c.connection`,
    [connection],
  )
  if (!row?.state) return { governor: innocent(connection), lostAt: row?.lost ?? null }
  const { lost, state, ...rest } = row
  return { governor: { ...rest, state }, lostAt: lost }
}
