/** A shop and an ERP in which something dies, for the tests of dead letters; its clock stands until it is moved. */
import { dispatch, lanesOf } from '#engine/dispatch.ts'
import type { Engine } from '#engine/engine.ts'
import { createReceiver } from '#engine/receive.ts'
import { turn } from '#engine/turn.ts'
import type { LetterRow } from '#store/dead-letters.ts'
import { LETTER_COLUMNS } from '#store/dead-letters.ts'
import { Fault } from '../../src/fault.ts'
import { freshDatabase } from '../support/database.ts'
import { anEngine, anErp, anOrder, aShop } from '../support/orders.ts'

export const hook = (order: unknown, key: string, topic = 'order') => ({
  headers: { key, topic, signature: 'good' },
  body: Buffer.from(typeof order === 'string' ? order : JSON.stringify(order)),
  receivedAt: '2026-11-20T10:00:01.000Z',
})

const KNOWN = [
  { stream: 'stock/WH/MUG', command: { type: 'stock.know', stocked: true } },
  {
    stream: 'stock/WH/MUG',
    command: { type: 'stock.bind', channel: 'shop', place: { inventoryItemId: 'I1', locationId: 'L1' } },
  },
]

/** Turns and dispatches until nothing is left that is due. */
export async function settle(engine: Engine): Promise<void> {
  const lanes = [...engine.connections].flatMap(([name, connection]) => lanesOf(name, connection))
  for (let round = 0; round < 200; round += 1) {
    let work = await turn(engine)
    for (const lane of lanes) work += await dispatch(engine, lane)
    if (work === 0) return
  }
  throw new Error('the engine never came to rest')
}

export type Said = { level: string; message: string; fields: Record<string, unknown> }

export async function openWorld(change: Partial<Engine> = {}) {
  const database = await freshDatabase()
  const erp = anErp({ MUG: 100 })
  const shown: Record<string, number> = {}
  const shop = aShop(shown)
  const clock = { nowMs: Date.parse('2026-11-20T10:00:02.000Z') }
  const said: Said[] = []
  const plain = anEngine(database, { shop, erp }, change)
  const io = {
    ...plain.io,
    now: () => clock.nowMs,
    jitter: () => 0.5,
    log: (level: string, message: string, fields: Record<string, unknown> = {}) =>
      void said.push({ level, message, fields }),
  }
  const engine: Engine = { ...plain, io }
  const receiver = createReceiver(engine)
  await receiver.receive('shop', hook(KNOWN, 'setup', 'messages'))
  await settle(engine)
  const letters = () => database.query<LetterRow>(`select ${LETTER_COLUMNS} from dead_letter order by id`)
  const statusOf = async (stream: string) =>
    (await database.query<{ status: string }>('select status from stream where stream = $1', [stream]))[0]?.status
  return { database, engine, erp, shop, shown, receiver, clock, said, letters, statusOf }
}

export type World = Awaited<ReturnType<typeof openWorld>>

export const REFUSAL = () => new Fault('rejected', 'No such tax: 7 % of Ada Byron.', { code: 'odoo.tax_unknown' })

/** An order the ERP refuses for good. */
export async function withRefusedOrder(change: Partial<Engine> = {}, id = '1') {
  const world = await openWorld(change)
  world.erp.before = (type) => {
    if (type === 'sale.ensure') throw REFUSAL()
  }
  await world.receiver.receive('shop', hook(anOrder(id), id))
  await settle(world.engine)
  return world
}
