/** A run on a real PostgreSQL: every planted defect found and none invented, through kills and with two processes. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { CensusRecord, Reader } from '#connectors/kit/reader.ts'
import type { Engine } from '#engine/engine.ts'
import type { Definition } from '#engine/reconcile/definition.ts'
import { reconcile } from '#engine/reconcile/run.ts'
import type { Database } from '#store/database.ts'
import { Fault } from '../../src/fault.ts'
import { freshDatabase } from '../support/database.ts'
import { anEngine, anErp, aShop } from '../support/orders.ts'
import { definitionOf, plantSides, readerOf, type Sides, sorted, START_MS } from './sides.ts'

function engineOn(database: Database, clock: { ms: number }, owner = 'one'): Engine {
  const engine = anEngine(database, { shop: aShop(), erp: anErp() }, { owner })
  return { ...engine, io: { ...engine.io, now: () => clock.ms, log: () => {} } }
}

const found = async (database: Database): Promise<string[]> => {
  const rows = await database.query<{ kind: string; key: string; field: string }>(
    `select kind, key, field from reconcile_finding where state <> 'resolved'`,
  )
  return rows.map(({ kind, key, field }) => `${kind} ${key} ${field}`).toSorted()
}

const partitions = async (database: Database): Promise<string[]> =>
  (
    await database.query<{ name: string }>(
      `select relname as name from pg_class where relname ~ '^reconcile_record_[0-9]+$'`,
    )
  ).map(({ name }) => name)

const WAYS: Readonly<Record<string, (sides: Sides, change?: Partial<Definition>) => Definition>> = {
  staged: ({ ours, theirs }, change) => definitionOf(readerOf(ours, 250), readerOf(theirs, 500), change),
  streamed: ({ ours, theirs }, change) =>
    definitionOf(readerOf(sorted(ours), 250, true), readerOf(sorted(theirs), 500, true), change),
}

describe.each(Object.keys(WAYS))('a %s run', (way) => {
  test('finds 1,000 defects of every kind on both sides among 100,000 records, and nothing else', async () => {
    const database = await freshDatabase()
    const sides = plantSides(100_000, 1_000)
    const outcome = await reconcile(engineOn(database, { ms: START_MS }), WAYS[way]!(sides), { mends: false })
    expect(outcome).toMatchObject({ state: 'done', run: { found: 1_000, waiting: 0 } })
    expect(sides.planted).toHaveLength(1_000)
    expect(await found(database)).toEqual(sides.planted)
    expect(await partitions(database)).toEqual([])
  })

  test('that is killed after any page goes on there and finds the same', async () => {
    const sides = plantSides(1_500, 60)
    for (let after = 1; ; after += 1) {
      const database = await freshDatabase()
      const clock = { ms: START_MS }
      const pages = { read: 0 }
      const definition = counted(WAYS[way]!(sides), pages)
      const killed = await reconcile(engineOn(dying(database, after), clock), definition, {
        mends: false,
        blockSize: 600,
      }).catch((error: Error) => error)
      if (!(killed instanceof Error)) {
        await database.close()
        expect(after).toBeGreaterThan(4)
        return
      }
      const engine = engineOn(database, clock, 'two')
      expect(await reconcile(engine, definition, { mends: false })).toMatchObject({ state: 'busy', owner: 'one' })
      clock.ms += 10 * 60_000
      const outcome = await reconcile(engine, definition, { mends: false })
      const read = [{ read: sides.ours.length }, { read: sides.theirs.length }]
      expect(outcome).toMatchObject({ state: 'done', run: { found: 60, sides: read } })
      expect(await found(database)).toEqual(sides.planted)
      // Read twice: at most what was in hand, and what the block that was lost had read.
      expect(pages.read).toBeLessThanOrEqual(pagesOf(sides) + 5)
      expect(await partitions(database)).toEqual([])
      await database.close()
    }
  })
})

const pagesOf = ({ ours, theirs }: Sides): number => Math.ceil(ours.length / 250) + Math.ceil(theirs.length / 500)

const counted = (definition: Definition, pages: { read: number }): Definition => {
  const count = (reader: Reader): Reader => ({
    ...reader,
    read: (...args) => ((pages.read += 1), reader.read(...args)),
  })
  const { ours, theirs } = definition
  return {
    ...definition,
    ours: { ...ours, reader: count(ours.reader) },
    theirs: { ...theirs, reader: count(theirs.reader) },
  }
}

/** A database whose process dies at the end of its nth transaction: that one is in, nothing else ever is. */
function dying(database: Database, transactions: number): Database {
  let left = transactions
  const alive = <T>(work: () => Promise<T>): Promise<T> => (left > 0 ? work() : Promise.reject(new Error('killed')))
  return {
    ...database,
    query: (text, values) => alive(() => database.query(text, values)),
    prepared: (text, values) => alive(() => database.prepared(text, values)),
    run: (text, values) => alive(() => database.run(text, values)),
    transaction: async (work) => {
      const result = await alive(() => database.transaction(work))
      left -= 1
      return result
    },
  }
}

