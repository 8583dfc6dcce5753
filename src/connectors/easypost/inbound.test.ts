/** News of parcels, in whatever words and order EasyPost tells them; and what keeps it coming. */
import { expect, test } from 'vitest'
import { must } from '#canon/assert.ts'
import type { Reading } from '../kit/connector.ts'
import { seenOf } from './seen.ts'
import { tracker } from './shape.ts'
import { asRequest, heard } from '../kit/testing.ts'
import { createWorld, HOOK_URL, runUpkeep, START, subscribed, track, type World } from './testing.ts'

const CODE = '9400100000000000000001'
const at = (minute: number) => new Date(START + minute * 60_000).toISOString()
const row = (status: string, ...scans: [status: string, minute: number, detail?: string][]) =>
  seenOf(
    tracker.parse({
      id: 'trk_1', tracking_code: CODE, status, status_detail: 'unknown', updated_at: at(999), carrier: 'USPS',
      tracking_details: scans.map(([one, minute, detail]) => ({
        status: one, datetime: at(minute), status_detail: detail,
      })),
    }),
  ) // prettier-ignore
const last = (...args: Parameters<typeof row>) => row(...args).scans.at(-1)

test('scans are told in the order they were made, each in our words', () => {
  const seen = row('out_for_delivery', ['out_for_delivery', 30], ['pre_transit', 1], ['in_transit', 10, 'damaged'])
  expect(seen.scans.map(({ status, at: when }) => [status, when])).toEqual([
    ['announced', at(1)],
    ['damaged', at(10)],
    ['out_for_delivery', at(30)],
  ])
})

test('what EasyPost says without a scan counts from when it said so', () => {
  expect(last('failure', ['in_transit', 5])).toEqual({ status: 'failed', at: at(999), detail: 'unknown' })
  expect(row('unknown').scans).toEqual([])
  expect(last('a_new_word', ['in_transit', 5])).toMatchObject({ status: 'in_transit', at: at(5) })
})

test('what is delivered after it turned round came back to the sender', () => {
  expect(last('delivered', ['return_to_sender', 5], ['in_transit', 6], ['delivered', 9])?.status).toBe('returned')
  expect(last('delivered', ['in_transit', 5], ['delivered', 9])?.status).toBe('delivered')
})

test('a moment without a zone is no moment, and one with another zone is put into UTC', () => {
  const odd = { id: 't', tracking_code: CODE, status: 'delivered', updated_at: '2026-11-20T10:00:00' }
  expect(tracker.safeParse(odd).success).toBe(false)
  expect(tracker.parse({ ...odd, updated_at: '2026-11-20T10:00:00-05:00' }).updated_at).toBe('2026-11-20T15:00:00.000Z')
})

test('webhooks become news of the parcel by its number; other kinds of event are not kept', async () => {
  const world = await subscribed()
  await track(world, CODE)
  world.account.scan(CODE, 'delivered')
  world.clock.pass(10_000)
  const hooks = world.account.due().map((hook) => asRequest(hook, START))
  const told = hooks.flatMap((hook) => heard(world.connection, hook))
  expect(told.map(({ stream }) => stream)).toEqual([`parcel/easypost/${CODE}`])
  expect(told[0]).toMatchObject({ command: { type: 'parcel.observe', seen: { scans: [{ status: 'delivered' }] } } })
})

test('EasyPost that signs with an older secret of ours is believed while that stands in the list', async () => {
  const old = 'env:OLD'
  const world = await subscribed({ config: { webhookSecrets: [old] } })
  await track(world, CODE)
  world.clock.pass(10_000)
  const [hook] = world.account.due().map((one) => asRequest(one, START))
  const receive = (webhookSecrets: string[]) => createWorld({ config: { webhookSecrets } }).connection.receive!(hook!)
  expect(receive(['env:HOOK', old])).toHaveProperty('key')
  expect(() => receive(['env:HOOK'])).toThrow('signature')
})

test('a webhook that is gone or switched off is put right, and the gap is told; without a secret none is made', async () => {
  const world = createWorld()
  expect(await runUpkeep(world)).toEqual(['Made the webhook.'])
  expect(await runUpkeep(world)).toEqual([])
  world.account.disableWebhooks()
  const gaps: unknown[] = []
  const upkeep = must(world.connection.upkeep['webhooks'], 'there is an upkeep')
  await upkeep.run(async (gap) => void gaps.push(gap))
  expect(world.account.beliefs().webhooks).toEqual([{ url: HOOK_URL, disabled: false }])
  expect(gaps).toMatchObject([{ feeds: ['trackers'] }])
  const bare = createWorld({ config: { webhookSecrets: [] } })
  expect(await runUpkeep(bare)).toEqual([])
  expect(bare.account.beliefs().webhooks).toEqual([])
  expect((await bare.connection.check()).map(({ level }) => level)).toContain('warning')
})

test('endpoints that fail again and again are switched off by EasyPost', async () => {
  const world = await subscribed()
  await track(world, CODE)
  for (let hour = 0; hour < 10; hour += 1) {
    world.clock.pass(3_600_000)
    for (const hook of world.account.due()) hook.settle(500)
  }
  expect(world.account.beliefs().webhooks).toMatchObject([{ disabled: true }])
})

async function readAll({ connection }: World): Promise<Reading[]> {
  const feed = must(connection.feeds['trackers'], 'there is a feed')
  const readings: Reading[] = []
  for (let cursor = null as Awaited<ReturnType<typeof feed.read>>['cursor'] | null; ;) {
    const page = await feed.read(cursor)
    readings.push(...page.readings)
    cursor = page.cursor
    if (!page.more) return readings
  }
}

test('the feed reads every page, names what has not changed the same, and keeps the signature of nobody', async () => {
  const world = createWorld()
  for (let one = 0; one < 205; one += 1) {
    world.clock.pass(1_000)
    await track(world, `94001000000000000000${100 + one}`)
  }
  const first = await readAll(world)
  expect(new Set(first.map(({ key }) => key)).size).toBe(205)
  expect(first.every(({ body }) => !('signed_by' in (body as object)))).toBe(true)
  world.clock.pass(60_000)
  world.account.scan('94001000000000000000100', 'delivered')
  const keys = new Set(first.map(({ key }) => key))
  const changed = (await readAll(world)).filter(({ key }) => !keys.has(key))
  expect(changed).toHaveLength(1)
  const [message] = world.connection.translate({ ...changed[0]!, receivedAt: at(0) })
  expect(message?.stream).toBe('parcel/easypost/94001000000000000000100')
})

test('a number that no carrier has is refused by name, and nothing is made', async () => {
  const world = createWorld()
  await expect(track(world, 'ABC123', 'Pigeon')).rejects.toMatchObject({
    kind: 'rejected',
    code: 'easypost.not_followed',
  })
  expect(world.account.beliefs().trackers).toEqual([])
})
