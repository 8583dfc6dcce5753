/** Intake over a real cluster of three: whatever dies, every delivery that was acknowledged is in the inbox once. */
import { afterEach, describe, expect, test } from 'vitest'
import { intakeStream, partitionOf } from '#engine/bus/topology.ts'
import type { Database } from '#store/database.ts'
import { freshDatabase } from '../support/database.ts'
import { type BusHub, countRows, delivery, openHub, until } from './hub.ts'
import { there, useCluster } from './servers.ts'

const cluster = useCluster()
const open: BusHub[] = []
afterEach(async () => {
  for (const hub of open.splice(0)) await hub.close()
})

let prefixes = 0
/** Every test has streams of its own on the same servers. */
async function hubs(count: number, database: Database, maxBytes = 64 * 1024 * 1024): Promise<[BusHub, ...BusHub[]]> {
  const prefix = `t${(prefixes += 1)}`
  const made = Array.from({ length: count }, (_, index) =>
    openHub(database, cluster().urls, { prefix, owner: `hub-${index}`, maxBytes }),
  )
  open.push(...made)
  await Promise.all(made.map(({ bus }) => bus.ready))
  return made as [BusHub, ...BusHub[]]
}

/** Sends so many deliveries, some at a time, each twice when it is said. @returns the keys that were acknowledged. */
async function send(
  hub: BusHub,
  from: number,
  count: number,
  during: (sent: number) => unknown = () => {},
): Promise<string[]> {
  const keys: string[] = []
  let next = from
  const sender = async () => {
    while (next < from + count) {
      const id = String((next += 1))
      await during(next - from)
      await hub.receiver.receive('shop', delivery(id))
      keys.push(`k-${id}`)
    }
  }
  await Promise.all(Array.from({ length: 20 }, sender))
  return keys
}

async function expectOnce(database: Database, keys: readonly string[]): Promise<void> {
  await until(async () => (await countRows(database)) >= keys.length)
  const rows = await database.query<{ key: string }>('select key from inbox')
  expect(rows.map(({ key }) => key).sort()).toEqual([...keys].sort())
}

const leaderOf = async (hub: BusHub): Promise<string> => {
  const { cluster: raft } = await (await hub.bus.line.manager()).streams.info(intakeStream(hub.bus.topology))
  return raft!.leader!
}

const node = (name: string) => cluster().nodes.find((one) => one.name === name)!

describe('a delivery', () => {
  test('is acknowledged by the bus and becomes an inbox row, byte for byte', async () => {
    if (!there) return
    const database = await freshDatabase()
    const [hub] = await hubs(1, database)
    const request = delivery('1')
    expect(await hub.receiver.receive('shop', request)).toBe('stored')
    expect(await hub.receiver.receive('shop', request)).toBe('duplicate')
    expect(await countRows(database)).toBe(0)
    hub.read()
    await until(async () => (await countRows(database)) === 1)
    const rows = await database.query('select source, key, kind, topic, body, received_at, priority from inbox')
    expect(rows).toEqual([
      {
        source: 'shop', key: 'k-1', kind: 'delivery', topic: 'order', body: request.body,
        received_at: '2026-11-20T10:00:01.000Z', priority: 5,
      },
    ]) // prettier-ignore
    expect(hub.engine.meter.read()).toMatchObject({ published: 2, accepted: 1, duplicates: 1 })
  })

  test('that is the first of all takes no other away when it is read', async () => {
    if (!there) return
    const database = await freshDatabase()
    const [hub] = await hubs(1, database)
    await hub.receiver.receive('shop', delivery('1'))
    const reading = hub.read()
    await until(async () => (await countRows(database)) === 1)
    await reading.stop()
    const manager = await hub.bus.line.manager()
    expect((await manager.streams.info(intakeStream(hub.bus.topology))).state.messages).toBe(1)
  })

  test('that is forged reaches neither bus nor database', async () => {
    if (!there) return
    const database = await freshDatabase()
    const [hub] = await hubs(1, database)
    const forged = { ...delivery('1'), headers: { ...delivery('1').headers, signature: 'bad' } }
    await expect(hub.receiver.receive('shop', forged)).rejects.toMatchObject({ kind: 'forged' })
    expect(hub.engine.meter.read().published).toBe(0)
  })

  test('with a name no database can hold is refused while the sender can hear it', async () => {
    if (!there) return
    const database = await freshDatabase()
    const [hub] = await hubs(1, database)
    const bad = { ...delivery('1'), headers: { ...delivery('1').headers, key: 'a\0b' } }
    await expect(hub.receiver.receive('shop', bad)).rejects.toThrow(/invalid byte/)
    expect(hub.engine.meter.read().published).toBe(0)
  })
})