const drawn = fc
  .record({
    key: fc.integer({ min: 0, max: 12 }),
    total: fc.oneof(fc.constantFrom(100, 105), fc.constant(null)),
    agoMs: fc.option(fc.constantFrom(60_000, 3_000_000, 9_000_000)),
    alone: fc.boolean(),
  })
  .map(({ key, total, agoMs, alone }): CensusRecord => {
    const changedAt = agoMs === null ? null : new Date(START_MS - agoMs).toISOString()
    return { key: `k${key}`, fields: { total, currency: 'USD', cancelled: false }, changedAt, alone }
  })
const drawnSide = fc.array(drawn, { maxLength: 15 })

test('what the server compares and what is merged on the way come to the same, whatever stands on the sides', async () => {
  const database = await freshDatabase()
  const engine = engineOn(database, { ms: START_MS })
  const both = async (ours: CensusRecord[], theirs: CensusRecord[]) => {
    const results: unknown[] = []
    for (const way of Object.values(WAYS)) {
      await database.query('truncate reconcile_finding, reconcile_run')
      const outcome = await reconcile(engine, way({ ours, theirs, planted: [] }), { mends: false })
      results.push([outcome.state === 'done' && outcome.run.waiting, await found(database)])
    }
    return results
  }
  await fc.assert(
    fc.asyncProperty(drawnSide, drawnSide, async (ours, theirs) => {
      const [staged, streamed] = await both(ours, theirs)
      expect(staged).toEqual(streamed)
    }),
    { numRuns: 60 },
  )
})

