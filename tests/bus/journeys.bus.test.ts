/**
 * The same days of a simulated retailer with the bus and without it, in several processes: the same people, the same
 * systems, the same auditor, who finds nothing; and in one of the days one of three nodes is killed in the middle.
 */
import { describe, expect, onTestFinished, test } from 'vitest'
import { type Bus, openBus } from '#engine/bus/bus.ts'
import { startCarriers } from '#engine/bus/carriers.ts'
import { intakeStream, intakeSubject, PARTITIONS } from '#engine/bus/topology.ts'
import { regularWork } from '#engine/hub.ts'
import { turn } from '#engine/turn.ts'
import { audit, tally, watch } from '../../src/sim/auditor.ts'
import { configFor, createEstate, ERP, ESTATE_SECRETS, SHOP } from '../../src/sim/estate.ts'
import { CALM, network } from '../../src/sim/network.ts'
import { createPeople } from '../../src/sim/people.ts'
import { dispatchAll, type HubProcess, readOwed, startProcess } from '../../src/sim/processes.ts'
import { createRandom } from '../../src/sim/random.ts'
import { secretReader } from '../../src/config.ts'
import { type Io, realIo } from '../../src/io.ts'
import { freshDatabase } from '../support/database.ts'
import { PACE, until } from './hub.ts'
import { there, useCluster } from './servers.ts'

const cluster = useCluster()
const HOSTS = { shop: 'http://shop.sim', erp: 'http://odoo.sim', hub: 'http://127.0.0.1:4870' } as const
const MINUTE_MS = 61_000

type Mode = 'direct' | 'bus'

/** A day of one seed. @returns what the systems hold at its end, and what the auditor found. */
async function live(mode: Mode, seed: number) {
  const database = await freshDatabase({ max: 10 })
  const random = createRandom(seed)
  const clock = { ms: Date.parse('2026-11-20T08:00:00.000Z') }
  const estate = createEstate({ now: () => clock.ms, random: createRandom(seed + 1).next }, random, {
    skus: 4,
    stock: [3, 12],
  })
  const people = createPeople(estate, random)
  const io: Io = {
    ...realIo(),
    now: () => clock.ms,
    jitter: () => 0.5,
    fetch: network(
      { 'shop.sim': estate.shop.fetch, 'odoo.sim': estate.erp.fetch },
      { rates: CALM, faults: 0 },
      random,
      (ms) => {
        clock.ms += ms
        return Promise.resolve()
      },
    ),
    secret: secretReader('.', {}, ESTATE_SECRETS),
  }
  const processes = ['one', 'two'].map(
    (owner) => 
    startProcess(owner, database, {
      config: configFor(HOSTS), io, wrap: (fetch) => fetch, elapsed: () => clock.ms, epoch: 0,
    }), // prettier-ignore
  )
  const buses = mode === 'bus' ? processes.map((process) => carried(process, `day${seed}`)) : []
  await Promise.all(buses.map(({ ready }) => ready))
  const findings = new Set<string>()

  /** Everything published is in the inbox. */
  const arrived = async (): Promise<void> => {
    const [bus] = buses
    if (!bus) return
    const lasts = new Map<string, number>()
    // In an election nobody answers.
    await until(() => ends(bus, lasts).then(() => true, () => false)) // prettier-ignore
    await until(async () => {
      const rows = await database.query<{ name: string; position: number }>('select name, position from reader')
      return [...lasts].every(([name, last]) => rows.some((row) => row.name === name && row.position >= last))
    })
  }
  const deliver = async (process: HubProcess): Promise<number> => {
    const hooks = estate.shop.due()
    for (const hook of hooks) {
      const headers = Object.fromEntries(
        Object.entries(hook.headers).map(([name, value]) => [name.toLowerCase(), value]),
      )
      const request = { headers, body: Buffer.from(hook.body), receivedAt: new Date(clock.ms).toISOString() }
      await process.receiver.receive(SHOP, request)
      // The shop did not hear it, and says it again.
      if (random.chance(0.2)) await process.receiver.receive(SHOP, request)
      hook.settle(200)
    }
    if (hooks.length > 0) await arrived()
    return hooks.length
  }
  const settle = async (process: HubProcess): Promise<number> => {
    for (let found = 0; ;) {
      const owed = await readOwed(database)
      await process.life.beat()
      const some = (owed.undecided ? await turn(process.engine) : 0) + (await dispatchAll(process, owed))
      if (some === 0) return found
      found += some
    }
  }
  const round = async (number: number, ms: number): Promise<number> => {
    clock.ms += ms
    const process = processes[number % 2]!
    let found = await deliver(process)
    for (const name of [SHOP, ERP]) found += await regularWork(process.engine, name)
    found += await settle(process)
    for (const finding of watch(estate)) findings.add(finding)
    return found
  }

  for (let number = 0; number < 4; number += 1) await round(number, MINUTE_MS)
  for (let number = 0; number < 24; number += 1) {
    people.buy()
    if (number % 3 === 0) people.buy()
    if (number % 5 === 4) people.cancel()
    if (number % 2 === 0) people.pay()
    if (number % 4 === 3) people.ship()
    if (mode === 'bus' && seed === 2 && number === 8) await cluster().nodes[seed % 3]!.kill()
    if (mode === 'bus' && seed === 2 && number === 16) await cluster().nodes[seed % 3]!.start()
    await round(number, 16_000)
  }
  for (let number = 0; number < 200 && (people.pay() || people.ship(true)); number += 1) await round(0, 16_000)
  for (let number = 0, quiet = 0; quiet < 5 && number < 60; number += 1) {
    const found = await round(number, MINUTE_MS)
    quiet = found === 0 && !people.ship(true) ? quiet + 1 : 0
  }
  for (const finding of await audit(estate, database)) findings.add(finding)
  const up = buses.map(({ line }) => line.up())
  const published = processes.reduce((all, { engine }) => all + engine.meter.read().published, 0)
  return { findings: [...findings], placed: people.placed, tally: tally(estate), up, published }
}

