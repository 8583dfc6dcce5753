/** What people do about dead letters: retry, edit, assign, comment, resolve; one by one and many at once. */
import { describe, expect, test } from 'vitest'
import { actOnMany, type BulkReport } from '#engine/dead-bulk.ts'
import { type Acted, assignTo, commentOn, resolveBy, retryLetter } from '#engine/dead-actions.ts'
import type { Denial } from '#engine/dead-denials.ts'
import { editLetter } from '#engine/dead-edit.ts'
import { adoptOrphans, sweepLetters } from '#engine/dead-sweep.ts'
import { keep } from '#engine/retention.ts'
import { DEFAULT_DEAD_LETTERS } from '#policy/dead-letters.ts'
import { readComments } from '#store/dead-letters.ts'
import { readBodies } from '#store/dead-subjects.ts'
import { Fault } from '../../src/fault.ts'
import { anOrder } from '../support/orders.ts'
import { hook, openWorld, settle, withRefusedOrder, type World } from './world.ts'

const who = 'Grace'

const acted = (result: Acted | Denial): Acted => {
  expect(result).toHaveProperty('changed')
  return result as Acted
}

const sales = ({ erp }: World) => erp.calls.filter((call) => call.startsWith('sale.ensure'))

describe('retrying the failed step', () => {
  test('ends with a proof also when the archive is quicker than the sweep', async () => {
    const { engine, erp, letters, clock, database } = await withRefusedOrder()
    erp.before = () => {}
    acted(await retryLetter(engine, 1, { who, mode: 'step' }))
    await settle(engine)
    clock.nowMs += 3_600_000
    const { moved } = await keep(engine, { hotDays: 1 / 48, keepDays: 'for ever' })
    expect(moved.inbox).toBeGreaterThan(0)
    await sweepLetters(engine)
    expect(await letters()).toMatchObject([{ state: 'resolved', resolution: 'answered' }])
    await keep(engine, { hotDays: 1 / 48, keepDays: 'for ever' })
    expect(await database.query(`select 1 from outbox where type = 'sale.ensure'`)).toEqual([])
  })

  test('makes the same call again under the same key, and its answer reaches the order', async () => {
    const world = await withRefusedOrder()
    const { engine, erp, database, letters, statusOf } = world
    erp.before = () => {}
    expect(acted(await retryLetter(engine, 1, { who, mode: 'step' })).changed).toBe(true)
    expect(acted(await retryLetter(engine, 1, { who, mode: 'step' })).changed).toBe(false)
    await settle(engine)
    expect(new Set(sales(world)).size).toBe(1)
    expect(sales(world)).toHaveLength(2)
    expect(await statusOf('order/shop/1')).toBe('confirmed')
    const [order] = await database.query<{ attention: boolean; exceptions: unknown }>(
      `select attention, state -> 'exceptions' as exceptions from stream where stream = 'order/shop/1'`,
    )
    expect(order).toEqual({ attention: false, exceptions: [] })
    expect(await sweepLetters(engine)).toBe(1)
    const [letter] = await letters()
    expect(letter).toMatchObject({ state: 'resolved', resolution: 'answered', retries: 1, deaths: 1 })
    expect(letter?.proof).toMatch(/^The call was answered at 2026-11-20T10:00:02.000Z/)
    const comments = await readComments(database, 1)
    expect(comments.map(({ who: by, action }) => [by, action])).toEqual([
      ['Grace', 'retried'],
      ['hub', 'resolved'],
    ])
  })

  test('that fails again opens the same letter again, counts it, and is not announced anew', async () => {
    const world = await withRefusedOrder()
    await world.database.query(`update dead_letter set notice = 77, notified_at = '2026-11-20T10:00:02Z'`)
    for (let round = 0; round < 2; round += 1) {
      acted(await retryLetter(world.engine, 1, { who, mode: 'step' }))
      await settle(world.engine)
      await sweepLetters(world.engine)
    }
    expect(await world.letters()).toMatchObject([{ id: 1, state: 'open', deaths: 3, retries: 2, notice: 77 }])
    expect(sales(world)).toHaveLength(3)
    const answers = await world.database.query<{ key: string }>(
      `select key from inbox where kind = 'answer' and key like 'answer/order/shop/1/%' order by id`,
    )
    expect(new Set(answers.map(({ key }) => key)).size).toBe(answers.length)
    expect(answers.filter(({ key }) => /#\d$/.test(key))).toHaveLength(2)
  })

  test('is refused once the stream has moved on, since a cancellation would be undone', async () => {
    const world = await withRefusedOrder()
    const { engine, receiver, statusOf } = world
    world.erp.before = () => {}
    const cancelledAt = '2026-11-20T10:05:00.000Z'
    await receiver.receive('shop', hook(anOrder('1', { cancelledAt, updatedAt: cancelledAt }), 'cancel'))
    await settle(engine)
    expect(await statusOf('order/shop/1')).toBe('cancelled')
    expect(await retryLetter(engine, 1, { who, mode: 'step' })).toMatchObject({ code: 'overtaken' })
    await settle(engine)
    expect(world.erp.sales.has('shop:1')).toBe(false)
  })

  test('is refused for what the stock ledger no longer counts; the latest version is retried', async () => {
    const world = await openWorld()
    const { engine, receiver, shown, letters } = world
    world.shop.outbound['inventory.set'] = {
      ...world.shop.outbound['inventory.set']!,
      send: () => Promise.reject(new Fault('rejected', 'No such location.', { code: 'shopify.refused' })),
    }
    const working = world.shop.outbound['inventory.set']
    world.erp.free['MUG'] = 40
    const nudge = [{ stream: 'stock/WH/MUG', command: { type: 'stock.nudge', free: 40 } }]
    await receiver.receive('shop', hook(nudge, 'nudge', 'messages'))
    await settle(engine)
    expect(await letters()).toMatchObject([{ what: 'inventory.set', connection: 'shop', stream: 'stock/WH/MUG' }])
    expect(await retryLetter(engine, 1, { who, mode: 'step' })).toMatchObject({
      code: 'overtaken',
      reason: expect.stringContaining('offer a piece twice') as string,
    })
    world.shop.outbound['inventory.set'] = {
      ...working,
      send: (sent) =>
        Promise.resolve(sent.map(({ ask }) => ((shown[ask.sku] = ask.to), { answer: { outcome: 'set' as const } }))),
    }
    acted(await retryLetter(engine, 1, { who, mode: 'latest' }))
    await settle(engine)
    expect(shown['MUG']).toBe(40)
    await sweepLetters(engine)
    expect(await letters()).toMatchObject([{ state: 'resolved', resolution: 'mended' }])
  })

  test('a letter is not ended by what happened before it failed', async () => {
    const { engine, erp, receiver, letters } = await openWorld()
    erp.before = (type) => {
      if (type === 'stock.read') throw new Fault('rejected', 'No such product.', { code: 'odoo.sku_unknown' })
    }
    const nudge = [{ stream: 'stock/WH/MUG', command: { type: 'stock.nudge', free: 1 } }]
    await receiver.receive('shop', hook(nudge, 'nudge', 'messages'))
    await settle(engine)
    expect(await sweepLetters(engine)).toBe(0)
    expect(await letters()).toMatchObject([{ what: 'stock.read', state: 'open' }])
    erp.before = () => {}
    acted(await retryLetter(engine, 1, { who, mode: 'latest' }))
    await settle(engine)
    await sweepLetters(engine)
    expect(await letters()).toMatchObject([{ state: 'resolved', resolution: 'mended' }])
  })

  test('has an end: people may do it as often as the policy says', async () => {
    const deadLetters = { ...DEFAULT_DEAD_LETTERS, retriesMax: 2 }
    const { engine } = await withRefusedOrder({ deadLetters })
    for (let round = 0; round < 2; round += 1) {
      acted(await retryLetter(engine, 1, { who, mode: 'step' }))
      await settle(engine)
    }
    expect(await retryLetter(engine, 1, { who, mode: 'step' })).toMatchObject({ code: 'retries_used_up' })
    expect(await retryLetter(engine, 1, { who, mode: 'latest' })).toMatchObject({ code: 'retries_used_up' })
  })
})

describe('retrying on the latest version', () => {
  test('lets the order decide again: what changed since is in the new call', async () => {
    const world = await withRefusedOrder()
    const { engine, receiver, letters } = world
    world.erp.before = () => {}
    const note = { updatedAt: '2026-11-20T10:30:00.000Z', customer: { key: 'shop-8', name: 'Mary Shelley' } }
    await receiver.receive('shop', hook(anOrder('1', note), 'edited'))
    await settle(engine)
    acted(await retryLetter(engine, 1, { who, mode: 'latest' }))
    await settle(engine)
    expect(new Set(sales(world)).size).toBe(2)
    await sweepLetters(engine)
    const [letter] = await letters()
    expect(letter).toMatchObject({ state: 'resolved', resolution: 'mended' })
    expect(letter?.proof).toMatch(/^order\/shop\/1\/\d+ order\.confirmed at 2026-/)
  })

  test('that is refused by the stream leaves the letter open and says why', async () => {
    const world = await withRefusedOrder()
    const { engine, receiver, letters, database } = world
    const unpaid = { paymentStatus: 'pending' as const, updatedAt: '2026-11-20T10:30:00.000Z' }
    await receiver.receive('shop', hook(anOrder('1', unpaid), 'unpaid'))
    await settle(engine)
    acted(await retryLetter(engine, 1, { who, mode: 'latest' }))
    await settle(engine)
    await sweepLetters(engine)
    expect(await letters()).toMatchObject([{ state: 'open', retries: 1, retry_key: null }])
    const last = (await readComments(database, 1)).at(-1)
    expect(last?.text).toMatch(/^The retry was refused \(held_back\): /)
  })

  test('that did something else leaves the letter open once nothing is under way', async () => {
    const { engine, letters, database } = await withRefusedOrder()
    await database.query(
      `insert into inbox (source, key, kind, topic, body, correlation, received_at, state, priority, decided_at, outcome)
       select 'person', 'asked', 'note', stream, '{}', stream, opened_at, 'done', 1, opened_at, 'order.announceRetried'
       from dead_letter`,
    )
    await database.query(`update dead_letter set state = 'retrying', retry_key = 'asked'`)
    await database.query(
      `update inbox set state = 'new' where key = (select min(key) from inbox where kind = 'answer')`,
    )
    await sweepLetters(engine)
    expect(await letters()).toMatchObject([{ state: 'retrying' }])
    await database.query(`update inbox set state = 'done' where state = 'new'`)
    await sweepLetters(engine)
    expect(await letters()).toMatchObject([{ state: 'open', retry_key: null }])
    const last = (await readComments(database, 1)).at(-1)
    expect(last?.text).toBe('The retry did something else (order.announceRetried), and this is as it was.')
  })

  test('that fails again is one open letter, which knows how often and whose', async () => {
    const { engine, letters } = await withRefusedOrder()
    await assignTo(engine, 1, { who, assignee: 'Ada' })
    acted(await retryLetter(engine, 1, { who, mode: 'latest' }))
    await settle(engine)
    await sweepLetters(engine)
    expect(await letters()).toMatchObject([
      { state: 'resolved', resolution: 'superseded' },
      { state: 'open', retries: 1, assignee: 'Ada' },
    ])
  })
})

describe('editing', () => {
  async function withBadOrder(change: object = { externalId: '' }) {
    const world = await openWorld()
    await world.receiver.receive('shop', hook({ ...anOrder('5'), ...change }, 'bad'))
    await settle(world.engine)
    return world
  }

  test('a delivery is accepted, decided, and both bodies are kept', async () => {
    const { engine, letters, statusOf, database } = await withBadOrder()
    const changes = [{ path: '/externalId', value: '5' }]
    const checked = acted(await editLetter(engine, 1, { changes }, { who, check: true }))
    expect(checked).toMatchObject({ changed: false, said: 'It would be accepted.' })
    expect(acted(await editLetter(engine, 1, { changes }, { who })).changed).toBe(true)
    expect(acted(await editLetter(engine, 1, { changes }, { who })).changed).toBe(false)
    acted(await retryLetter(engine, 1, { who, mode: 'step' }))
    await settle(engine)
    expect(await statusOf('order/shop/5')).toBe('confirmed')
    await sweepLetters(engine)
    expect(await letters()).toMatchObject([{ state: 'resolved', resolution: 'decided' }])
    const bodies = await readBodies(database, 1)
    expect(bodies.map(({ version, who: by }) => [version, by])).toEqual([[0, 'shop'], [1, 'Grace']]) // prettier-ignore
    expect(JSON.parse(bodies[0]!.body.toString())).toMatchObject({ externalId: '' })
    expect(JSON.parse(bodies[1]!.body.toString())).toMatchObject({ externalId: '5' })
  })

  test('what breaks the schema is refused with the field and the reason, and nothing is changed', async () => {
    const { engine, letters, database } = await withBadOrder()
    const before = await database.query(`select body from inbox where key = 'bad'`)
    const wrong = [
      { path: '/externalId', value: '5' },
      { path: '/lines/0/quantity', value: 1.5 },
    ]
    expect(await editLetter(engine, 1, { changes: wrong }, { who })).toMatchObject({
      code: 'not_accepted',
      field: 'order.lines.0.quantity',
      reason: expect.stringMatching(/int/) as string,
    })
    expect(await editLetter(engine, 1, { changes: [{ path: '/name', value: '#55' }] }, { who })).toMatchObject({
      code: 'not_accepted',
      reason: 'The order has no id.',
    })
    expect(await editLetter(engine, 1, { body: '{' }, { who })).toMatchObject({ reason: 'The body is not JSON.' })
    expect(await editLetter(engine, 1, { changes: [{ path: '/no/such', value: 1 }] }, { who })).toMatchObject({
      code: 'no_such_member',
      field: '/no/such',
    })
    expect(await database.query(`select body from inbox where key = 'bad'`)).toEqual(before)
    expect(await letters()).toMatchObject([{ state: 'open', retries: 0 }])
    expect(await readBodies(database, 1)).toEqual([])
  })

  test('a command that a person or a stream gave is held against its schema', async () => {
    const { engine, database } = await openWorld()
    const body = Buffer.from(JSON.stringify({ type: 'order.cancel', reason: 'staff' }))
    await database.query(
      `insert into inbox (source, key, kind, topic, body, received_at, state, outcome, decided_at)
       values ('person', 'k', 'note', 'order/shop/9', $1, '2026-11-20Z', 'dead', 'x', '2026-11-20Z')`,
      [body],
    )
    expect(await adoptOrphans(engine)).toBe(1)
    expect(await adoptOrphans(engine)).toBe(0)
    const at = '/at'
    expect(await editLetter(engine, 1, { changes: [{ path: at, value: 'soon' }] }, { who })).toMatchObject({
      field: 'at',
      reason: 'must be UTC with milliseconds',
    })
    const given = [{ path: at, value: '2026-11-20T10:00:00.000Z' }]
    expect(await editLetter(engine, 1, { changes: given }, { who })).toMatchObject({ changed: true })
  })

  test('neither asks nor answers are edited', async () => {
    const { engine } = await withRefusedOrder()
    expect(await editLetter(engine, 1, { body: '{}' }, { who })).toMatchObject({ code: 'ask_not_editable' })
  })
})

describe('assigning, commenting and resolving', () => {
  test('are written down with who and when, and once', async () => {
    const { engine, letters, database } = await withRefusedOrder()
    for (let twice = 0; twice < 2; twice += 1) {
      await assignTo(engine, 1, { who, assignee: 'Ada' })
      await commentOn(engine, 1, { who, text: 'Asked the tax office.' })
    }
    for (let twice = 0; twice < 2; twice += 1) await resolveBy(engine, 1, { who, reason: 'Sold by telephone.' })
    expect(await letters()).toMatchObject([
      { state: 'resolved', resolution: 'by_hand', proof: 'Grace: Sold by telephone.', assignee: 'Ada' },
    ])
    const comments = await readComments(database, 1)
    expect(comments.map(({ action }) => action)).toEqual(['assigned', 'commented', 'resolved'])
    expect(await retryLetter(engine, 1, { who, mode: 'step' })).toMatchObject({ code: 'resolved' })
    expect(await resolveBy(engine, 99, { who, reason: 'x' })).toMatchObject({ code: 'letter_unknown' })
  })

  test('a message resolved by hand that dies again is opened and announced again', async () => {
    const { engine, receiver, letters, database } = await openWorld()
    await receiver.receive('shop', hook({}, 'bad'))
    await settle(engine)
    await database.query(`update dead_letter set notice = 5, notified_at = '2026-11-20Z'`)
    await resolveBy(engine, 1, { who, reason: 'Nothing to do.' })
    await database.query(`update inbox set state = 'new' where state = 'dead'`)
    await settle(engine)
    expect(await letters()).toMatchObject([{ state: 'open', deaths: 2, notice: null, notified_at: null }])
  })
})

describe('many at once', () => {
  test('are retried one by one, with progress; one that is refused stops no other', async () => {
    const world = await openWorld()
    const { engine, receiver, erp, letters } = world
    erp.before = (type) => {
      if (type === 'sale.ensure') throw new Fault('rejected', 'No such tax.', { code: 'odoo.tax_unknown' })
    }
    for (let n = 1; n <= 5; n += 1) await receiver.receive('shop', hook(anOrder(String(n)), String(n)))
    await settle(engine)
    erp.before = () => {}
    const cancelledAt = '2026-11-20T10:05:00.000Z'
    await receiver.receive('shop', hook(anOrder('3', { cancelledAt, updatedAt: cancelledAt }), 'cancel'))
    await settle(engine)
    const progress: number[] = []
    const filter = { state: 'unresolved', class: 'missing' } as const
    const report = (await actOnMany(engine, filter, { who, action: 'retry', mode: 'step' }, (done) =>
      progress.push(done),
    )) as BulkReport
    expect(report).toMatchObject({ found: 5, changed: 4, refused: [{ code: 'overtaken', count: 1 }] })
    expect(progress).toEqual([1, 2, 3, 4, 5])
    await settle(engine)
    await sweepLetters(engine)
    expect((await letters()).filter(({ state }) => state === 'resolved')).toHaveLength(5)
    expect([...erp.sales.keys()].sort()).toEqual(['shop:1', 'shop:2', 'shop:4', 'shop:5'])
  })

  test('more than the policy allows are refused before the first is touched', async () => {
    const deadLetters = { ...DEFAULT_DEAD_LETTERS, bulkMax: 1 }
    const { engine, receiver, letters } = await openWorld({ deadLetters })
    for (const key of ['a', 'b']) await receiver.receive('shop', hook({}, key))
    await settle(engine)
    const all = { state: 'unresolved' } as const
    expect(await actOnMany(engine, all, { who, action: 'resolve', reason: 'x' })).toMatchObject({ code: 'too_many' })
    expect((await letters()).map(({ state }) => state)).toEqual(['open', 'open'])
  })
})
