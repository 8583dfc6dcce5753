/** The tills of all stores: one stream each, a few hundred at most. */
import type { Sql } from './database.ts'

export interface TillRow<State> {
  storeId: string
  registerId: string
  state: State
}

/** In order of store and register. */
export async function readTills<State>(sql: Sql): Promise<TillRow<State>[]> {
  const rows = await sql.query<{ stream: string; state: State }>(
    `select stream, state from stream where kind = 'till' order by stream`,
  )
  return rows.map(({ stream, state }) => {
    const [, storeId = '', registerId = ''] = stream.split('/')
    return { storeId, registerId, state }
  })
}