/** The last delivery of each partition. */
async function ends({ line, topology }: Bus, lasts: Map<string, number>): Promise<void> {
  const manager = await line.manager()
  for (let partition = 0; partition < PARTITIONS; partition += 1) {
    const subject = intakeSubject(topology, SHOP, partition)
    const last = await manager.streams.getMessage(intakeStream(topology), { last_by_subj: subject })
    if (last) lasts.set(`in/${partition}`, last.seq)
  }
}

/** Puts a process on the bus: its shop's webhooks come over it from now on, until the test ends. */
function carried({ engine }: HubProcess, prefix: string): Bus {
  const options = { servers: cluster().urls, owner: engine.owner, prefix, replicas: 3, maxBytes: 64 * 1024 * 1024 }
  const bus = openBus({ ...options, connections: [SHOP], edges: [] }, engine.io, engine.meter)
  engine.bus = bus
  // Leases are of the real time, the day's is not.
  const carriers = startCarriers({ ...engine, io: realIo() }, () => {}, PACE)!
  onTestFinished(async () => {
    await carriers.stop()
    await bus.close()
  })
  return bus
}

// What people can still cancel or ship depends on what arrived first, so the days differ; what must hold does not.
const WELL = { lost: 0, twice: 0, oversold: 0, stockDisagreements: 0 }

describe.each([1, 2])('the day of seed %i', (seed) => {
  test('without the bus is audited and found in order', async () => {
    const { findings, placed, tally: figures } = await live('direct', seed)
    expect(findings).toEqual([])
    expect(placed).toBeGreaterThan(10)
    expect(figures).toMatchObject({ placed, ...WELL })
  })

  test('with the bus is audited and found in order', async () => {
    if (!there) return
    const { findings, placed, tally: figures, up, published } = await live('bus', seed)
    expect(findings).toEqual([])
    expect(placed).toBeGreaterThan(10)
    expect(figures).toMatchObject({ placed, ...WELL })
    expect(up).toEqual([true, true])
    expect(published).toBeGreaterThan(20)
  })
})
