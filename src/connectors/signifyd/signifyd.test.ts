/** What is sent to Signifyd and what is not, how its words are read, and who is believed. */
import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { toFault } from '../../fault.ts'
import { receive, translate } from './inbound.ts'
import { TEST_KEY } from './limits.ts'
import { asRequest } from '../kit/testing.ts'
import { askFor, createWorld, REFERENCE, screen, TEAM_KEY } from './testing.ts'

const said = (decision: unknown, change = {}) => ({ signifydId: 7, orderId: REFERENCE, decision, ...change })
const hold = { createdAt: '2026-11-21T15:30:00.384721Z', checkpointAction: 'HOLD', checkpointActionReason: 'WATCH' }
const meaning = (body: unknown) => translate({ topic: 'any', body: body as never, receivedAt: '' })
const signedWith = (key: string, body: string) => ({
  headers: {
    'signifyd-topic': 't',
    'signifyd-sec-hmac-sha256': createHmac('sha256', key).update(body).digest('base64'),
  },
  body: new TextEncoder().encode(body),
  receivedAt: '2026-11-21T15:30:00.000Z',
})

describe('who is believed', () => {
  test('the published form of the signature is told from another one', () => {
    const request = signedWith('s3cr3t', '{"caseId":1}')
    expect(request.headers['signifyd-sec-hmac-sha256']).toBe('AbV8UQYbRIFa70qXO2acq6oNyInoYIK8u7ADElBgV/Q=')
    expect(receive(request, ['s3cr3t'])).toMatchObject({ topic: 't' })
    expect(() => receive(request, ['other'])).toThrow('signature')
  })

  test('the key everybody knows opens nothing, even configured as ours', () => {
    const body = JSON.stringify(said({ ...hold, checkpointAction: 'ACCEPT' }))
    expect(receive(signedWith(TEST_KEY, body), [TEAM_KEY])).toHaveProperty('ignore')
    expect(receive(signedWith(TEST_KEY, body), [TEST_KEY])).toHaveProperty('ignore')
  })

  test('a former key is taken while it is named', () => {
    const request = signedWith('former', JSON.stringify(said(hold)))
    expect(createWorld({ config: { formerKeys: ['env:former'] } }).connection.receive!(request)).toHaveProperty('key')
    expect(() => createWorld().connection.receive!(request)).toThrow('signature')
  })

  test('a decision that changes is another delivery, the same one sent twice is not', async () => {
    const world = createWorld({ team: { doubled: true } })
    await screen(world)
    world.team.decide(REFERENCE, 'HOLD')
    world.team.decide(REFERENCE, 'ACCEPT')
    world.clock.now += 2_000
    const keys = world.team.due().map((hook) => {
      const received = world.connection.receive!(asRequest(hook, world.clock.now))
      return 'key' in received ? received.key : ''
    })
    expect(keys).toHaveLength(4)
    expect(new Set(keys).size).toBe(2)
  })
})

describe('what is read', () => {
  test('a decision goes to its order, with the moment to the millisecond', () => {
    expect(meaning(said(hold))).toEqual([
      {
        stream: 'order/shop/1001',
        command: {
          type: 'order.noteScreening',
          reference: REFERENCE,
          caseId: '7',
          decision: { action: 'hold', reason: 'WATCH', at: '2026-11-21T15:30:00.384Z' },
        },
      },
    ])
  })

  test('a word nobody knows is never an acceptance', () => {
    expect(meaning(said({ ...hold, checkpointAction: 'CREDIT' }))).toMatchObject([
      { command: { decision: { action: 'unknown' } } },
    ])
  })

  test('a sentence with personal data is not taken for a reason', () => {
    const [message] = meaning(said({ ...hold, checkpointActionReason: 'mail of ada@example.com' }))
    expect(message).toMatchObject({ command: { decision: { reason: 'HOLD' } } })
  })

  test('what is undecided, of somebody else, or nothing at all means nothing', () => {
    expect(meaning(said(null))).toEqual([])
    expect(meaning(said(hold, { orderId: '100000042' }))).toEqual([])
    expect(meaning({ test: true })).toEqual([])
  })

  test('whatever comes, it is translated or refused by a name', () => {
    const anything = fc.oneof(
      fc.jsonValue(),
      fc.record({ signifydId: fc.jsonValue(), orderId: fc.jsonValue(), decision: fc.jsonValue() }),
      fc.record({
        orderId: fc.constant(REFERENCE),
        decision: fc.record({
          createdAt: fc.oneof(fc.string(), fc.constant(hold.createdAt)),
          checkpointAction: fc.string(),
          checkpointActionReason: fc.jsonValue(),
        }),
      }),
    )
    fc.assert(
      fc.property(anything, (body) => {
        try {
          for (const { stream } of meaning(body)) expect(stream).toBe('order/shop/1001')
        } catch (error) {
          expect(toFault(error).code).toBe('signifyd.malformed')
        }
      }),
    )
  })
})

describe('what is sent', () => {
  test('the order, with the personal fields that are named and no other', async () => {
    const world = createWorld()
    await screen(world)
    expect(world.team.beliefs()).toMatchObject([
      {
        orderId: REFERENCE,
        body: { purchase: { totalPrice: 21.65, confirmationEmail: 'ada@example.com', shipments: [{}] } },
      },
    ])
    const bare = createWorld({ config: { send: [] } })
    await screen(bare)
    const text = JSON.stringify(bare.team.beliefs())
    for (const personal of ['ada@', '+1512', 'Ada', 'Dock', 'Bank', 'Austin', '78701'])
      expect(text).not.toContain(personal)
  })

  test('an address goes without the name where the name is not sent', async () => {
    const world = createWorld({ config: { send: ['shipping_address'] } })
    await screen(world)
    const text = JSON.stringify(world.team.beliefs())
    expect(text).toContain('1 Dock Road')
    for (const personal of ['Ada', '2 Bank Street', '@']) expect(text).not.toContain(personal)
  })

  test('without a decision it is asked for, and nothing is sent twice', async () => {
    const world = createWorld()
    expect(await screen(world)).toMatchObject({ decision: null })
    expect(await screen(world)).toMatchObject({ decision: null })
    world.team.decide(REFERENCE, 'ACCEPT')
    expect(await screen(world)).toMatchObject({ decision: { action: 'accept' } })
    expect(world.team.beliefs()).toHaveLength(1)
  })

  test('what it refuses is refused with its sentence, and without the key', async () => {
    await expect(screen(createWorld(), askFor({ lines: [] }))).rejects.toMatchObject({
      kind: 'rejected',
      code: 'signifyd.refused',
      message: expect.stringContaining('purchase.products'),
    })
    const wrong = createWorld({ team: { teamKey: 'another' } })
    await expect(screen(wrong)).rejects.toMatchObject({ kind: 'unauthorised' })
    expect(await wrong.connection.check()).toMatchObject([{ level: 'error', about: 'permissions' }])
  })

  test('a team comes back as it was', async () => {
    const world = createWorld()
    await screen(world)
    const before = world.team.snapshot()
    world.team.decide(REFERENCE, 'REJECT')
    world.team.restore(before)
    expect(world.team.beliefs()).toMatchObject([{ action: null }])
  })
})
