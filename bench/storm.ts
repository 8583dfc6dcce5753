/**
 * How many decisions a second are made about one hot SKU, of which there is a piece for every second buyer. Held
 * against the least anybody could do on the same PostgreSQL: `update … set available = available - 1 where available >=
 * 1`. That knows nothing of the request but the number; so what counts is the turns that decide about the SKU. `whole`
 * is everything from the durable request to the durable yes or no in a reservation of its own.
 */
import pg from 'pg'
import { streams } from '#core/streams.ts'
import type { Connection, Outbound } from '#connectors/kit/connector.ts'
import { dispatch, lanesOf } from '#engine/dispatch.ts'
import type { Engine } from '#engine/engine.ts'
import { personRow, tellStream } from '#engine/person.ts'
import { turn, TURN_SIZE } from '#engine/turn.ts'
import { insertInbox } from '#store/inbox.ts'
import type { Database } from '#store/database.ts'
import { openEngine } from './hub.ts'
import { interleave, median, ratioOf, rounded, seconds, startClock } from './measure.ts'
import type { Run } from './run.ts'
import { empty, withServer } from './server.ts'
import { POOL } from './shop.ts'

const BUYERS = 2_000
const SKU = 'HOT-MUG'
const STOCK = streams.stock(POOL, SKU)
/** Arrivals share a commit, as they do under load. */
const ARRIVE = 200
/** Plain updates queue for the row: more connections than this gain nothing. */
const CLIENTS = 16
const EXPIRES = '2099-01-01T00:00:00.000Z'

export async function stormBench({ orders: buyers = BUYERS, rounds, report }: Run) {
  return withServer(async ({ version, create }) => {
    const [ours, theirs] = [await create('storm'), await create('storm_reference')]
    const units = Math.floor(buyers / 2)
    const engine = withStock(openEngine(ours), units)
    await theirs.query('create table shelf (sku text primary key, available int not null)')
    const clients = new pg.Pool({ connectionString: theirs.url, max: CLIENTS })
    const figures = await interleave(
      {
        decide: () => decide(engine, buyers, units),
        whole: () => whole(engine, buyers, units),
        plain: () => plain(theirs, clients, buyers, units),
      },
      rounds,
      report,
    )
    await clients.end()
    return {
      benchmark: 'storm',
      postgres: version,
      decisionsPerSecond: rounded(median(figures.decide)),
      wholePerSecond: rounded(median(figures.whole)),
      reference: rounded(median(figures.plain)),
      ratioToReference: rounded(ratioOf(figures.decide, figures.plain), 3),
      wholeToReference: rounded(ratioOf(figures.whole, figures.plain), 3),
      buyers,
      units,
      rounds,
      goals: { ratioToReference: 0.5 },
    }
  })
}

/** An ERP that has so many pieces of everything. */
function withStock(engine: Engine, units: number): Engine {
  const read: Outbound<'stock.read'> = {
    batch: 400,
    send: async (asked) => asked.map(() => ({ answer: { free: units, onHand: units } })),
  }
  const connections = new Map(engine.connections)
  const erp = connections.get(engine.erp)!
  const outbound = { ...erp.outbound, 'stock.read': read } as Connection['outbound']
  return { ...engine, connections: connections.set(engine.erp, { ...erp, outbound }) }
}

/** A SKU that the ERP has counted, and nothing else. */
async function begin(engine: Engine): Promise<void> {
  await empty(engine.database)
  await tellStream(engine, STOCK, { type: 'stock.know', stocked: true } as never, SKU)
  await settle(engine)
  await engine.database.query('analyze')
}

/** What was asked of the SKU waits in the inbox; its answers are for later. */
async function decide(engine: Engine, buyers: number, units: number): Promise<number> {
  await begin(engine)
  const rows = Array.from({ length: buyers }, (_, buyer) => {
    const owner = streams.reservation(`buyer-${buyer}`)
    const command = { type: 'stock.claim', ref: owner, owner, request: 'open', quantity: 1, patience: 'now' }
    return personRow(engine, STOCK, command, `${buyer}`)
  })
  for (let at = 0; at < buyers; at += ARRIVE) await insertInbox(engine.database, rows.slice(at, at + ARRIVE))
  const startedMs = startClock()
  for (let left = buyers; left > 0;) left -= await turn(engine, Math.min(left, TURN_SIZE))
  const spent = seconds(startedMs)
  const told = await engine.database.query<{ type: string; count: number }>(
    `select type, count(*) as count from journal where type in ('stock.claimGranted', 'stock.claimRefused')
     group by 1 order by 1`,
  )
  const said = told.map(({ type, count }) => `${count} ${type}`).join(', ')
  if (said !== `${units} stock.claimGranted, ${buyers - units} stock.claimRefused`)
    throw new Error(`Of ${buyers} buyers: ${said}.`)
  return buyers / spent
}

async function whole(engine: Engine, buyers: number, units: number): Promise<number> {
  await begin(engine)
  const rows = Array.from({ length: buyers }, (_, buyer) => {
    const items = [{ sku: SKU, quantity: 1 }]
    const command = { type: 'reservation.open', pool: POOL, items, expiresAt: EXPIRES, waits: false, reference: '', digest: '' } // prettier-ignore
    return personRow(engine, streams.reservation(`buyer-${buyer}`), command, `${buyer}`)
  })
  const startedMs = startClock()
  for (let at = 0; at < buyers; at += ARRIVE) await insertInbox(engine.database, rows.slice(at, at + ARRIVE))
  while ((await turn(engine)) > 0);
  const spent = seconds(startedMs)
  const held = await engine.database.query<{ stage: string; count: number }>(
    `select state ->> 'stage' as stage, count(*) as count from stream where kind = 'reservation' group by 1 order by 1`,
  )
  const said = held.map(({ stage, count }) => `${count} ${stage}`).join(', ')
  if (said !== `${units} held, ${buyers - units} refused`) throw new Error(`Of ${buyers} buyers: ${said}.`)
  return buyers / spent
}

async function settle(engine: Engine): Promise<void> {
  for (let found = 1; found > 0;) {
    found = await turn(engine)
    for (const [name, connection] of engine.connections)
      for (const lane of lanesOf(name, connection)) found += await dispatch(engine, lane)
  }
}

async function plain(database: Database, clients: pg.Pool, buyers: number, units: number): Promise<number> {
  await database.query('truncate shelf')
  await database.query('insert into shelf values ($1, $2)', [SKU, units])
  const text = 'update shelf set available = available - $2 where sku = $1 and available >= $2'
  let [left, won] = [buyers, 0]
  const buy = async () => {
    while (left > 0) {
      left -= 1
      const { rowCount } = await clients.query({ name: 'buy', text, values: [SKU, 1] })
      won += rowCount ?? 0
    }
  }
  const startedMs = startClock()
  await Promise.all(Array.from({ length: CLIENTS }, buy))
  const spent = seconds(startedMs)
  if (won !== units) throw new Error(`${won} of ${buyers} plain buyers got one of ${units} pieces.`)
  return buyers / spent
}
