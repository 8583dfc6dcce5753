/** Both ends of the wire against EasyPost's own published answers and signature (folder named by CROSSDOCK_SPECS). */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { isSigned } from './inbound.ts'
import { seenOf } from './seen.ts'
import { chosen } from './rates.ts'
import { rates, shaped, shipment, tracker, trackers, webhook, webhooks } from './shape.ts'
import { answer } from '../kit/testing.ts'
import { createWorld, KEY, labelAsk, START, subscribed, track } from './testing.ts'

const specs = process.env['CROSSDOCK_SPECS'] ?? ''
const folder = join(specs, 'easypost')
const atHand = specs !== '' && existsSync(folder)
if (!atHand) console.warn("CROSSDOCK_SPECS does not name the vendors' contracts: EasyPost's answers were NOT checked.")

type Json = Record<string, unknown>
const read = (path: string): Json => JSON.parse(readFileSync(join(folder, path), 'utf8')) as Json

/** Members and kinds of values; what is null in one of the two may be anything in the other. */
function differences(ours: unknown, theirs: unknown, path = ''): string[] {
  if (ours === null || theirs === null) return []
  if (Array.isArray(ours) && Array.isArray(theirs))
    return ours.length > 0 && theirs.length > 0 ? differences(ours[0], theirs[0], `${path}[]`) : []
  if (typeof ours !== typeof theirs) return [`${path} is ${typeof ours}, not ${typeof theirs}`]
  if (typeof ours !== 'object') return []
  const [a, b] = [ours as Json, theirs as Json]
  const odd = Object.keys(a).filter((name) => !(name in b)).map((name) => `${path}.${name} is not theirs`)
  const missing = Object.keys(b).filter((name) => !(name in a)).map((name) => `${path}.${name} is missing`)
  const both = Object.keys(a).filter((name) => name in b)
  return [...odd, ...missing, ...both.flatMap((name) => differences(a[name], b[name], `${path}.${name}`))]
} // prettier-ignore

async function answers(method: string, path: string, body?: object): Promise<Json> {
  const world = await subscribed()
  await track(world, '9400100000000000000001')
  world.account.scan('9400100000000000000001', 'in_transit')
  await answer(world.connection, 'label.ensure', labelAsk('shop:1001:7:1'))
  const id = async (name: string) => {
    const list = (await ask('GET', `/v2/${name}`)) as Record<string, { id: string }[]>
    return list[name]![0]!.id
  }
  async function ask(verb: string, where: string, content?: object): Promise<Json> {
    const headers = { authorization: `Basic ${Buffer.from(`${KEY}:`).toString('base64')}` }
    const request = new Request(`https://api.easypost.com${where}`, {
      method: verb,
      headers,
      ...(content ? { body: JSON.stringify(content) } : {}),
    })
    return (await (await world.account.fetch(request)).json()) as Json
  }
  const named = /:(\w+)(\/\w+)?$/.exec(path)?.[1]
  return ask(method, named ? path.replace(`:${named}`, await id(named)) : path, body)
}

test("official answers: the simulator's have the same members and kinds of values", async () => {
  if (!atHand) return
  const pairs: [Json, string][] = [
    [await answers('GET', '/v2/trackers/:trackers'), 'responses/trackers/trackers-retrieve.json'],
    [await answers('GET', '/v2/trackers'), 'responses/trackers/trackers-list.json'],
    [await answers('GET', '/v2/webhooks/:webhooks'), 'responses/webhooks/webhooks-retrieve.json'],
    [await answers('GET', '/v2/webhooks'), 'responses/webhooks/webhooks-list.json'],
    [await answers('PATCH', '/v2/webhooks/:webhooks', {}), 'responses/webhooks/webhooks-update.json'],
    [await answers('GET', '/v2/events/:events'), 'responses/events/events-retrieve.json'],
    [await answers('GET', '/v2/shipments/:shipments'), 'responses/shipments/shipments-buy.json'],
    [await answers('GET', '/v2/shipments'), 'responses/shipments/shipments-list.json'],
    [
      await answers('POST', '/v2/shipments/:shipments/refund', {}),
      'responses/shipping-refund/shipping-refund-refund.json',
    ],
    [await answers('POST', '/v2/trackers', {}), 'responses/addresses/addresses-create-and-verify.json'],
  ]
  // Members that only some of their own examples have.
  const loose = /\.(finalized|is_return|fees|previous_attributes\.status) is (missing|not theirs)$/
  const found = pairs.flatMap(([ours, file]) => differences(ours, read(file), file)).filter((one) => !loose.test(one))
  expect(found).toEqual([])
})

test('official answers are understood by us', () => {
  if (!atHand) return
  const one = shaped(tracker, read('responses/trackers/trackers-retrieve.json'), 'a tracker')
  expect(seenOf(one).scans.map(({ status }) => status)).toEqual(['announced', 'announced'])
  expect(shaped(trackers, read('responses/trackers/trackers-list.json'), 'trackers').trackers).toHaveLength(1)
  const label = shaped(shipment, read('responses/shipments/shipments-buy.json'), 'a label')
  expect([label.tracking_code, label.selected_rate?.rate]).toEqual(['9434600208303109842228', '8.20'])
  const offered = shaped(shipment, read('responses/shipments/shipments-create.json'), 'a shipment').rates
  expect(chosen(offered, { by: 'cheapest', withinDays: 3 })).not.toBeNull()
  expect(shaped(rates, read('responses/rates/rates-regenerate.json'), 'rates').rates).not.toEqual([])
  const back = shaped(shipment, read('responses/shipping-refund/shipping-refund-refund.json'), 'a label given back')
  expect(back.refund_status).toBe('submitted')
  expect(shaped(webhooks, read('responses/webhooks/webhooks-list.json'), 'webhooks').webhooks).not.toEqual([])
  expect(shaped(webhook, read('responses/webhooks/webhooks-create.json'), 'a webhook').disabled_at).toBeNull()
})

test('the published signature fits the published body, as it is without the newline at the end of the file', () => {
  if (!atHand) return
  const vectors = JSON.parse(readFileSync(join(specs, 'TEST-VECTORS.json'), 'utf8')) as Record<string, string>[]
  const { expected = '', secret = '' } = vectors.find(({ vendor }) => vendor === 'easypost') ?? {}
  const body = readFileSync(join(folder, 'fixtures/event-body.json'))
  const key = secret.replace(/ \(.*$/, '')
  expect(isSigned(body.subarray(0, body.lastIndexOf('}') + 1), expected, [key])).toBe(true)
  expect(isSigned(body, expected, [key])).toBe(body.at(-1) === 0x7d)
  expect(isSigned(body.subarray(0, body.lastIndexOf('}') + 1), expected, [`${key} `])).toBe(false)
  const delivery = { topic: 'tracker.updated', body: read('fixtures/event-body.json') as never }
  const receivedAt = new Date(START).toISOString()
  const [message] = createWorld().connection.translate({ ...delivery, receivedAt })
  expect(message).toMatchObject({ stream: 'parcel/easypost/1', command: { seen: { estimate: { deliverBy: '2024-08-05T00:00:00.000Z' } } } })
}) // prettier-ignore
