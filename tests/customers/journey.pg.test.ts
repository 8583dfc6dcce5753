/** Buyers of five channels, from what each vendor says of them to one person, or two: real connectors, one Odoo. */
import { customerList, customerPage, customerPreview, customerReviews } from '#api/contract-customers.ts'
import { createServer } from '#api/server.ts'
import type { CustomerState } from '#core/customer/state.ts'
import { createReceiver } from '#engine/receive.ts'
import { describe, expect, onTestFinished, test } from 'vitest'
import { fiveChannels, type FiveChannels } from '../catalogue/five.ts'
import { freshDatabase } from '../support/database.ts'

const PEOPLE = {
  ada: { firstName: 'Ada', lastName: 'Example', email: 'ada@example.com' },
  bob: { firstName: 'Bob', lastName: 'Other', email: 'bob@example.com' },
}
const home = { address1: '1 Main Street', city: 'Austin', zip: '78701', provinceCode: 'TX', countryCode: 'US' }
const method = { code: 'standard', title: 'Standard delivery', price: '0.00' }
const lines = [{ sku: 'MUG', quantity: 1 }]

const inShopify = ({ shopify }: FiveChannels, person: (typeof PEOPLE)['ada'], guest = false) =>
  shopify.placeOrder({
    lines,
    customer: { ...person, guest, address: home },
    shippingMethod: method,
    taxRate: 0.08,
    financialStatus: 'paid',
  })
const inWoo = (
  { woo }: FiveChannels,
  { firstName: first_name, lastName: last_name, email }: (typeof PEOPLE)['ada'],
  guest = false,
) =>
  woo.placeOrder({
    lines,
    payment: 'card',
    shippingMethod: { id: 'standard', title: 'Standard', price: '0.00' },
    customer: {
      first_name,
      last_name,
      email,
      guest,
      address_1: home.address1,
      city: home.city,
      postcode: home.zip,
      state: home.provinceCode,
      country: 'US',
    },
  })
const inSquare = ({ square }: FiveChannels, { firstName, lastName, email }: (typeof PEOPLE)['ada']) =>
  square.placeOrder({
    lines,
    taxes: [],
    charges: [],
    recipient: {
      display_name: `${firstName} ${lastName}`,
      email_address: email,
      address: { address_line_1: '1 main st', locality: home.city, postal_code: home.zip, country: 'US' },
    },
  })

async function aHub(match: 'auto' | 'review' | null, more = '') {
  const policy = match ? `  customers: { match: ${match}, country: US${more} }\n` : ''
  const five = await fiveChannels(await freshDatabase(), { mode: 'off', policy })
  const { engine } = five
  const server = await createServer({
    engine,
    receiver: createReceiver(engine),
    host: '127.0.0.1',
    port: 0,
    version: '1.2.3',
  })
  onTestFinished(() => server.close())
  let calls = 0
  const call = async (path: string, body?: unknown) => {
    calls += 1
    const headers = { 'origin': server.url, 'content-type': 'application/json', 'idempotency-key': `call-${calls}` }
    const answer = await fetch(
      `${server.url}${path}`,
      body === undefined ? {} : { method: 'POST', headers, body: JSON.stringify(body) },
    )
    return { status: answer.status, json: (await answer.json()) as Record<string, unknown> }
  }
  return {
    ...five,
    five,
    call,
    records: async () =>
      (
        await engine.database.query<{ state: CustomerState }>(
          `select state from stream where kind = 'customer' order by stream`,
        )
      ).map(({ state }) => state),
    reviews: async () => customerReviews.parse((await call('/api/customer-reviews')).json).pairs,
    list: async (query = '') => customerList.parse((await call(`/api/customers${query}`)).json).rows,
    page: async (key: string) => customerPage.parse((await call(`/api/customers/${key}`)).json),
  }
}

