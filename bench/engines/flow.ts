/**
 * The flow the other engines carry: an order in six steps, each safe to be killed in, eight events in all. What a step
 * writes is the same for all of them and written by the same statement, for as many orders at once as the engine hands
 * over; only how the steps are remembered and driven is theirs.
 */
import { orderBody } from '../shop.ts'

export const STEPS = 6
/** What happens in each step, as in a life of an order in the hub. */
export const EVENTS: readonly (readonly string[])[] = [
  ['order.placed'],
  ['stock.reserved', 'order.released'],
  ['order.confirmed'],
  ['shipment.dispatched', 'order.shipped'],
  ['order.invoiced'],
  ['order.completed'],
]

export interface Flow {
  id: string
  /** From 0. */
  step: number
}

/** One of the engines, ready to take orders. */
export interface Candidate {
  /** Takes every order through all steps. Resolves when the last is through. */
  run(ids: readonly string[]): Promise<void>
  stop(): Promise<void>
}

export interface Client {
  query(text: string, values?: unknown[]): Promise<{ rows: Record<string, unknown>[] }>
}

export interface Pool extends Client {
  connect(): Promise<Client & { release(): void }>
  end(): Promise<void>
}

export async function createTables(client: Client): Promise<void> {
  await client.query(`
    create table if not exists flow_order (id text primary key, step int not null, state json not null);
    create table if not exists flow_event (
      id text, step int, n int, type text not null, data json not null, primary key (id, step, n)
    )`)
}

export const BODY = orderBody(1).toString('utf8')
export const NOTE = JSON.stringify({
  at: '2026-03-02T08:15:10.000Z',
  reference: 'shop-1:5000001',
  lines: [1, 2],
  by: 'hub',
})

/** The work of one step, for some orders at once. A repeat changes nothing. */
export async function write(client: Client, flows: readonly Flow[]): Promise<void> {
  const rows = flows.flatMap(({ id, step }) =>
    EVENTS[step]!.map((type, n) => ({ id, step, n, type, data: step === 0 ? BODY : NOTE })),
  )
  await client.query(
    `insert into flow_event (id, step, n, type, data)
     select id, step, n, type, data::json
     from unnest($1::text[], $2::int[], $3::int[], $4::text[], $5::text[]) as e (id, step, n, type, data)
     on conflict do nothing`,
    [
      rows.map(({ id }) => id),
      rows.map(({ step }) => step),
      rows.map(({ n }) => n),
      rows.map(({ type }) => type),
      rows.map(({ data }) => data),
    ],
  )
  await client.query(
    `insert into flow_order (id, step, state) select id, step, state::json
     from unnest($1::text[], $2::int[], $3::text[]) as o (id, step, state)
     on conflict (id) do update set step = excluded.step, state = excluded.state`,
    [flows.map(({ id }) => id), flows.map(({ step }) => step), flows.map(() => BODY)],
  )
}

/** All orders through all steps, each event once; else the figure would be of something else. */
export async function check(client: Client, orders: number): Promise<void> {
  const { rows } = await client.query(
    `select (select count(*)::int from flow_order where step = ${STEPS - 1}) as orders,
       (select count(*)::int from flow_event) as events`,
  )
  const events = EVENTS.flat().length * orders
  if (rows[0]!['orders'] === orders && rows[0]!['events'] === events) return
  throw new Error(`Of ${orders} orders and ${events} events there are ${JSON.stringify(rows[0])}.`)
}

/** Runs the work in a transaction on a connection of its own. */
export async function inTransaction<T>(pool: Pool, work: (client: Client) => Promise<T>): Promise<T> {
  const client = await pool.connect()
  try {
    await client.query('begin')
    const result = await work(client)
    await client.query('commit')
    return result
  } catch (error) {
    await client.query('rollback')
    throw error
  } finally {
    client.release()
  }
}

/** Resolves when `count` orders were reported. */
export function countdown(count: number): { one(): void; all: Promise<void> } {
  let left = count
  let resolve = () => {}
  const all = new Promise<void>((done) => (resolve = done))
  return {
    one() {
      left -= 1
      if (left === 0) resolve()
    },
    all,
  }
}