describe('under load', () => {
  test('the leader of the stream is killed, and later comes back: nothing is lost, nothing is there twice', async () => {
    if (!there) return
    const database = await freshDatabase()
    const [hub] = await hubs(1, database)
    hub.read()
    const leader = node(await leaderOf(hub))
    let killed: Promise<void> | undefined
    const keys = await send(hub, 0, 1_500, (sent) => {
      if (sent === 500) killed = leader.kill()
    })
    await killed
    await expectOnce(database, keys)
    const { fallbacks } = counted(hub)
    expect(fallbacks).toBeGreaterThan(0)
    expect(hub.logged).toContain('deliveries go to the database: the bus does not take them')
    await leader.start()
    await until(async () => (await hub.receiver.receive('shop', delivery('back'))) && hub.logged.includes('deliveries go over the bus again')) // prettier-ignore
    await expectOnce(database, [...keys, 'k-back'])
  })

  test('a node that only follows is killed: the bus takes everything all the same', async () => {
    if (!there) return
    const database = await freshDatabase()
    const [hub] = await hubs(1, database)
    hub.read()
    const leader = await leaderOf(hub)
    const connected = hub.bus.line.server()
    const follower = cluster().nodes.find(({ name }) => name !== leader && name !== connected)!
    let killed: Promise<void> | undefined
    const keys = await send(hub, 0, 600, (sent) => {
      if (sent === 200) killed = follower.kill()
    })
    await killed
    await expectOnce(database, keys)
    await follower.start()
  })
})

describe('a bus that is full', () => {
  test('refuses, and deliveries go to the database at once; the sender notices nothing', async () => {
    if (!there) return
    const database = await freshDatabase()
    const [hub] = await hubs(1, database, 200_000)
    const keys = await send(hub, 0, 400)
    expect(counted(hub).fallbacks).toBeGreaterThan(0)
    expect(hub.engine.meter.read().published).toBeGreaterThan(50)
    hub.read()
    await expectOnce(database, keys)
    // What was read is taken away, so there is room again.
    await until(async () => (await hub.receiver.receive('shop', delivery('again'))) && hub.logged.includes('deliveries go over the bus again')) // prettier-ignore
    await expectOnce(database, [...keys, 'k-again'])
  })
})

describe('without any server', () => {
  test('deliveries are stored all the same; when the database is away too, they are refused', async () => {
    const database = await freshDatabase()
    const hub = openHub(database, ['nats://127.0.0.1:1'])
    open.push(hub)
    expect(await hub.receiver.receive('shop', delivery('1'))).toBe('stored')
    expect(counted(hub).samples).toEqual([{ labels: { connection: 'shop', reason: 'down' }, value: 1 }])
    await database.close()
    await expect(hub.receiver.receive('shop', delivery('2'))).rejects.toThrow(/pool/)
  })
})

const counted = ({ engine }: BusHub) => {
  const samples = engine.meter.measured().find(({ name }) => name === 'crossdock_bus_fallbacks_total')!.samples
  return { fallbacks: samples.reduce((all, { value }) => all + value, 0), samples }
}

