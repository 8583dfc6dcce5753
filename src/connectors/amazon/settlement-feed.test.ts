/** Settlements from the account to the hub's messages: each report once and whole, whatever happens meanwhile. */
import { expect, test } from 'vitest'
import { must } from '#canon/assert.ts'
import type { Json } from '#canon/json.ts'
import { payout, type PayoutCommand, type PayoutState } from '#core/payout/payout.ts'
import type { Reading } from '../kit/connector.ts'
import { translated } from '../kit/testing.ts'
import { SETTLEMENT_REPORT } from './reports.ts'
import { CHANNEL, createWorld, KETTLE, MUG, SECRET, type WorldOptions } from './testing.ts'

const DAY = 86_400_000
const CONFIG = { settlements: { from: '2026-11-01' } }

function aWorld(options: WorldOptions = {}) {
  const world = createWorld({ config: CONFIG, ...options })
  world.seller.addListing({ ...MUG, quantity: 5_000 })
  world.seller.addListing({ ...KETTLE, fba: 5_000 })
  const feed = () => must(world.connection.feeds['settlements'], 'the feed')
  return { ...world, feed }
}

type World = ReturnType<typeof aWorld>

const shipped = ({ seller }: World, quantity = 1): string => {
  const id = must(seller.placeOrder({ lines: [{ sku: KETTLE.sku, quantity }] }), 'enough')
  seller.shipByAmazon(id)
  return id
}

/** Reads all there is; @param crash every page is read by a hub that remembers nothing but the cursor. */
async function readings(
  world: World,
  cursor: Json | null = null,
  crash = false,
): Promise<{ all: Reading[]; cursor: Json }> {
  const all: Reading[] = []
  for (let at = cursor; ;) {
    const feed = crash ? must(createSecond(world).feeds['settlements'], 'the feed') : world.feed()
    const page = await feed.read(at)
    all.push(...page.readings)
    at = page.cursor
    world.clock.pass(60_000)
    if (!page.more) return { all, cursor: at }
  }
}

/** Another hub at the same account. */
const createSecond = (world: World) => createWorld({ config: CONFIG, wrap: () => world.seller.fetch }).connection

const payoutOf = (messages: ReturnType<typeof translated>): PayoutState =>
  messages
    .filter(({ stream }) => stream.startsWith('payout/'))
    .reduce((state, { stream, command }) => {
      const context = { stream, at: '2026-11-21T05:30:00.000Z', messageKey: 'm' }
      const decided = payout.decide(
        state,
        command as PayoutCommand,
        { version: 't', channels: {}, safetyStock: 0 },
        context,
      )
      return Array.isArray(decided) ? decided.reduce(payout.evolve, state) : state
    }, payout.initial)

test('there is no such feed unless it is asked for, and Amazon makes no such report when it is', async () => {
  expect(createWorld().connection.feeds).not.toHaveProperty('settlements')
  const { seller, io } = createWorld()
  const form = new URLSearchParams({ grant_type: 'refresh_token', client_id: 'crossdock', client_secret: SECRET, refresh_token: 'Atzr|a-refresh-token' }) // prettier-ignore
  const token = await io.fetch(
    new Request('https://api.amazon.com/auth/o2/token', { method: 'POST', body: form.toString() }),
  )
  const { access_token: value } = (await token.json()) as { access_token: string }
  const api = (path: string, body?: object) =>
    seller.fetch(
      new Request(`https://sellingpartnerapi-na.amazon.com/reports/2021-06-30/reports${path}`, {
        headers: { 'x-amz-access-token': value },
        ...(body ? { method: 'POST', body: JSON.stringify(body) } : {}),
      }),
    )
  expect((await api('', { reportType: SETTLEMENT_REPORT, marketplaceIds: ['ATVPDKIKX0DER'] })).status).toBe(400)
  expect((await api('')).status).toBe(400)
  expect((await api(`?nextToken=x&reportTypes=${SETTLEMENT_REPORT}`)).status).toBe(400)
  expect((await api(`?reportTypes=${SETTLEMENT_REPORT}&pageSize=101`)).status).toBe(400)
})

