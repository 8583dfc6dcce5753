/** A card number that a person typed never enters: hidden in what channels send, refused in what people send us. */
import { aBody, request } from '#connectors/direct/testing.ts'
import { configTextFor } from '#sim/estate.ts'
import { expect, test } from 'vitest'
import { parseConfig } from '../../src/config.ts'
import { openDoors } from '../fuzz/doors.ts'
import { CHANNEL, orderBody } from '../fuzz/estate.ts'
import { freshDatabase } from '../support/database.ts'
import { aRetailer } from '../support/retailer.ts'

const PAN = '4111-1111-1111-1111'
const HOSTS = { shop: 'http://shop.sim', erp: 'http://odoo.sim', hub: 'http://127.0.0.1:4870' }
const PORTAL = '\n  b2b:\n    connector: direct\n    config: { key: demo:direct-key }\npolicy:'
const RULES = '\n  channels:\n    b2b: { pool: WH, releaseWhen: [paid] }'

test('an order with one in its note goes on to Odoo, and nothing the hub keeps holds the number', async () => {
  const retailer = await aRetailer(await freshDatabase(), {
    configure: () =>
      parseConfig(configTextFor(HOSTS).replace('\npolicy:', PORTAL).replace('\n  channels:', RULES), 'portal.yaml'),
  })
  const { engine, estate } = retailer
  const { sku } = estate.products[0]!
  const body = aBody({
    currency: 'USD', payment: 'paid', note: `please charge ${PAN}`, lines: [{ sku, quantity: 1, unitPrice: '5.00' }],
  }) // prettier-ignore
  expect(await retailer.receiver.receive('b2b', request(body))).toBe('stored')
  expect(await retailer.receiver.receive('b2b', request(body))).toBe('duplicate')
  await retailer.later(61_000)
  expect(estate.erp.beliefs().sales).toMatchObject([{ ref: 'crossdock:b2b:PO-1', state: 'sale' }])
  const kept = await engine.database.query<{ text: string }>(
    `select convert_from(body, 'UTF8') as text from inbox
     union all select data::text from journal union all select ask::text from outbox union all select state::text from stream`,
  )
  const all = kept.map(({ text }) => text).join('\n')
  expect(all).toContain('please charge ••••-••••-••••-1111')
  expect(all).not.toContain('1111-1111')
  const [order] = await engine.database.query<{ state: { exceptions: unknown } }>(
    `select state from stream where stream = 'order/b2b/PO-1'`,
  )
  expect(order!.state.exceptions).toMatchObject([{ code: 'card_number' }])
  expect(retailer.said).toContain('warn card numbers were hidden before a delivery was stored')
  const counted = engine.meter.measured().find(({ name }) => name === 'crossdock_card_numbers_masked_total')
  expect(counted!.samples).toEqual([{ labels: { connection: 'b2b' }, value: 1 }])
})

test('a note or a reason with one is refused with its member, and nothing is done', async () => {
  const doors = await openDoors()
  await doors.deliver(orderBody(1001))
  const path = `/api/orders/${CHANNEL}/1001/holds`
  const answer = await doors.post(path, { by: 'kim', reason: `customer gave ${PAN}` })
  const problem = (await answer.json()) as { type: string; detail: string }
  expect([answer.status, problem.type]).toEqual([422, 'urn:crossdock:problem:card_number'])
  expect(problem.detail).toContain('reason: holds what looks like a card number')
  expect(JSON.stringify(problem)).not.toContain('1111')
  const rows = await doors.database.query<{ count: number }>(`select count(*) from inbox where kind = 'note'`)
  expect(rows[0]!.count).toBe(0)
  await doors.close()
})
