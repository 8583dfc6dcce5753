/**
 * A shop's leaf node: the line is down for a day, both sides are killed, and what its tills said arrives complete, in
 * order, once.
 */
import { connect, headers } from '@nats-io/transport-node'
import { jetstream } from '@nats-io/jetstream'
import { afterEach, expect, test } from 'vitest'
import { edgeSubject } from '#engine/bus/topology.ts'
import { freshDatabase } from '../support/database.ts'
import { anOrder } from '../support/orders.ts'
import { type BusHub, countRows, openHub, until } from './hub.ts'
import { leafOf, type NatsServer } from '../support/nats.ts'
import { there, useCluster } from './servers.ts'

const cluster = useCluster()
let hub: BusHub | undefined
let leaf: NatsServer | undefined
afterEach(async () => {
  await hub?.close()
  await leaf?.kill()
})

/** A till: publishes to the server in its shop, one sale after the other, each until it is acknowledged there. */
async function sell(at: NatsServer, from: number, to: number): Promise<void> {
  const nats = await connect({ servers: at.url, waitOnFirstConnect: true })
  const client = jetstream(nats, { timeout: 20_000 })
  for (let sale = from; sale < to; sale += 1) {
    const more = headers()
    for (const [name, value] of Object.entries({ key: `sale-${sale}`, topic: 'order', signature: 'good' }))
      more.set(name, value)
    const body = JSON.stringify(anOrder(`t${sale}`))
    await client.publish(edgeSubject({ prefix: 'crossdock', replicas: 1, maxBytes: 0 }, 'shop', 'store-7'), body, {
      msgID: `sale-${sale}`, headers: more, retries: 5,
    }) // prettier-ignore
    // Every tenth is said twice: the till did not hear the answer.
    if (sale % 10 === 0)
      await client.publish('crossdock.edge.shop.store-7', body, { msgID: `sale-${sale}`, headers: more })
  }
  await nats.close()
}

test('T23: a shop cut off for a day: 1,200 sales, both sides killed meanwhile, arrive complete, in order, once', async () => {
  if (!there) return
  const database = await freshDatabase()
  leaf = await leafOf(cluster(), 'store-7')
  await leaf.start()
  hub = openHub(database, cluster().urls, { edges: [{ shop: 'store-7', domain: 'store-7', connection: 'shop' }] })
  await hub.bus.ready
  hub.read()
  // The hub prepares the leaf's stream when it first reaches it.
  await until(
    async () =>
      (await database.query(`select 1 from reader where name = 'edge/store-7' and owner is not null`)).length > 0,
  )
  await leaf.said('Leafnode connection created')
  await sellWhenReady(leaf)
  await until(async () => (await countRows(database)) === 100)

  await Promise.all(cluster().nodes.map((node) => node.kill()))
  await sell(leaf, 100, 600)
  await leaf.kill()
  await leaf.start()
  await sell(leaf, 600, 1_200)
  await leaf.kill()

  await Promise.all(cluster().nodes.map((node) => node.start()))
  await leaf.start()
  await until(async () => (await countRows(database)) >= 1_200)
  const rows = await database.query<{ key: string }>('select key from inbox order by id')
  expect(rows.map(({ key }) => key)).toEqual(Array.from({ length: 1_200 }, (_, sale) => `sale-${sale}`))
})

async function sellWhenReady(at: NatsServer): Promise<void> {
  for (;;) {
    try {
      await sell(at, 0, 100)
      return
    } catch (error) {
      // The stream is not there yet: nobody answers.
      if (!/not enabled|no responders/.test(String(error))) throw error
    }
  }
}
