/**
 * What people do from an order's page: each is shown first, in every system and without doing anything, and is done
 * once, exactly as it was shown, or refused in plain words.
 */
import { createServer } from '#api/server.ts'
import { must } from '#canon/assert.ts'
import { SHOP } from '#sim/estate.ts'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { freshDatabase } from '../support/database.ts'
import { aRetailer, type Retailer } from '../support/retailer.ts'

const MINUTE_MS = 60_000
const REFUND = {
  through: 'channel',
  when: 'received',
  byReason: {},
  damaged: true,
  feePercent: {},
  approveAbove: 20_000,
} as const
const BUYER = {
  firstName: 'Ada', lastName: 'Byron', email: 'ada@example.com',
  address: { address1: '1 Dock Road', city: 'Austin', zip: '78701', provinceCode: 'TX', countryCode: 'US' },
} // prettier-ignore

let retailer: Retailer
let url: string
let sku: string

beforeEach(async () => {
  retailer = await aRetailer(await freshDatabase(), {
    stock: 10,
    configure(config) {
      const channel = config.policy.channels[SHOP]!
      const returns = { goods: 'receipts' as const, credit: 'at_once' as const, refund: { ...REFUND, shippingFor: [] } }
      const channels = { ...config.policy.channels, [SHOP]: { ...channel, returns } }
      return { ...config, policy: { ...config.policy, channels } }
    },
  })
  sku = must(Object.keys(retailer.estate.shop.beliefs().available)[0], 'something is sold')
  const { engine, receiver } = retailer
  const server = await createServer({ engine, receiver, host: '127.0.0.1', port: 0, version: '1.2.3' })
  onTestFinished(() => server.close())
  url = server.url
})

async function pass(minutes = 4): Promise<void> {
  for (let minute = 0; minute < minutes; minute += 1) {
    await retailer.deliver(retailer.hooks())
    await retailer.later(MINUTE_MS)
  }
}

async function bought(quantity: number, financialStatus: 'paid' | 'pending' = 'paid'): Promise<string> {
  const shippingMethod = { code: 'standard', title: 'Standard', price: '4.90' }
  const order = { lines: [{ sku, quantity }], customer: BUYER, taxRate: 0.0825, financialStatus, shippingMethod }
  const id = must(retailer.estate.shop.placeOrder(order), 'it is in stock')
  await pass()
  return id
}

async function sold(quantity: number): Promise<string> {
  const id = await bought(quantity)
  retailer.estate.erp.ship(`${SHOP}:${id}`)
  await pass()
  return id
}

interface Shown {
  refused: { code: string; reason: string; cure: string } | null
  steps: { system: string; does: string; lasts: string | null }[]
  token: string
}

async function post<T>(id: string, path: string, body: unknown): Promise<{ status: number; json: T }> {
  const headers = { 'origin': url, 'content-type': 'application/json' }
  const answer = await fetch(`${url}/api/orders/${SHOP}/${id}/actions${path}`, { method: 'POST', headers, body: JSON.stringify(body) }) // prettier-ignore
  return { status: answer.status, json: (await answer.json()) as T }
}
const look = async (id: string, action: object) => (await post<Shown>(id, '/preview', { action })).json
const act = (id: string, action: object, token: string) =>
  post<{ duplicate?: boolean; type?: string; detail?: string; cure?: string }>(id, '', { action, token })

async function counts() {
  const [row] = await retailer.engine.database.query<Record<string, number>>(
    'select (select count(*) from inbox) as inbox, (select count(*) from journal) as journal, (select count(*) from outbox) as outbox',
  )
  return row
}
const statusOf = async (id: string) =>
  (
    await retailer.engine.database.query<{ status: string }>('select status from stream where stream = $1', [
      `order/${SHOP}/${id}`,
    ])
  )[0]!.status
const lineOf = async (id: string) => {
  const page = (await (await fetch(`${url}/api/orders/${SHOP}/${id}`)).json()) as { lines: { lineId: string }[] }
  return page.lines[0]!.lineId
}
const order = (id: string) => retailer.estate.shop.beliefs().orders.find((one) => one.id === id)!
const refund = (more: object) => ({ do: 'refund', requestId: 'r-1', by: 'Ada', ...more })

test('a refund is shown in every system, does nothing yet, and is then done once however often it is confirmed', async () => {
  const id = await sold(2)
  const before = await counts()
  const action = refund({ amount: { amount: 250, currency: 'USD' } })
  const shown = await look(id, action)
  expect(await counts()).toEqual(before)
  expect(shown.refused).toBeNull()
  expect(shown.steps.map(({ system }) => system)).toEqual(expect.arrayContaining(['hub', SHOP]))
  expect(shown.steps.find(({ system }) => system === SHOP)).toMatchObject({
    does: 'Shopify is asked to give money back.',
    lasts: expect.stringContaining('The customer has the money'),
  })
  expect(shown.steps.some(({ does }) => does.includes('2.50 USD'))).toBe(true)
  expect((await act(id, action, shown.token)).status).toBe(202)
  expect((await act(id, action, shown.token)).json.duplicate).toBe(true)
  await pass()
  expect((await act(id, action, shown.token)).json.duplicate).toBe(true)
  await pass()
  expect(order(id).refunded).toBe('2.50')
})

