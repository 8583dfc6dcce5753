/** Two releases on one database: side by side where their schemas can live together, refused where they cannot. */
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import type { Engine } from '#engine/engine.ts'
import { type Hub, startHub } from '#engine/hub.ts'
import { createLife } from '#engine/life.ts'
import type { Database } from '#store/database.ts'
import { readFleet } from '#store/fleet.ts'
import { type Migration, migrate, planMigrations, readMigrations } from '#store/migrate.ts'
import { refuseOlderWithin } from '#store/upgrade.ts'
import { freshDatabase } from '../support/database.ts'
import { aFleet } from '../support/fleet.ts'
import { anEngine, anErp, anOrder, aShop } from '../support/orders.ts'

const MIGRATIONS = fileURLToPath(new URL('../../src/store/migrations/', import.meta.url))
const AT = '2026-11-27T10:00:00.000Z'
const WATCH_MS = 500

/** The migrations of the release to come: those there are, and one more. */
function nextRelease(text: string): Migration[] {
  const folder = mkdtempSync(join(tmpdir(), 'crossdock-upgrade-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  cpSync(MIGRATIONS, folder, { recursive: true })
  const number = String(readMigrations(MIGRATIONS).length + 1).padStart(4, '0')
  writeFileSync(join(folder, `${number}_next.sql`), text)
  return readMigrations(folder)
}

const COMPATIBLE = '-- compatible\nalter table outbox add column remark text;'
const BREAKING = '-- The release before it writes the old name.\nalter table outbox rename column fault to trouble;'

const upgrade = (database: Database, migrations: readonly Migration[]) =>
  migrate(database, migrations, {
    now: () => Date.parse(AT),
    guard: (sql, migration) => refuseOlderWithin(sql, migration, WATCH_MS, AT),
  })

/** A hub at work whose release knows these migrations. */
function hubOf(
  database: Database,
  version: string,
  migrations: readonly Migration[],
  erp: ReturnType<typeof anErp>,
): Hub {
  const bare = anEngine(database, { shop: aShop(), erp }, { parallel: 4 })
  const about = { host: version, pid: 1, version, migrations: migrations.length }
  const check = (sql: Parameters<typeof planMigrations>[0]) => planMigrations(sql, migrations)
  const life = createLife({ database, io: bare.io, meter: bare.meter, about, check })
  const engine: Engine = { ...bare, life }
  const hub = startHub(engine, { idleMs: 10, tickMs: 1_000 })
  onTestFinished(async () => void (await hub.stop()))
  return hub
}

const deliver = (hub: Hub, key: string, topic: string, body: unknown) =>
  hub.receiver.receive('shop', {
    headers: { key, topic, signature: 'good' },
    body: Buffer.from(JSON.stringify(body)),
    receivedAt: AT,
  })

const MUG = [
  { stream: 'stock/WH/MUG', command: { type: 'stock.know', stocked: true } },
  {
    stream: 'stock/WH/MUG',
    command: { type: 'stock.bind', channel: 'shop', place: { inventoryItemId: 'I1', locationId: 'L1' } },
  },
]

const open = async (database: Database): Promise<number> => {
  const [row] = await database.query<{ open: number }>(
    `select (select count(*) from inbox where state = 'new') + (select count(*) from outbox where state = 'open') as open`,
  )
  return row!.open
}

test('an old and a new process work side by side while the schema is brought forward under load', async () => {
  const database = await freshDatabase({ max: 12 })
  const [old, next] = [readMigrations(MIGRATIONS), nextRelease(COMPATIBLE)]
  const erp = anErp({ MUG: 10_000 })
  const before = hubOf(database, '1.0.0', old, erp)
  await deliver(before, 'setup', 'messages', MUG)
  const orders = Array.from({ length: 60 }, (_, id) => id)
  const send = (hub: Hub, ids: readonly number[]) =>
    Promise.all(ids.map((id) => deliver(hub, `order ${id}`, 'order', anOrder(`${id}`))))
  const first = send(before, orders.slice(0, 20))
  expect((await upgrade(database, next)).map(({ compatible }) => compatible)).toEqual([true])
  const after = hubOf(database, '1.1.0', next, erp)
  await Promise.all([first, send(before, orders.slice(20, 40)), send(after, orders.slice(40))])
  await expect.poll(async () => (await open(database)) === 0 && erp.sales.size === orders.length).toBe(true)
  // A process of the old release may even start now.
  const late = hubOf(database, '1.0.0', old, erp)
  await expect.poll(() => late.engine.life!.state()).toBe('running')
  const statuses = await database.query(`select status, count(*) as n from stream where kind = 'order' group by 1`)
  expect(statuses).toEqual([{ status: 'confirmed', n: orders.length }])
  const sales = erp.calls.filter((call) => call.startsWith('sale.ensure'))
  expect(new Set(sales).size).toBe(sales.length)
})

test('a migration the old release cannot live with is refused while such a process lives, and names it', async () => {
  const database = await freshDatabase()
  const next = nextRelease(BREAKING)
  const fleet = aFleet(database)
  const old = await fleet.join('till-7', {})
  let alive = true
  const living = (async () => {
    while (alive) await old.engine.life.beat()
  })()
  await expect(upgrade(database, next)).rejects.toThrow(
    /0\d+_next cannot be applied.*1\.2\.3 on till-7 \(process 1\).*Nothing was changed/,
  )
  alive = false
  await living
  await old.engine.life.leave()
  expect(await upgrade(database, next)).toHaveLength(1)
})

test('one that only slept through it finds out and does nothing any more', async () => {
  const database = await freshDatabase()
  const next = nextRelease(BREAKING)
  const migrations = readMigrations(MIGRATIONS)
  const { io, meter } = anEngine(database, {})
  const about = { host: 'sleeper', pid: 1, version: '1.0.0', migrations: migrations.length }
  const sleeper = createLife({ database, io, meter, about, check: (sql) => planMigrations(sql, migrations) })
  await sleeper.beat()
  expect(await upgrade(database, next)).toHaveLength(1)
  expect(await readFleet(database)).toEqual([])
  await sleeper.beat()
  expect([sleeper.state(), sleeper.mayClaim(), await sleeper.mayCall()]).toEqual(['refused', false, false])
})
