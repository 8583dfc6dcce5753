/** Orders of a shop that Signifyd screens: none reaches the ERP on anything but an acceptance of its last picture. */
import { asRequest } from '#connectors/kit/testing.ts'
import { createWorld, SCREENER, type WorldOptions } from '#connectors/signifyd/testing.ts'
import type { ScreeningPolicy } from '#core/policy.ts'
import { describe, expect, test } from 'vitest'
import { aHub, MINUTE_MS, usd } from './hub.ts'

const holdsWith = (rules: Partial<ScreeningPolicy>) => ({
  kinds: {},
  escalateTo: 'management',
  checks: {},
  screening: {
    shop: { by: SCREENER, withinMinutes: 60, atExpiry: 'escalate', owner: 'night desk', ...rules } as const,
  },
})

async function screened(rules: Partial<ScreeningPolicy> = {}, options: WorldOptions = {}) {
  const { team, clock, connection, io } = createWorld(options)
  const hub = await aHub({ clock, io, beside: { [SCREENER]: connection }, holds: holdsWith(rules) })
  const pictures = () => team.beliefs().map(({ orderId }) => orderId)
  return {
    ...hub,
    team,
    pictures,
    sales: () => [...hub.erp.sales],
    /** The last picture of the order. */
    decide: (action: Parameters<typeof team.decide>[1], picture = pictures().at(-1)!) => team.decide(picture, action),
    async hear(lose = false): Promise<void> {
      clock.now += MINUTE_MS
      for (const hook of team.due()) {
        if (!lose) await hub.receiver.receive(SCREENER, asRequest(hook, clock.now))
        hook.settle(200)
      }
      await hub.work()
    },
    held: async () => (await hub.state('1001')).onHold,
    codes: async () => (await hub.state('1001')).exceptions.map(({ code }) => code),
  }
}
const SOLD = [['shop:1001', 'sale']]

describe('an order that is screened', () => {
  test('accepted at once it goes on; it was sent once, and never held for fraud', async () => {
    const hub = await screened({}, { team: { atOnce: 'ACCEPT' } })
    await hub.order('1001')
    expect(hub.sales()).toEqual(SOLD)
    expect(hub.pictures()).toEqual([expect.stringMatching(/^shop:1001:1-[0-9a-f]{8}$/)])
    expect(await hub.held()).toEqual([])
  })

  test('is held while it is undecided, with its owner and its clock; accepted, it goes on', async () => {
    const hub = await screened({}, { team: { doubled: true } })
    await hub.order('1001')
    expect(hub.sales()).toEqual([])
    expect(await hub.held()).toMatchObject([
      { kind: 'screening', owner: 'night desk', atExpiry: 'escalate', reasons: [{ code: 'screening_awaited' }] },
    ])
    hub.decide('ACCEPT')
    await hub.hear()
    expect(hub.sales()).toEqual(SOLD)
    expect(await hub.held()).toEqual([])
    expect((await hub.journal('1001')).filter((type) => type === 'screening.decided')).toHaveLength(1)
  })

  test.each(['REJECT', 'HOLD', 'CHALLENGE', 'CREDIT'] as const)(
    '%s holds it for fraud, for two people',
    async (word) => {
      const hub = await screened()
      await hub.order('1001')
      hub.decide(word)
      await hub.hear()
      expect(await hub.held()).toMatchObject([
        {
          kind: 'fraud',
          reasons: [{ code: 'screening_stopped', detail: expect.stringContaining(`SIGNIFYD_${word}`) }],
        },
      ])
      const release = (by: string) => hub.post('/api/orders/shop/1001/holds/fraud/release', { by })
      await release('Kim')
      expect((await release('Kim')).status).toBe(409)
      expect(hub.sales()).toEqual([])
      await release('Lee')
      expect(hub.sales()).toEqual(SOLD)
    },
  )

  test('held and then accepted it goes on, though every webhook is lost', async () => {
    const hub = await screened()
    await hub.order('1001')
    hub.decide('HOLD')
    await hub.hear(true)
    await hub.pass(6)
    expect(await hub.held()).toMatchObject([{ kind: 'fraud' }])
    hub.decide('ACCEPT')
    await hub.hear(true)
    await hub.pass(60)
    expect(hub.sales()).toEqual(SOLD)
    expect(hub.pictures()).toHaveLength(1)
  })

  test('news that comes in the wrong order changes nothing', async () => {
    const hub = await screened()
    await hub.order('1001')
    hub.decide('ACCEPT')
    hub.clock.now += MINUTE_MS
    const [accepted] = hub.team.due()
    hub.decide('REJECT')
    await hub.hear()
    await hub.receiver.receive(SCREENER, asRequest(accepted!, hub.clock.now))
    await hub.work()
    expect(hub.sales()).toEqual([])
    expect(await hub.held()).toMatchObject([{ kind: 'fraud' }])
  })

  test('is not sent before everything else is right', async () => {
    const hub = await screened()
    await hub.order('1001', { paymentStatus: 'pending' })
    expect(hub.pictures()).toEqual([])
    await hub.order('1001', { updatedAt: '2026-11-21T16:00:00.000Z' })
    expect(hub.pictures()).toHaveLength(1)
  })
})

