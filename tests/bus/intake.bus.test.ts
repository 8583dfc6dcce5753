/** Intake over a real cluster of three: whatever dies, every delivery that was acknowledged is in the inbox once. */
import { afterEach, describe, expect } from 'vitest'
import { intakeStream, partitionOf } from '#engine/bus/topology.ts'
import type { Database } from '#store/database.ts'
import { freshDatabase } from '../support/database.ts'
import { type BusHub, countRows, delivery, openHub, until } from './hub.ts'
import { busTest, useCluster } from './servers.ts'

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
async function send(hub: BusHub, from: number, count: number, during: (sent: number) => unknown = () => {}): Promise<string[]> {
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
} // prettier-ignore

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
  busTest('is acknowledged by the bus and becomes an inbox row, byte for byte', async () => {
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

  busTest('that is forged reaches neither bus nor database', async () => {
    const database = await freshDatabase()
    const [hub] = await hubs(1, database)
    const forged = { ...delivery('1'), headers: { ...delivery('1').headers, signature: 'bad' } }
    await expect(hub.receiver.receive('shop', forged)).rejects.toMatchObject({ kind: 'forged' })
    expect(hub.engine.meter.read().published).toBe(0)
  })

  busTest('with a name no database can hold is refused while the sender can hear it', async () => {
    const database = await freshDatabase()
    const [hub] = await hubs(1, database)
    const bad = { ...delivery('1'), headers: { ...delivery('1').headers, key: 'a\0b' } }
    await expect(hub.receiver.receive('shop', bad)).rejects.toThrow()
    expect(hub.engine.meter.read().published).toBe(0)
  })
})

describe('under load', () => {
  busTest(
    'the leader of the stream is killed, and later comes back: nothing is lost, nothing is there twice',
    async () => {
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
    },
  )

  busTest('a node that only follows is killed: the bus takes everything all the same', async () => {
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

const counted = ({ engine }: BusHub) => {
  const samples = engine.meter.measured().find(({ name }) => name === 'crossdock_bus_fallbacks_total')!.samples
  return { fallbacks: samples.reduce((all, { value }) => all + value, 0), samples }
}

describe('several processes', () => {
  busTest('share the partitions, and take over those of one that is gone; each key keeps its order', async () => {
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
    // Of one partition the rows stand in the order they have on the bus.
    const stored = await database.query<{ key: string }>('select key from inbox order by id')
    const manager = await one.bus.line.manager()
    for (let sequence = keys.length - 20; sequence <= keys.length; sequence += 1) {
      const message = await manager.streams
        .getMessage(intakeStream(one.bus.topology), { seq: sequence })
        .catch(() => null)
      if (message) expect(stored.map(({ key }) => key)).toContain(message.header.get('Crossdock-Key'))
    }
    expect(partitionOf('shop', 'k-1')).toBeLessThan(8)
  })
})
