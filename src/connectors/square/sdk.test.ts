/** A second opinion: the vendor's own client works against the simulator, and its helper verifies our webhooks. */
import { SquareClient, SquareError, WebhooksHelper } from 'square'
import { expect, test } from 'vitest'
import { isSigned } from './inbound.ts'
import { createWorld, HOOK_URL, MUG, PLACE, RECIPIENT, takeHooks, TAX, TOKEN } from './testing.ts'

function aClient(token = TOKEN) {
  const world = createWorld()
  const fetch = (input: string | URL | Request, init?: RequestInit) => world.seller.fetch(new Request(input, init))
  const client = new SquareClient({ token, baseUrl: 'https://square.test', fetch, maxRetries: 0 })
  return { ...world, client }
}

test("the vendor's client reads sales, payments, refunds, counts and items as they are", async () => {
  const { client, seller } = aClient()
  const { itemId, variationId } = seller.addItem(MUG)
  const id = seller.ringUp({ lines: [{ sku: MUG.sku, quantity: 2 }], taxes: [TAX], tip: 100 })
  seller.ringUpOffline({ lines: [{ sku: MUG.sku, quantity: 1 }] })
  seller.uploadOffline()
  const back = seller.takeBack({ orderId: id, lines: [{ sku: MUG.sku, quantity: 1 }] })
  const { orders = [] } = await client.orders.search({ locationIds: [PLACE], limit: 10 })
  expect(orders.map((one) => one.id)).toEqual(expect.arrayContaining([id, back]))
  expect(orders.find((one) => one.id === id)!.totalMoney).toEqual({ amount: 2_822n, currency: 'USD' })
  const payments = []
  for await (const one of await client.payments.list({ locationId: PLACE, limit: 1 })) payments.push(one)
  expect(payments.map(({ isOfflinePayment }) => isOfflinePayment === true).sort()).toEqual([false, true])
  const refunds = []
  for await (const one of await client.refunds.list({ locationId: PLACE })) refunds.push(one.orderId)
  expect(refunds).toEqual([back])
  const counts = await client.inventory.batchGetCounts({ catalogObjectIds: [variationId], locationIds: [PLACE] })
  expect(counts.data.map(({ quantity, state }) => [quantity, state])).toEqual([['7', 'IN_STOCK']])
  const { objects = [] } = await client.catalog.search({ objectTypes: ['ITEM'] })
  expect(objects.map((one) => one.id)).toEqual([itemId])
})

test("the vendor's client sets stock and changes orders as we do", async () => {
  const { client, seller } = aClient()
  const { variationId } = seller.addItem(MUG)
  const physicalCount = {
    catalogObjectId: variationId,
    state: 'IN_STOCK',
    locationId: PLACE,
    quantity: '4',
    occurredAt: '2026-11-21T15:30:00Z',
  } as const
  const body = { idempotencyKey: 'k', changes: [{ type: 'PHYSICAL_COUNT', physicalCount }] } as const
  await client.inventory.batchCreateChanges(structuredClone(body) as never)
  expect(seller.beliefs().available[PLACE]![MUG.sku]).toBe(4)
  const orderId = seller.placeOrder({ lines: [{ sku: MUG.sku, quantity: 1 }], recipient: RECIPIENT })!
  const change = (version: number) =>
    client.orders.update({
      orderId,
      order: { locationId: PLACE, version, fulfillments: [{ uid: 'fulfilment-0', state: 'COMPLETED' }] },
    })
  await expect(change(9)).rejects.toBeInstanceOf(SquareError)
  expect((await change(1)).order).toMatchObject({ version: 2, state: 'COMPLETED' })
})

test("the vendor's client subscribes; its helper and ours agree on every webhook", async () => {
  const { client, seller, clock } = aClient()
  const { subscription } = await client.webhooks.subscriptions.create({
    subscription: { name: 'x', eventTypes: ['order.created', 'payment.created'], notificationUrl: HOOK_URL },
  })
  const signatureKey = subscription!.signatureKey!
  seller.addItem({ ...MUG, name: 'Täßchen ☕' })
  seller.ringUp({ lines: [{ sku: MUG.sku, quantity: 1, name: 'Täßchen ☕' }] })
  const hooks = takeHooks({ clock, seller })
  expect(hooks).toHaveLength(2)
  for (const { body, headers } of hooks) {
    const signatureHeader = headers['x-square-hmacsha256-signature']!
    for (const [requestBody, genuine] of [
      [body, true],
      [`${body} `, false],
    ] as const) {
      const theirs = await WebhooksHelper.verifySignature({
        requestBody,
        signatureHeader,
        signatureKey,
        notificationUrl: HOOK_URL,
      })
      expect(theirs).toBe(genuine)
      expect(isSigned(new TextEncoder().encode(requestBody), HOOK_URL, signatureHeader, signatureKey)).toBe(genuine)
    }
  }
})

test("what is refused is an error of the vendor's kind", async () => {
  const { client } = aClient('another')
  await expect(client.locations.list()).rejects.toMatchObject({
    statusCode: 401,
    errors: [{ category: 'AUTHENTICATION_ERROR', code: 'UNAUTHORIZED' }],
  })
})
