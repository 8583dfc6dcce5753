/** The webhook subscription is kept, what was missed is told, and doctor says what is wrong. */
import { expect, test } from 'vitest'
import type { Gap } from '../kit/connector.ts'
import { asRequest } from '../kit/testing.ts'
import { createWorld, HOOK_URL, MUG, takeHooks } from './testing.ts'

async function maintained(options: Parameters<typeof createWorld>[0] = {}) {
  const world = createWorld(options)
  const gaps: Gap[] = []
  const run = () => world.connection.upkeep['webhooks']!.run((gap) => Promise.resolve(void gaps.push(gap)))
  return { ...world, gaps, run, said: await run() }
}

test('one subscription is made, once; then there is nothing to do', async () => {
  const { run, said, gaps, seller } = await maintained()
  expect(said).toEqual([expect.stringContaining('signatureKey')])
  expect(gaps).toMatchObject([
    { feeds: ['orders', 'payments', 'refunds', 'counts', 'catalog'], triedForMs: 86_400_000 },
  ])
  expect(await run()).toEqual([])
  expect(seller.beliefs().subscriptions).toBe(1)
})

test('one that was switched off is switched on again with its key: no webhook becomes a stranger', async () => {
  const { run, seller, gaps, clock, connection } = await maintained()
  const key = seller.signatureKey(HOOK_URL)
  seller.disableSubscriptions()
  expect(await run()).toEqual([expect.stringContaining('switched the webhook subscription on'.replace('s', 'S'))])
  expect(gaps).toHaveLength(2)
  expect(seller.signatureKey(HOOK_URL)).toBe(key)
  seller.addItem(MUG)
  const [hook] = takeHooks({ clock, seller })
  expect(connection.receive!(asRequest(hook!))).toHaveProperty('key')
})

test('another process learns the key of what is there already', async () => {
  const { seller, clock, config, io, run } = await maintained()
  const other = (await import('./index.ts')).square.open(config, { name: 'square-main', io, hookUrl: HOOK_URL })
  seller.addItem(MUG)
  const [hook] = takeHooks({ clock, seller })
  expect(() => other.receive!(asRequest(hook!))).toThrow('signature')
  await other.upkeep['webhooks']!.run()
  expect(other.receive!(asRequest(hook!))).toHaveProperty('key')
  expect(await run()).toEqual([])
})

test('the same second time after it was deleted makes another one', async () => {
  const { run, seller, clock } = await maintained()
  seller.dropSubscriptions()
  clock.pass(3_600_000)
  expect(await run()).toHaveLength(1)
  expect(seller.beliefs().subscriptions).toBe(1)
})

test('a webhook is sent again for a day, with the same bytes, then given up', async () => {
  const { seller, clock } = await maintained()
  seller.addItem(MUG)
  const bodies = new Set<string>()
  let last = clock.now
  const first = clock.now
  for (let minute = 0; minute < 48 * 60; minute += 1) {
    clock.pass(60_000)
    for (const hook of seller.due()) {
      bodies.add(hook.body)
      last = clock.now
      hook.settle(503)
    }
  }
  expect(bodies.size).toBe(2)
  expect((last - first) / 3_600_000).toBeGreaterThan(18)
  expect((last - first) / 3_600_000).toBeLessThanOrEqual(24)
})

const findings = async (
  options: Parameters<typeof createWorld>[0],
  act = (_: ReturnType<typeof createWorld>) => {},
) => {
  const world = createWorld(options)
  act(world)
  return (await world.connection.check()).map(({ level, about }) => `${level} ${about}`)
}

test('doctor: permissions, version, clock, webhooks and locations', async () => {
  expect(await findings({})).toEqual([
    'ok connection',
    'ok permissions',
    'ok version',
    'ok clock',
    'warning webhooks',
    'ok locations',
    'ok locations',
  ])
  expect(await findings({ hookUrl: null })).toContain('warning webhooks')
  expect(await findings({}, ({ seller }) => seller.setScopes(['ORDERS_READ', 'MERCHANT_PROFILE_READ']))).toContain(
    'error permissions',
  )
  expect(await findings({ config: { merchantId: 'OTHER' } })).toContain('error seller')
  expect(await findings({ config: { apiVersion: '2024-01-18' } })).toContain('warning version')
  expect(await findings({ aheadMs: 120_000 })).toContain('warning clock')
  expect(await findings({ config: { locations: [] } })).toContain('warning locations')
  expect(await findings({ config: { locations: [{ locationId: 'L9', pool: 'WH' }] } })).toContain('error locations')
  expect(await findings({}, ({ seller }) => seller.setToken('x'))).toEqual(['error permissions'])
})