describe('a run', () => {
  test('is one at a time: of two processes at once one does it', async () => {
    const database = await freshDatabase()
    const clock = { ms: START_MS }
    const pages = { read: 0 }
    const sides = plantSides(2_000, 20)
    const definition = counted(WAYS['staged']!(sides), pages)
    const outcomes = await Promise.all(
      ['one', 'two', 'three'].map((owner) => reconcile(engineOn(database, clock, owner), definition, { mends: false })),
    )
    expect(outcomes.map(({ state }) => state).toSorted()).toEqual(['busy', 'busy', 'done'])
    expect(pages.read).toBe(pagesOf(sides))
    expect(await found(database)).toEqual(sides.planted)
  })

  test('whose lease was lost while it read cannot write any more', async () => {
    const database = await freshDatabase()
    const clock = { ms: START_MS }
    const sides = plantSides(1_000, 10)
    const plain = WAYS['staged']!(sides)
    const slow: Reader = {
      read: async (cursor, scope) => {
        if (cursor === 500) {
          clock.ms += 10 * 60_000
          expect(await reconcile(engineOn(database, clock, 'two'), plain, { mends: false })).toMatchObject({
            state: 'done',
          })
        }
        return plain.ours.reader.read(cursor, scope)
      },
    }
    const late = { ...plain, ours: { ...plain.ours, reader: slow } }
    expect(await reconcile(engineOn(database, clock, 'one'), late, { mends: false })).toMatchObject({ state: 'busy' })
    expect(await found(database)).toEqual(sides.planted)
    expect(await partitions(database)).toEqual([])
  })

  test('waits as long as a side asks, then goes on at the same page', async () => {
    const database = await freshDatabase()
    const clock = { ms: START_MS }
    const sides = plantSides(1_000, 10)
    const plain = WAYS['staged']!(sides)
    let refusals = 1
    const throttled: Reader = {
      read: (cursor, scope) => {
        if (cursor === 250 && refusals-- > 0) throw new Fault('throttled', 'Slow down.', { retryAfterMs: 7_000 })
        return plain.ours.reader.read(cursor, scope)
      },
    }
    const definition = { ...plain, ours: { ...plain.ours, reader: throttled } }
    const engine = engineOn(database, clock)
    expect(await reconcile(engine, definition, { mends: false })).toMatchObject({
      state: 'paused',
      dueAt: new Date(START_MS + 7_000).toISOString(),
    })
    expect(await reconcile(engine, definition, { mends: false })).toMatchObject({ state: 'busy' })
    clock.ms += 7_000
    expect(await reconcile(engine, definition, { mends: false })).toMatchObject({ state: 'done', run: { found: 10 } })
  })

  test('notices that a crash of the server emptied what was staged, and reads again', async () => {
    const database = await freshDatabase()
    const clock = { ms: START_MS }
    const sides = plantSides(1_000, 10)
    const plain = WAYS['staged']!(sides)
    let crashes = 1
    const crashing: Reader = {
      read: async (cursor, scope) => {
        if (cursor === 500 && crashes-- > 0) await database.query(`truncate ${(await partitions(database))[0]}`)
        return plain.theirs.reader.read(cursor, scope)
      },
    }
    const definition = { ...plain, theirs: { ...plain.theirs, reader: crashing } }
    expect(await reconcile(engineOn(database, clock), definition, { mends: false })).toMatchObject({ state: 'done' })
    expect(await found(database)).toEqual(sides.planted)
  })

  test('resolves what a later run no longer finds, and says which run; what is in flight stays', async () => {
    const database = await freshDatabase()
    const clock = { ms: START_MS }
    const engine = engineOn(database, clock)
    const { ours, theirs } = plantSides(100, 0)
    const lacking = theirs.slice(2)
    const run = (right: typeof theirs) =>
      reconcile(engine, definitionOf(readerOf(ours, 50), readerOf(right, 50)), { mends: false })
    expect(await run(lacking)).toMatchObject({ run: { found: 2 } })
    clock.ms += 60_000
    expect(await run(lacking)).toMatchObject({ run: { found: 2, resolved: 0 } })
    const changedAt = new Date(clock.ms).toISOString()
    const fresh = { ...theirs[0]!, fields: { ...theirs[0]!.fields, total: 1 }, changedAt }
    const changed = [...lacking, fresh, theirs[1]!]
    clock.ms += 60_000
    expect(await run(changed)).toMatchObject({ run: { found: 0, resolved: 1, waiting: 1 } })
    const rows = await database.query<{ key: string; state: string; resolved_run: number | null }>(
      'select key, state, resolved_run from reconcile_finding order by id',
    )
    expect(rows).toHaveLength(2)
    expect(rows.find(({ key }) => key === theirs[0]!.key)).toMatchObject({ state: 'open', resolved_run: null })
    expect(rows.find(({ key }) => key === theirs[1]!.key)).toMatchObject({ state: 'resolved', resolved_run: 3 })
  })

  test('mends up to the bound; with more to mend than that it mends nothing and says so', async () => {
    const database = await freshDatabase()
    const logged: string[] = []
    const engine = engineOn(database, { ms: START_MS })
    engine.io.log = (level, message) => void logged.push(`${level} ${message}`)
    const { ours, theirs } = plantSides(100, 0)
    const row = { source: 'shop', kind: 'delivery', topic: 'order', correlation: null, priority: 7 } as const
    const late = { ...row, body: Buffer.from('{}'), receivedAt: '2026-11-27T10:00:00.000Z' }
    const mend: Definition['mend'] = (findings) =>
      Promise.resolve(
        findings.map((finding) => ({
          finding,
          rows: [{ ...late, key: `again:${finding.key}` }],
        })),
      )
    const run = (missing: number) => {
      const [left, right] = [readerOf(ours, 50), readerOf(theirs.slice(missing), 50)]
      return reconcile(engine, definitionOf(left, right, { mend, mendingsMax: 3 }), { mends: true })
    }
    const inbox = async () => (await database.query('select id from inbox')).length
    expect(await run(4)).toMatchObject({ run: { found: 4, mended: 0 } })
    expect(await inbox()).toBe(0)
    expect(logged).toEqual(['error a reconciliation found too much to mend by itself'])
    expect(await run(3)).toMatchObject({ run: { found: 3, mended: 3, resolved: 1 } })
    // What handing in did not mend is for people.
    expect(await run(3)).toMatchObject({ run: { found: 3, mended: 0 } })
    expect(await inbox()).toBe(3)
  })
})