describe('edited meanwhile', () => {
  test('it is sent anew, and what is said of the old picture counts no more', async () => {
    const hub = await screened()
    await hub.order('1001')
    const [old] = hub.pictures()
    await hub.order('1001', { total: usd(9_999), updatedAt: '2026-11-21T16:00:00.000Z' })
    expect(hub.pictures()).toHaveLength(2)
    hub.decide('ACCEPT', old)
    await hub.hear()
    expect(hub.sales()).toEqual([])
    hub.decide('ACCEPT')
    await hub.hear()
    expect(hub.sales()).toEqual(SOLD)
  })

  test('a change that does not matter sends nothing', async () => {
    const hub = await screened()
    await hub.order('1001')
    await hub.order('1001', { tags: ['vip'], updatedAt: '2026-11-21T16:00:00.000Z' })
    expect(hub.pictures()).toHaveLength(1)
  })
})

describe('when no decision ever comes', () => {
  test('it is handed on, and stays here', async () => {
    const hub = await screened()
    await hub.order('1001')
    await hub.pass(62)
    expect(await hub.held()).toMatchObject([{ kind: 'screening', owner: 'management', escalated: 1 }])
    expect(hub.sales()).toEqual([])
  })

  test('it goes on where the policy says so; a rejection that comes then is shown', async () => {
    const hub = await screened({ atExpiry: 'release' })
    await hub.order('1001')
    await hub.pass(62)
    expect(hub.sales()).toEqual(SOLD)
    hub.decide('REJECT')
    await hub.hear()
    expect(await hub.codes()).toEqual(['screened_too_late'])
  })

  test('it is cancelled where the policy says so', async () => {
    const hub = await screened({ atExpiry: 'cancel' })
    await hub.order('1001')
    await hub.pass(62)
    expect((await hub.state('1001')).stage).toBe('cancelled')
    expect(hub.sales()).toEqual([])
  })
})

test('what cannot be sent stays held with its sentence; a retry sends it', async () => {
  let isRefused = true
  const refusing = async (): Promise<Response> => Response.json({ messages: ['Not today.'] }, { status: 400 })
  const hub = await screened({}, { wrap: (fetch) => (request) => (isRefused ? refusing() : fetch(request)) })
  await hub.order('1001')
  expect(await hub.held()).toMatchObject([
    { kind: 'screening', reasons: [{ code: 'screening_failed', detail: expect.stringContaining('Not today.') }] },
  ])
  isRefused = false
  await hub.say('1001', { type: 'order.retry' })
  hub.decide('ACCEPT')
  await hub.hear()
  expect(hub.sales()).toEqual(SOLD)
})
