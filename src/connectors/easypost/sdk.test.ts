/** A second opinion: the vendor's own client works against the simulator, and its helper verifies our webhooks. */
import EasyPost from '@easypost/api'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { isSigned } from './inbound.ts'
import { answer, asRequest } from '../kit/testing.ts'
import { createWorld, HOOK_SECRET, HOOK_URL, KEY, labelAsk, START } from './testing.ts'

// Its types are those of its CommonJS build, where the class is a member.
const EasyPostClient = EasyPost as unknown as typeof EasyPost.default

/** Their client wants a port: the simulator behind one. */
async function aClient(key = KEY) {
  const world = createWorld()
  const server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = []
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
    incoming.on('end', () => {
      const body = Buffer.concat(chunks)
      const request = new Request(`http://easypost${incoming.url ?? '/'}`, {
        method: incoming.method ?? 'GET',
        headers: { authorization: incoming.headers.authorization ?? '' },
        ...(body.length > 0 && incoming.method !== 'GET' ? { body } : {}),
      })
      void world.account.fetch(request).then(async (answer) => {
        outgoing.writeHead(answer.status, { 'content-type': 'application/json' })
        outgoing.end(await answer.text())
      })
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  return { ...world, client: new EasyPostClient(key, { baseUrl: `http://127.0.0.1:${port}/v2/` }) }
}

test("the vendor's client follows parcels and reads pages as we do", async () => {
  const { client, account } = await aClient()
  const made = await client.Tracker.create({ tracking_code: '9400100000000000000001', carrier: 'USPS' })
  const again = await client.Tracker.create({ tracking_code: '9400100000000000000001', carrier: 'USPS' })
  expect(again.id).toBe(made.id)
  await client.Tracker.create({ tracking_code: '1Z999AA10123456784' })
  account.scan('9400100000000000000001', 'delivered')
  expect((await client.Tracker.retrieve(made.id)).status).toBe('delivered')
  const page = await client.Tracker.all({ page_size: 1 })
  expect([page.trackers.length, page.has_more]).toEqual([1, true])
  const next = await client.Tracker.getNextPage(page, 1)
  expect(next.trackers.map(({ id }: { id: string }) => id)).toEqual([made.id])
})

test("the vendor's client makes the webhook; its helper and ours agree on every delivery", async () => {
  const { client, account, clock } = await aClient()
  await client.Webhook.create({ url: HOOK_URL, webhook_secret: HOOK_SECRET })
  await client.Tracker.create({ tracking_code: '9400100000000000000001' })
  account.scan('9400100000000000000001', 'in_transit')
  clock.pass(10_000)
  const hooks = account.due()
  expect(hooks).toHaveLength(2)
  for (const hook of hooks) {
    const { body, headers } = asRequest(hook, START)
    const signed = { 'X-Hmac-Signature': headers['x-hmac-signature'] ?? '' }
    expect(client.Utils.validateWebhook(Buffer.from(body), signed, HOOK_SECRET)).toMatchObject({ object: 'Event' })
    expect(isSigned(body, signed['X-Hmac-Signature'], [HOOK_SECRET])).toBe(true)
    const changed = Buffer.from([...body, 32])
    expect(() => client.Utils.validateWebhook(changed, signed, HOOK_SECRET)).toThrow(/[Ss]ignature|HMAC|secret/)
    expect(isSigned(changed, signed['X-Hmac-Signature'], [HOOK_SECRET])).toBe(false)
  }
})

test("the vendor's client buys, finds by our reference, and gives back as we do", async () => {
  const { client, connection, account } = await aClient()
  const ours = await answer(connection, 'label.ensure', labelAsk('shop:1001:7:1'))
  expect((await client.Shipment.retrieve('shop:1001:7:1')).tracking_code).toBe(ours.trackingNumber)
  const { to, from } = labelAsk('x')
  const address = ({ name, street, city, postcode, country }: typeof to) => ({
    name, street1: street, city, zip: postcode, country,
  })
  const made = await client.Shipment.create({
    reference: 'theirs', to_address: address(to), from_address: address(from),
    parcel: { length: 11.9, width: 7.9, height: 4, weight: 17.7 },
  })
  const sold = await client.Shipment.buy(made.id, made.lowestRate())
  expect(sold.selected_rate?.rate).toBe((ours.cost.amount / 100).toFixed(2))
  await expect(client.Shipment.buy(made.id, made.lowestRate())).rejects.toMatchObject({ code: 'SHIPMENT.POSTAGE.EXISTS' })
  expect((await client.Shipment.refund(ours.labelId)).refund_status).toBe('submitted')
  expect(account.beliefs().labels.map(({ refund }) => refund)).toEqual(['submitted', null])
}) // prettier-ignore

test('what is refused is an error of the vendor’s kind', async () => {
  const refused = (await aClient('EZTK_other')).client.Tracker.all({})
  await expect(refused).rejects.toMatchObject({ statusCode: 401 })
  const { client } = await aClient()
  await expect(client.Tracker.create({ tracking_code: 'x' })).rejects.toMatchObject({ statusCode: 422, code: 'TRACKER.CREATE.ERROR' })
}) // prettier-ignore