test('a settlement is a payout to the cent, what it holds of each order goes to the order', async () => {
  const world = aWorld()
  const id = shipped(world, 2)
  expect(world.seller.giveBack(id, 1_000)).toBe(true)
  const settled = world.seller.closePeriod({ reserve: 500, others: [{ type: 'other-transaction', description: 'Subscription Fee', amount: -3_999 }] }) // prettier-ignore
  const { all } = await readings(world)
  const messages = translated(world.connection, all)
  const state = payoutOf(messages)
  // 7,980 less 15 % and twice 3.22; 1,000 back with 150 of commission, less 30; 500 kept; 3,999 for the account.
  expect(settled.total).toBe(7_980 - 1_197 - 644 - 1_000 + 150 - 30 - 500 - 3_999)
  expect(state).toMatchObject({
    reconciled: true,
    troubles: [],
    seen: {
      net: { amount: settled.total, currency: 'USD' },
      sums: {
        net: { charge: 7_980 - 1_197 - 644, refund: -880, fee: -3_999, adjustment: -500 },
        fees: 1_197 + 644 - 120 + 3_999,
      },
      months: [{ month: '2026-11', net: settled.total, carriedForward: false, heads: { tax: 0, reserve: -500 } }],
    },
  })
  expect(messages.filter(({ stream }) => stream.startsWith('order/'))).toEqual([
    {
      stream: `order/${CHANNEL}/${id}`,
      command: {
        type: 'order.noteSettled',
        orderRef: `${CHANNEL}:${id}`,
        settled: {
          provider: CHANNEL, payoutId: settled.id, net: { amount: 5_259, currency: 'USD' },
          heads: { principal: 6_980, tax: 0, commission: -1_077, fulfilment: -644 },
        }, // prettier-ignore
      },
    },
  ])
  expect(world.seller.closePeriod().total, 'the reserve comes back').toBe(500)
})

test('each report is downloaded once; the same settlement in another report is no news; the old ones are let be', async () => {
  let downloads = 0
  const world = aWorld({
    wrap: (fetch) => (request) => {
      downloads += new URL(request.url).pathname.startsWith('/presigned/') ? 1 : 0
      return fetch(request)
    },
  })
  shipped(world)
  const first = world.seller.closePeriod({ charset: 'cp1252' })
  const before = await readings(world)
  const again = await readings(world, before.cursor)
  expect([downloads, again.all]).toEqual([1, []])
  world.seller.offerAgain(first.id)
  const offered = await readings(world, again.cursor)
  expect(offered.all.map(({ key }) => key)).toEqual(before.all.map(({ key }) => key))
  world.clock.pass(91 * DAY)
  expect((await readings(world, offered.cursor)).cursor).toEqual({ done: [], queue: [], page: 0 })
  expect(downloads).toBe(2)
})

test('more reports than one page lists are all read', async () => {
  const world = aWorld()
  for (let nth = 0; nth < 130; nth += 1)
    world.seller.closePeriod({ others: [{ type: 'Promotion', description: 'x', amount: nth }] })
  const listed = await world.feed().read(null)
  expect((listed.cursor as { queue: unknown[] }).queue).toHaveLength(130)
})

test('T11: a crash between any two pages changes nothing', async () => {
  const world = aWorld()
  for (let nth = 0; nth < 1_300; nth += 1) shipped(world)
  world.seller.closePeriod()
  const whole = await readings(world)
  const torn = await readings(world, null, true)
  expect(torn.all.map(({ key }) => key)).toEqual(whole.all.map(({ key }) => key))
  expect(torn.all).toEqual(whole.all)
  const orders = translated(world.connection, whole.all).filter(({ stream }) => stream.startsWith('order/'))
  expect([new Set(orders.map(({ stream }) => stream)).size, whole.all.length]).toEqual([1_300, 1 + 7])
})

test('T11: one altered cent is a case with both sums, and no order hears of the money', async () => {
  const world = aWorld()
  shipped(world)
  const { id, total } = world.seller.closePeriod({ alter: (report) => report.replace('\t39.90\t', '\t39.91\t') })
  const messages = translated(world.connection, (await readings(world)).all)
  expect(messages.map(({ stream }) => stream)).toEqual([`payout/${CHANNEL}/${id}`])
  const { reconciled, troubles } = payoutOf(messages)
  expect([reconciled, troubles.map(({ code }) => code)]).toEqual([false, ['payout_differs']])
  expect(troubles[0]!.detail).toContain(((total + 1) / 100).toFixed(2))
})

test('what cannot be read is one case with its line, told once, and over when it can be read', async () => {
  const world = aWorld()
  shipped(world)
  const { id } = world.seller.closePeriod({ alter: (report) => report.replace('\t39.90\t', '\t39,90\t') })
  const { all, cursor } = await readings(world)
  const messages = translated(world.connection, all)
  expect(messages).toMatchObject([{ stream: `payout/${CHANNEL}/${id}`, command: { type: 'payout.noteUnreadable' } }])
  expect(payoutOf([...messages, ...messages]).troubles).toEqual([
    {
      code: 'payout_unreadable',
      detail: expect.stringMatching(/Line 3: The amount '39,90'.*crossdock backfill/) as string,
    },
  ])
  expect((await readings(world, cursor)).all).toEqual([])
  shipped(world)
  const good = world.seller.closePeriod()
  const mended = translated(world.connection, (await readings(world, cursor)).all).filter(({ stream }) =>
    stream.endsWith(good.id),
  )
  expect(payoutOf([...messages, ...mended])).toMatchObject({ reconciled: true, troubles: [] })
  expect(payoutOf([...mended, ...messages, ...mended])).toMatchObject({ reconciled: true, troubles: [] })
})
