/** The simulated account as somebody else's client would meet it, and that it can be put away and taken up again. */
import { describe, expect, test } from 'vitest'
import { must } from '#canon/assert.ts'
import { createAmazon } from './index.ts'
import { createWorld, KETTLE, MARKETPLACE, MUG, REFRESH_TOKEN, SECRET, SELLER } from '../testing.ts'

const API = 'https://sellingpartnerapi-na.amazon.com'

async function aClient(world = createWorld()) {
  const { seller } = world
  const body = new URLSearchParams({
    grant_type: 'refresh_token', refresh_token: REFRESH_TOKEN, client_id: 'crossdock', client_secret: SECRET,
  }) // prettier-ignore
  const answer = await seller.fetch(new Request('https://api.amazon.com/auth/o2/token', { method: 'POST', body }))
  const { access_token: token } = (await answer.json()) as { access_token: string }
  const call = (path: string, init: RequestInit = {}) =>
    seller.fetch(new Request(`${API}${path}`, { ...init, headers: { 'x-amz-access-token': token } }))
  return { ...world, call }
}

const LIST = `/orders/2026-01-01/orders?marketplaceIds=${MARKETPLACE}&createdAfter=2026-01-01T00:00:00Z`

describe('the API', () => {
  test.each([
    ['neither after', `/orders/2026-01-01/orders?marketplaceIds=${MARKETPLACE}`],
    ['both after', `${LIST}&lastUpdatedAfter=2026-01-01T00:00:00Z`],
    ['no marketplace', '/orders/2026-01-01/orders?createdAfter=2026-01-01T00:00:00Z'],
    ['a token of another filter', `${LIST}&paginationToken=e30`],
    ['too large a page', `${LIST}&maxResultsPerPage=101`],
  ])('refuses %s with an error list', async (_, path) => {
    const { call } = await aClient()
    const response = await call(path)
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ errors: [{ code: 'InvalidInput' }] })
  })

  test('lets through the burst of an operation and then what flows in, and says the rate', async () => {
    const { call, clock } = await aClient()
    const statuses = async (times: number) => {
      const found: number[] = []
      for (let n = 0; n < times; n += 1) found.push((await call(LIST)).status)
      return found
    }
    expect(await statuses(20)).toEqual(Array.from({ length: 20 }, () => 200))
    const refused = await call(LIST)
    expect(refused.status).toBe(429)
    expect(refused.headers.get('x-amzn-ratelimit-limit')).toBe('0.0056')
    expect(await refused.json()).toMatchObject({ errors: [{ code: 'QuotaExceeded' }] })
    clock.pass(179_000)
    expect(await statuses(2)).toEqual([200, 429])
  })

  test('refuses a token that ended, one that is missing, and one of the other kind', async () => {
    const { call, clock, seller } = await aClient()
    const body = new URLSearchParams({
      grant_type: 'client_credentials', scope: 'sellingpartnerapi::notifications', client_id: 'crossdock', client_secret: SECRET,
    }) // prettier-ignore
    const answer = await seller.fetch(new Request('https://api.amazon.com/auth/o2/token', { method: 'POST', body }))
    const { access_token: grantless } = (await answer.json()) as { access_token: string }
    const other = new Request(`${API}${LIST}`, { headers: { 'x-amz-access-token': grantless } })
    expect((await seller.fetch(other)).status).toBe(403)
    expect((await seller.fetch(new Request(`${API}${LIST}`))).status).toBe(403)
    expect((await call('/notifications/v1/destinations')).status).toBe(403)
    clock.pass(3_600_000)
    const ended = await call(LIST)
    expect(await ended.json()).toMatchObject({
      errors: [{ code: 'Unauthorized', details: expect.stringContaining('expired') }],
    })
  })

  test('gives a document for five minutes, packed, to whoever has its address', async () => {
    const { call, clock, seller } = await aClient()
    seller.addListing(MUG)
    const body = JSON.stringify({ reportType: 'GET_MERCHANT_LISTINGS_ALL_DATA', marketplaceIds: [MARKETPLACE] })
    const created = await call('/reports/2021-06-30/reports', { method: 'POST', body })
    const { reportId } = (await created.json()) as { reportId: string }
    clock.pass(31_000)
    const report = (await (await call(`/reports/2021-06-30/reports/${reportId}`)).json()) as {
      reportDocumentId: string
    }
    const document = await call(`/reports/2021-06-30/documents/${encodeURIComponent(report.reportDocumentId)}`)
    const { url } = (await document.json()) as { url: string }
    expect((await seller.fetch(new Request(url))).status).toBe(200)
    clock.pass(301_000)
    expect((await seller.fetch(new Request(url))).status).toBe(403)
  })

  test.each([
    ['more than was ordered', { packageReferenceId: '1', quantity: 3 }],
    ['a package that is no number', { packageReferenceId: 'one', quantity: 1 }],
  ])('takes no shipment of %s', async (_, { packageReferenceId, quantity }) => {
    const { call, seller } = await aClient()
    seller.addListing(MUG)
    const id = must(seller.placeOrder({ lines: [{ sku: MUG.sku, quantity: 2 }] }), 'enough')
    const orderItemId = seller.beliefs().orders[0]!.lines[0]!.id
    const packageDetail = {
      packageReferenceId, carrierCode: 'UPS', trackingNumber: '1Z', shipDate: '2026-11-21T05:00:00Z',
      orderItems: [{ orderItemId, quantity }],
    } // prettier-ignore
    const body = JSON.stringify({ marketplaceId: MARKETPLACE, packageDetail })
    const response = await call(`/orders/v0/orders/${id}/shipmentConfirmation`, { method: 'POST', body })
    expect(response.status).toBe(400)
    expect(seller.beliefs().orders[0]).toMatchObject({ status: 'UNSHIPPED', packages: [] })
  })
})