test('the whole of an order is what is left of it; then nothing is, and more is refused with how much there was', async () => {
  const id = await sold(1)
  const whole = refund({ whole: true })
  await act(id, whole, (await look(id, whole)).token)
  await pass()
  expect(order(id).refunded).toBe(order(id).total)
  const again = await look(id, refund({ requestId: 'r-2', whole: true }))
  expect(again.refused?.code).toBe('amount_not_positive')
  const more = await look(id, refund({ requestId: 'r-3', amount: { amount: 1, currency: 'USD' } }))
  expect(more.refused).toMatchObject({ code: 'beyond_captured', reason: expect.stringContaining('0 of the') })
  const forced = await act(id, refund({ requestId: 'r-3', amount: { amount: 1, currency: 'USD' } }), more.token)
  expect([forced.status, forced.json.type]).toEqual([409, 'urn:crossdock:problem:beyond_captured'])
  expect(forced.json.cure).not.toBe('')
})

test('much of it is shown as waiting for a second person, and no call', async () => {
  const id = await sold(9)
  const shown = await look(id, refund({ whole: true }))
  const total = Number(order(id).total)
  expect(total).toBeGreaterThan(200)
  expect(shown.steps.map(({ system }) => system)).not.toContain(SHOP)
  expect(shown.steps.some(({ does }) => does.includes('somebody else has to approve'))).toBe(true)
})

test('what was shown before something else happened is not done', async () => {
  const id = await sold(2)
  const lines = [{ lineId: await lineOf(id), quantity: 2 }]
  const first = refund({ lines })
  const second = refund({ requestId: 'r-2', lines })
  const [shownFirst, shownSecond] = [await look(id, first), await look(id, second)]
  expect((await act(id, first, shownFirst.token)).status).toBe(202)
  await pass()
  const before = await counts()
  const late = await act(id, second, shownSecond.token)
  expect([late.status, late.json.type]).toEqual([409, 'urn:crossdock:problem:action_changed'])
  expect(await counts()).toEqual(before)
  // Another amount by now is another thing, although the steps are of the same kinds.
  const rest = refund({ requestId: 'r-3', amount: { amount: 100, currency: 'USD' } })
  const shownRest = await look(id, rest)
  const other = await act(id, { ...rest, amount: { amount: 101, currency: 'USD' } }, shownRest.token)
  expect([other.status, other.json.type]).toEqual([409, 'urn:crossdock:problem:action_changed'])
})

test('what was shown a quarter of an hour ago is not done, nor what was never shown', async () => {
  const id = await sold(1)
  const action = refund({ whole: true })
  const { token } = await look(id, action)
  retailer.clock.ms += 16 * MINUTE_MS
  expect((await act(id, action, token)).json.type).toBe('urn:crossdock:problem:action_changed')
  const fresh = (await look(id, action)).token
  const forged = `${fresh.slice(0, -1)}${fresh.endsWith('0') ? '1' : '0'}`
  expect((await act(id, action, forged)).status).toBe(409)
  expect((await act(id, action, 'x')).status).toBe(400)
  await pass()
  expect(order(id).refunded).toBe('0.00')
})

test('a return of what has left is authorised as shown, and of more than that refused', async () => {
  const id = await sold(2)
  const lineId = await lineOf(id)
  const asking = (quantity: number) => ({
    do: 'return', returnId: `rma-${quantity}`, reason: 'unwanted', lines: [{ lineId, quantity }],
  }) // prettier-ignore
  const tooMany = await look(id, asking(3))
  expect(tooMany.refused).toMatchObject({ code: 'more_than_left', cure: expect.stringContaining('fewer') })
  const shown = await look(id, asking(1))
  expect(shown.steps.map(({ does }) => does)).toContain('1 piece may come back: unwanted.')
  await act(id, asking(1), shown.token)
  await pass()
  const page = (await (await fetch(`${url}/api/orders/${SHOP}/${id}`)).json()) as { back: { returns: unknown[] } }
  expect(page.back.returns).toMatchObject([{ returnId: 'rma-1', step: 'authorised' }])
})

test('hold and release, cancel in the hub alone and at the ERP: each as it was shown', async () => {
  const waiting = await bought(1, 'pending')
  const hold = { do: 'hold', by: 'Kim', reason: 'Called.' }
  const shown = await look(waiting, hold)
  expect(shown.steps.map(({ does }) => does)).toContainEqual(expect.stringContaining('Held for by hand'))
  await act(waiting, hold, shown.token)
  await pass(1)
  expect((await look(waiting, hold)).refused?.code).toBe('hold_open')
  const release = { do: 'release', kind: 'by_hand', by: 'Kim', note: '' }
  const going = await look(waiting, release)
  expect(going.steps.map(({ does }) => does)).toContain('Kim let it go (by hand).')
  await act(waiting, release, going.token)
  await pass(1)

  const here = await look(waiting, { do: 'cancel', reason: 'staff' })
  expect(here.steps.map(({ does }) => does)).toContain('1 piece no longer held.')
  expect(here.steps.map(({ system }) => system)).not.toContain('odoo-main')
  const there = await bought(1)
  const cancel = { do: 'cancel', reason: 'customer' }
  const asked = await look(there, cancel)
  expect(asked.steps).toContainEqual({ system: 'odoo-main', does: 'Odoo is asked to cancel the sale.', lasts: null })
  await act(there, cancel, asked.token)
  await pass()
  expect(await statusOf(there)).toBe('cancelled')
  expect((await look(there, { do: 'cancel', reason: 'staff' })).refused?.code).toBe('nothing_to_do')
})

test('an order nobody knows is no order', async () => {
  expect((await post('999', '/preview', { action: { do: 'cancel' } })).status).toBe(404)
  expect((await post('999', '', { action: { do: 'cancel' }, token: '0-0-0123456789abcdef' })).status).toBe(404)
})
