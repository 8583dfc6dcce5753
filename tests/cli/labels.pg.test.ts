/** `crossdock labels` as an operator types it, and the same labels on the order's page. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { tellStream } from '#engine/person.ts'
import { turn } from '#engine/turn.ts'
import { orderPage } from '#insight/orders.ts'
import { readState } from '#store/views.ts'
import { expect, onTestFinished, test } from 'vitest'
import { readOptions, UsageError } from '../../src/cli/command.ts'
import { labels } from '../../src/cli/labels.ts'
import { freshDatabase } from '../support/database.ts'
import { anEngine, anErp, anOrder, aPolicy, aShop } from '../support/orders.ts'

const STREAM = 'label/shop/1001'
const address = { name: 'Ada Example', street: '1 Main St', city: 'Austin', postcode: '78701', country: 'US' }
const rules = {
  by: 'post',
  from: { ...address, name: 'Us' },
  parcel: { lengthCm: 30, widthCm: 20, heightCm: 10, weightG: 500 },
  choose: 'promised',
  verify: true,
  returns: true,
} as const
const sold = (documentUrl: string) => ({
  type: 'done', intent: 'label.ensure', version: 0, ask: { reference: 'shop:1001:7:1' },
  answer: {
    labelId: 'shp_1', trackingNumber: 'T1', carrier: 'USPS', service: 'Ground', cost: { amount: 820, currency: 'USD' },
    documentUrl, days: 2, inTime: false,
  },
}) // prettier-ignore

async function operator() {
  const database = await freshDatabase()
  const folder = mkdtempSync(join(tmpdir(), 'crossdock-cli-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'crossdock.yaml')
  const [url, secret] = [join(folder, 'database'), join(folder, 'secret')]
  writeFileSync(url, database.url)
  writeFileSync(secret, 'x')
  writeFileSync(
    file,
    `
database: file:${url}
erp: odoo
connections:
  odoo: { connector: odoo, config: { url: 'http://127.0.0.1:1', database: retail, user: hub@example.com, apiKey: file:${secret} } }
  shop: { connector: direct, config: { key: file:${secret} } }
policy:
  channels: { shop: { pool: WH } }
`,
  )
  const engine = anEngine(database, { shop: aShop(), erp: anErp() }, { policy: { ...aPolicy, labels: { WH: rules } } })
  let told = 0
  const work = async () => {
    while ((await turn(engine)) > 0);
  }
  return {
    work,
    database,
    async crossdock(...args: string[]) {
      const said = { out: '', err: '' }
      const say = (where: 'out' | 'err') => (line: string) => void (said[where] += `${line}\n`)
      const options = readOptions(labels, [...args, '--config', file])
      const code = await labels.run(options, { out: say('out'), err: say('err') })
      return { code, ...said }
    },
    async tell(stream: string, command: { type: string; [member: string]: unknown }) {
      told += 1
      await tellStream(engine, stream, command, `t${told}`)
      await work()
    },
    stepOf: async () =>
      ((await readState(database, STREAM))!.state as unknown as { labels: { step: string }[] }).labels[0]!.step,
  }
}

const givenBack = {
  type: 'done', intent: 'label.void', version: 0, ask: { reference: 'shop:1001:7:1', labelId: 'shp_1' },
  answer: { outcome: 'voided' },
} // prettier-ignore
const ready = { type: 'label.ready', deliveryId: '7', warehouse: 'WH', to: address }
const refused = { type: 'failed', intent: 'label.ensure', version: 1, fault: { kind: 'rejected', code: 'post.no', message: 'No.' } } // prettier-ignore

test('a label that was not bought is listed, tried again by the hub, and is then no business of anybody', async () => {
  const { crossdock, tell, work, stepOf } = await operator()
  await tell(STREAM, ready)
  expect((await crossdock('list')).err).toBe('Labels of 0 orders.\n')
  await tell(STREAM, refused)
  const listed = await crossdock('list', '--json')
  const notBought = { of: '7', state: 'failed', cost: null, soldBy: 'post' }
  expect(JSON.parse(listed.out)).toEqual({
    orders: [{ order: 'shop:1001', status: 'failed', labels: [expect.objectContaining(notBought)] }],
    more: false,
  })
  expect(await crossdock('retry', '--order', 'shop:1001')).toMatchObject({ code: 0, out: 'Noted; the hub does it.\n' })
  expect(await stepOf()).toBe('failed')
  await work()
  expect(await stepOf()).toBe('asked')
  await tell(STREAM, sold('https://labels.example/1.png'))
  const shown = (await crossdock('show', '--order', 'shop:1001')).out
  expect(shown).toContain('delivery 7  bought  USPS Ground T1  8.20 USD  later than promised')
  expect(shown).toContain('https://labels.example/1.png')
  expect((await crossdock('list')).out).toBe('')
  expect((await crossdock('list', '--all')).out).toContain('shop:1001  bought')
  expect(await crossdock('retry', '--order', 'shop:1001')).toMatchObject({
    code: 1,
    err: 'No label of this order has failed. (nothing_to_retry)\n',
  })
  await tell(STREAM, { type: 'label.gone', deliveryId: '7' })
  await tell(STREAM, givenBack)
  const after = (await crossdock('show', '--order', 'shop:1001')).out
  expect(after).toContain('delivery 7  given back  USPS Ground T1')
  expect(after).not.toContain('labels.example')
})

test('nothing of where it goes is shown but the country, and an order without labels is said to have none', async () => {
  const { crossdock, tell } = await operator()
  await tell(STREAM, ready)
  for (const args of [['list', '--all'], ['list', '--all', '--json'], ['show', '--order', 'shop:1001', '--json']]) {
    const { out } = await crossdock(...args)
    for (const part of ['Ada', 'Main St', 'Austin', '78701']) expect(out).not.toContain(part)
  } // prettier-ignore
  const none = await crossdock('show', '--order', 'shop:4711')
  expect(none).toMatchObject({ code: 1, out: '' })
  expect(none.err).toContain('No label was ever wanted for shop:4711')
  await expect(crossdock('show')).rejects.toThrow(UsageError)
})

test("the order's page has its labels from the same statement, and links to nothing but the web", async () => {
  const { tell, database } = await operator()
  await tell('order/shop/1001', { type: 'order.observe', order: anOrder('1001') })
  const page = async () => (await orderPage(database, 'shop', '1001', new Map()))!.labels
  expect(await page()).toEqual([])
  await tell(STREAM, ready)
  await tell(STREAM, sold('javascript:alert(1)'))
  expect(await page()).toMatchObject([
    { of: '7', isReturn: false, state: 'bought', service: 'Ground', cost: { text: '8.20' }, documentUrl: null },
  ])
  await tell(STREAM, { type: 'label.gone', deliveryId: '7' })
  expect(await page()).toMatchObject([{ state: 'voiding' }])
  await tell(STREAM, givenBack)
  expect(await page()).toMatchObject([{ state: 'given_back', documentUrl: null }])
})
