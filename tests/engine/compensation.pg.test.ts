/** Compensation undoes what was done, and nothing else: a second run that fails says nothing about the first. */
import { expect, test } from 'vitest'
import { dispatch, lanesOf } from '#engine/dispatch.ts'
import { turn } from '#engine/turn.ts'
import { insertInbox } from '#store/inbox.ts'
import { Fault } from '../../src/fault.ts'
import { freshDatabase } from '../support/database.ts'
import { anEngine, anErp, anOrder, aShop } from '../support/orders.ts'

async function aConfirmingOrder() {
  const database = await freshDatabase()
  const [erp, shop] = [anErp(), aShop()]
  const [one, two] = ['one', 'two'].map((owner) => anEngine(database, { erp, shop }, { owner }))
  const know = [{ stream: 'stock/WH/MUG', command: { type: 'stock.know', stocked: true } }]
  const arrives = (key: string, topic: string, body: unknown) =>
    insertInbox(database, [
      {
        source: 'shop', key, kind: 'delivery', topic, body: Buffer.from(JSON.stringify(body)), correlation: null,
        receivedAt: new Date(one!.io.now()).toISOString(), priority: 5,
      },
    ]) // prettier-ignore
  const settle = async (engine = one!) => {
    for (let some = 1; some > 0;) {
      some = await turn(engine)
      for (const [name, connection] of engine.connections)
        for (const lane of lanesOf(name, connection)) some += await dispatch(engine, lane)
    }
  }
  await arrives('know', 'messages', know)
  await settle()
  const status = async () =>
    (await database.query<{ status: string }>(`select status from stream where stream = 'order/shop/1'`))[0]?.status
  const cancels = () => erp.calls.filter((call) => call.startsWith('sale.cancel'))
  return { database, erp, one: one!, two: two!, arrives, settle, status, cancels }
}

test('T4: a second run of a call that fails never undoes the good first one', async () => {
  const { database, erp, one, two, arrives, settle, status, cancels } = await aConfirmingOrder()
  const lane = lanesOf('erp', erp).find(({ name }) => name === 'confirm')!
  const real = erp.outbound['sale.ensure']!.send
  let release = () => {}
  const gate = new Promise<void>((resolve) => (release = resolve))
  let begun = () => {}
  const started = new Promise<void>((resolve) => (begun = resolve))
  // The first run confirms the sale, and is slow to say so.
  erp.outbound['sale.ensure']!.send = async (sent) => {
    const outcomes = await real(sent)
    begun()
    await gate
    return outcomes
  }
  await arrives('o1', 'order', anOrder('1'))
  for (let some = 1; some > 0;) {
    some = await turn(one)
    for (const other of lanesOf('erp', erp)) if (other.name !== 'confirm') some += await dispatch(one, other)
  }
  const first = dispatch(one, lane)
  await started
  // Its process is taken for dead; the second run is refused for good.
  await database.run(`update outbox set owner = null, due_at = created_at where state = 'open'`)
  erp.outbound['sale.ensure']!.send = (sent) =>
    Promise.resolve(sent.map(() => ({ fault: new Fault('rejected', 'No.', { code: 'odoo.rejected' }) })))
  expect(await dispatch(two, lane)).toBe(1)
  release()
  await first
  erp.outbound['sale.ensure']!.send = real
  await settle(two)
  expect(erp.sales.get('shop:1')).toBe('sale')
  expect(cancels()).toEqual([])
  // A person tries again: what is there is found, once.
  await insertInbox(database, [
    {
      source: 'person', key: 'again', kind: 'note', topic: 'order/shop/1', body: Buffer.from('{"type":"order.retry"}'),
      correlation: null, receivedAt: new Date(two.io.now()).toISOString(), priority: 2,
    },
  ]) // prettier-ignore
  await settle(two)
  expect(await status()).toBe('confirmed')
  expect(cancels()).toEqual([])
  expect([...erp.sales.keys()]).toEqual(['shop:1'])
})

test('T4: the same order delivered again under another name owes nothing a second time', async () => {
  const { database, erp, arrives, settle, status, cancels } = await aConfirmingOrder()
  await arrives('o1', 'order', anOrder('1'))
  await settle()
  const before = await database.query(`select key from outbox order by id`)
  erp.before = () => {
    throw new Fault('rejected', 'Nothing more.', { code: 'odoo.rejected' })
  }
  await arrives('o1-again', 'order', anOrder('1'))
  await settle()
  expect(await database.query(`select key from outbox order by id`)).toEqual(before)
  expect(await status()).toBe('confirmed')
  expect(cancels()).toEqual([])
})