describe('order', () => {
  test('is kept within a partition, though its reader is killed in the middle and another takes over', async () => {
    if (!there) return
    const database = await freshDatabase()
    const [one, two] = (await hubs(2, database)) as [BusHub, BusHub]
    const keys = await send(one, 0, 600)
    const onBus = await keysOnBus(one, keys.length)
    // One that dies with everything written and nothing committed, and gives nothing back.
    let left = 3
    const killed = () => Promise.reject(new Error('killed'))
    const { transaction } = one.engine.database
    one.engine.database = {
      ...one.engine.database,
      transaction: (work) =>
        transaction(async (sql) => {
          const done = await work(sql)
          if (left-- <= 0) await killed()
          return done
        }),
      run: (text, values) => (left > 0 ? database.run(text, values) : killed()),
    }
    one.read()
    await until(async () => (await countRows(database)) > 0 && left < 0)
    two.read()
    await expectOnce(database, keys)
    const stored = await database.query<{ key: string }>('select key from inbox order by id')
    const partitionsOf = (all: readonly string[]) => Map.groupBy(all, (key) => partitionOf('shop', key))
    expect(partitionsOf(stored.map(({ key }) => key))).toEqual(partitionsOf(onBus))
  })

  test('is read again from its start when the bus lost its end: what is known is left out, what is new is not', async () => {
    if (!there) return
    const database = await freshDatabase()
    const [hub] = await hubs(1, database)
    const reading = hub.read()
    const keys = await send(hub, 0, 100)
    await expectOnce(database, keys)
    await reading.stop()
    // The stream is gone and made anew, as after a power cut of all nodes: its numbers begin again.
    const manager = await hub.bus.line.manager()
    const name = intakeStream(hub.bus.topology)
    const { config } = await manager.streams.info(name)
    await manager.streams.delete(name)
    await manager.streams.add(config)
    const more = await send(hub, 100, 50)
    hub.read()
    await expectOnce(database, [...keys, ...more])
  })
})

/** In the order in which the bus has them. */
async function keysOnBus(hub: BusHub, count: number): Promise<string[]> {
  const manager = await hub.bus.line.manager()
  const sequences = Array.from({ length: count }, (_, index) => index + 1)
  const messages = await Promise.all(
    sequences.map((seq) => manager.streams.getMessage(intakeStream(hub.bus.topology), { seq })),
  )
  return messages.map((message) => message!.header.get('Crossdock-Key'))
}

describe('several processes', () => {
  test('share the partitions, and take over those of one that is gone', async () => {
    if (!there) return
    const database = await freshDatabase()
    const [one, two] = (await hubs(2, database)) as [BusHub, BusHub]
    const ownersOf = async () => {
      const rows = await database.query<{ owner: string; count: number }>(
        `select pg_sleep(0.02), owner, count(*) as count from reader where name like 'in/%' and owner is not null group by owner order by owner`,
      )
      return Object.fromEntries(rows.map(({ owner, count }) => [owner, count]))
    }
    const first = one.read()
    await until(async () => (await ownersOf())['hub-0'] === 8)
    two.read()
    await until(async () => (await ownersOf())['hub-1'] === 4 && (await ownersOf())['hub-0'] === 4)
    const keys = await send(one, 0, 400, async (sent) => {
      if (sent === 200) await first.stop()
    })
    await expectOnce(database, keys)
    await until(async () => (await ownersOf())['hub-1'] === 8)
    // Both took part, each partition moved to its end, and none was read by two.
    const ends = await database.query<{ sum: number }>(
      `select count(*) as sum from reader where name like 'in/%' and position > 0`,
    )
    expect(ends).toEqual([{ sum: 8 }])
    expect(two.engine.meter.read().accepted + one.engine.meter.read().accepted).toBe(keys.length)
    expect(two.engine.meter.read().accepted).toBeGreaterThan(0)
  })
})