describe('U15: the same buyer in Shopify, in WooCommerce and at a till of Square', () => {
  test('is proposed with reasons, joined by a person, and taken out again without loss', async () => {
    const hub = await aHub('review')
    inShopify(hub.five, PEOPLE.ada)
    inWoo(hub.five, PEOPLE.ada)
    inSquare(hub.five, PEOPLE.ada)
    inShopify(hub.five, PEOPLE.bob)
    await hub.minutes(3)
    const pairs = await hub.reviews()
    expect(pairs.map(({ score }) => score)).toEqual([100, 100, 100])
    expect(JSON.stringify(pairs)).not.toMatch(/ada|example\.com|Main/i)
    const named = (prefix: string) =>
      pairs.flatMap(({ key, other }) => [key, other]).find((key) => key.startsWith(prefix))!
    const [shop, woo, till] = [named('shopify'), named('woo'), named('guest')]
    const preview = customerPreview.parse((await hub.call(`/api/customers/${woo}/preview?step=join&with=${shop}`)).json)
    expect(preview).toMatchObject({
      possible: true,
      does: [expect.stringContaining('becomes part of'), expect.stringContaining('archives partner')],
    })
    for (const other of [woo, till])
      expect((await hub.call(`/api/customers/${other}/join`, { with: shop, by: 'Kim' })).status).toBe(202)
    await hub.minutes(1)
    expect(await hub.reviews()).toEqual([])
    const page = await hub.page(till)
    expect(page.person.records.map(({ key }) => key).sort()).toEqual([shop, till, woo].sort())
    expect(page.person.facts.find(({ field }) => field === 'email')).toMatchObject({ rule: 'agreed', value: '•••@•••' })
    const twice = await hub.call(`/api/customers/${till}/join`, { with: woo, by: 'Kim' })
    expect([twice.status, twice.json['type']]).toEqual([409, 'urn:crossdock:problem:joined'])
    expect((await hub.call(`/api/customers/${woo}/part`, { by: 'Lee', note: 'Father and daughter.' })).status).toBe(202)
    await hub.minutes(1)
    expect(await hub.page(woo)).toMatchObject({ partOf: null, byHand: true, person: { records: [{ key: woo }] } })
    expect((await hub.page(shop)).person.records.map(({ key }) => key)).toEqual([shop, till])
    expect((await hub.call(`/api/customers/${woo}/part`, { by: 'Lee' })).status).toBe(409)
    expect((await hub.call('/api/customers/nobody-1/join', { with: shop, by: 'Kim' })).status).toBe(404)
  })

  test('is found by the address in any spelling, whoever is logged nowhere', async () => {
    const hub = await aHub('review')
    inShopify(hub.five, PEOPLE.ada)
    inWoo(hub.five, PEOPLE.ada, true)
    await hub.minutes(3)
    const found = await hub.call('/api/customers', { email: ' ADA@example.com' })
    expect((found.json['rows'] as { key: string }[]).map(({ key }) => key.split('-')[0])).toEqual(['guest', 'shopify'])
  })

  test('is joined by itself where the policy says so, and goes on as one', async () => {
    const hub = await aHub('auto')
    inShopify(hub.five, PEOPLE.ada)
    inWoo(hub.five, PEOPLE.ada)
    inSquare(hub.five, PEOPLE.ada)
    await hub.minutes(3)
    const heads = (await hub.records()).filter(({ into = null }) => into === null)
    expect(heads).toHaveLength(1)
    expect(heads[0]!.members).toHaveLength(2)
  })
})

test('T12: a guest who comes twice with one address is one customer, and every address is kept', async () => {
  const hub = await aHub('review')
  inWoo(hub.five, PEOPLE.ada, true)
  inSquare(hub.five, PEOPLE.ada)
  await hub.minutes(3)
  const [guest, ...others] = await hub.records()
  expect(others).toEqual([])
  expect((await hub.page(guest!.key)).person).toMatchObject({
    facts: [
      { field: 'name', rule: 'agreed' },
      { field: 'email', rule: 'agreed' },
    ],
    addresses: [{ channel: expect.any(String) }, { channel: expect.any(String) }],
  })
})

test('buyers of marketplaces stay apart from everybody, whatever they are called and wherever they live', async () => {
  const hub = await aHub('auto', ', anonymous: [market]')
  inShopify(hub.five, PEOPLE.ada)
  const address = { street: home.address1, city: home.city, region: 'TX', postcode: home.zip, country: 'US' }
  const buyer = { name: 'Ada Example', email: 'x9k2@marketplace.amazon.com', address }
  hub.amazon.placeOrder({ lines, buyer, pendingMs: 0 })
  hub.market.placeOrder({ lines, customer: { ...PEOPLE.ada, address: home }, shippingMethod: method })
  await hub.minutes(8)
  const records = await hub.records()
  expect(records.map(({ key }) => key.split('-')[0])).toEqual(['amazon', 'market', 'shopify'])
  for (const { into = null, candidates = [], key, keys = [] } of records)
    expect([into, candidates, keys.length > 0]).toEqual([null, [], key.startsWith('shopify')])
})

test('without the policy nobody is looked for, and every record stays by itself', async () => {
  const hub = await aHub(null)
  inShopify(hub.five, PEOPLE.ada)
  inWoo(hub.five, PEOPLE.ada)
  await hub.minutes(3)
  for (const state of await hub.records()) expect(state).not.toHaveProperty('keys')
  const [row] = await hub.engine.database.query<{ count: number }>(
    `select count(*) as count from stream where kind = 'identity'`,
  )
  expect(row!.count).toBe(0)
})
