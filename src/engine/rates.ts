/** Connects the budgets of the connections to the buckets that all processes on the database share. */
import type { BucketSource } from '#connectors/kit/budget.ts'
import { type BucketState, visit } from '#connectors/kit/bucket.ts'
import type { Database } from '#store/database.ts'
import { beginRate, type RateRow, readRate, swapRate } from '#store/rates.ts'
import { Fault } from '../fault.ts'
import type { Engine } from './engine.ts'

/** So often another process came in between; then the call waits a moment. */
const TRIES_MAX = 20
const BUSY_WAIT_MS = 200

/** Once, when the connections and the database are open. */
export function shareBudgets({
  connections,
  database,
  owner,
}: Pick<Engine, 'connections' | 'database' | 'owner'>): void {
  for (const [name, { budget }] of connections) budget?.share(sourceIn(database, name), owner)
}

/** One statement per grant while nobody else draws; two when somebody did since. */
export function sourceIn(database: Database, connection: string): BucketSource {
  const known = new Map<string, RateRow>()

  async function current(bucket: string, start: BucketState): Promise<RateRow> {
    const row = known.get(bucket) ?? (await readRate(database, connection, bucket))
    if (row) return row
    await beginRate(database, connection, bucket, start)
    return (
      (await readRate(database, connection, bucket)) ?? {
        state: { ...start } as unknown as RateRow['state'],
        revision: 0,
      }
    )
  }

  const draw: BucketSource = async (bucket, start, caller) => {
    let row = await current(bucket, start)
    for (let tries = 0; tries < TRIES_MAX; tries += 1) {
      const { state, ...granted } = visit(row.state as unknown as BucketState, caller)
      const other = await swapRate(database, { connection, bucket, revision: row.revision, state })
      if (other === null) {
        known.set(bucket, { state: state as unknown as RateRow['state'], revision: row.revision + 1 })
        return granted
      }
      known.delete(bucket)
      row = other.state === null ? await current(bucket, start) : other
    }
    throw busy('Other processes draw from the same budget just now.')
  }

  return (bucket, start, caller) =>
    draw(bucket, start, caller).catch((error: unknown) => {
      known.delete(bucket)
      throw error instanceof Fault ? error : busy('The budget, which all processes share, could not be read.', error)
    })
}

/** No call was made, so this says nothing about the vendor. */
const busy = (message: string, cause?: unknown): Fault =>
  new Fault('throttled', message, { code: 'budget_busy', retryAfterMs: BUSY_WAIT_MS, own: true, cause })