describe('trade', () => {
  test('sells no more than is shown, and keeps both stocks apart', () => {
    const { seller } = createWorld()
    seller.addListing(MUG)
    seller.addListing(KETTLE)
    expect(seller.placeOrder({ lines: [{ sku: MUG.sku, quantity: 11 }] })).toBeNull()
    const both = [MUG, KETTLE].map(({ sku }) => ({ sku, quantity: 1 }))
    expect(seller.placeOrder({ lines: both })).toBeNull()
    must(seller.placeOrder({ lines: [{ sku: MUG.sku, quantity: 4 }] }), 'enough')
    const id = must(seller.placeOrder({ lines: [{ sku: KETTLE.sku, quantity: 5 }] }), 'enough')
    expect(seller.beliefs()).toMatchObject({ available: { [MUG.sku]: 6 }, fba: { [KETTLE.sku]: 15 } })
    expect(seller.beliefs()).toMatchObject({ sales: { [MUG.sku]: 4 }, fbaSales: { [KETTLE.sku]: 5 } })
    seller.cancelOrder(id)
    expect(seller.beliefs()).toMatchObject({ fba: { [KETTLE.sku]: 20 }, fbaSales: { [KETTLE.sku]: 0 } })
  })

  test('settles what is pending in its time, and says when something is due next', () => {
    const { seller, clock } = createWorld()
    seller.addListing(MUG)
    const id = must(seller.placeOrder({ lines: [{ sku: MUG.sku, quantity: 1 }], pendingMs: 60_000 }), 'enough')
    expect(seller.nextDueAt()).toBe(clock.now + 60_000)
    clock.pass(60_000)
    expect(seller.beliefs().orders.find((one) => one.id === id)!.status).toBe('UNSHIPPED')
    expect(seller.nextDueAt()).toBeNull()
  })
})

test('a snapshot goes on where the account stood, and what happens later does not change it', async () => {
  const world = createWorld({ account: { pendingMs: [60_000, 60_000] } })
  for (let run = 0; run < 3; run += 1, world.clock.pass(60_000)) await world.connection.upkeep['notifications']!.run()
  world.seller.addListing(MUG)
  must(world.seller.placeOrder({ lines: [{ sku: MUG.sku, quantity: 2 }] }), 'enough')
  const kept = world.seller.snapshot()
  const before = structuredClone(kept)
  const options = { sellerId: SELLER, clientId: 'crossdock', clientSecret: SECRET, refreshToken: REFRESH_TOKEN }
  const again = createAmazon(options, { now: () => world.clock.now, random: () => 0.5 }, kept)
  expect(again.beliefs()).toEqual(world.seller.beliefs())
  again.typeQuantity(MUG.sku, 1)
  world.clock.pass(120_000)
  expect(again.beliefs().orders[0]!.status).toBe('UNSHIPPED')
  expect(kept).toEqual(before)
})
