/** Deciding again without effect: what would be different, in words and counts, and nothing sent or written. */
import { describe, expect, test } from 'vitest'
import { dryRun } from '#engine/replay/dry-run.ts'
import { stateAt } from '#engine/replay/time-travel.ts'
import { readOnly } from '#store/replay.ts'
import { anOrder } from '../support/orders.ts'
import { countsOf, lastRow, openShop, rules, stateOf } from './shop.ts'

const ALL = { from: '2026-01-01T00:00Z' }

describe('a dry run', () => {
  test('with the policies of the time finds nothing, whatever the policy is today', async () => {
    const world = await openShop()
    await world.deliver(anOrder('1'), 'o1')
    const changed = { ...world.engine, policy: rules({ safetyStock: 40 }) }
    const found = await dryRun(changed, ALL, { policy: 'recorded' })
    expect(found).toMatchObject({ identical: true, streams: 0, policiesUnknown: [] })
    expect(found.events.recorded).toBe((await countsOf(world.engine)).journal)
    expect((await dryRun(changed, ALL)).streams).toBeGreaterThan(0)
    const earlier = world.engine.policy.version
    expect(await dryRun(changed, ALL, { policy: earlier.slice(0, 8) })).toMatchObject({ identical: true })
    await world.database.query('delete from policy_version')
    expect((await dryRun(changed, ALL, { policy: 'recorded' })).policiesUnknown).toEqual([earlier])
  })

  test('names what another policy would have held back, and the answers that nobody would have heard', async () => {
    const { engine, deliver, erp } = await openShop()
    await deliver(anOrder('1'), 'o1')
    const before = await countsOf(engine)
    const calls = erp.calls.length
    const strict = { ...engine, policy: rules({ releaseWhen: ['partly_refunded'] }) }
    const found = await dryRun(strict, ALL)
    expect(found.counts.missing.intent).toBeGreaterThan(0)
    const named = found.findings.map(({ stream, verdict, kind, type }) => `${verdict} ${kind} ${type} ${stream}`)
    expect(named).toContain('missing intent sale.ensure order/shop/1')
    expect(named).toContain('missing event order.confirmed order/shop/1')
    expect(named).toContain('additional event order.heldBack order/shop/1')
    expect(found.answers.first.map(({ type }) => type)).toContain('sale.ensure')
    expect(await countsOf(engine)).toEqual(before)
    expect(erp.calls).toHaveLength(calls)
  })

  test('follows notes that were never written, and leaves out those that would not have been', async () => {
    const nobody = { ...rules(), version: 'nobody', channels: {} }
    const refused = await openShop({ policy: nobody })
    await refused.deliver(anOrder('1'), 'o1')
    const words = async (engine: typeof refused.engine) => {
      const { findings } = await dryRun(engine, ALL)
      return findings.map(({ stream, verdict, type }) => `${verdict} ${type} ${stream}`)
    }
    const now = await words({ ...refused.engine, policy: rules() })
    for (const one of ['stock.reserved stock/WH/MUG', 'order.released order/shop/1', 'sale.ensure order/shop/1'])
      expect(now).toContain(`additional ${one}`)
    const taken = await openShop()
    await taken.deliver(anOrder('1'), 'o1')
    const then = await words({ ...taken.engine, policy: nobody })
    for (const one of ['stock.reserved stock/WH/MUG', 'order.released order/shop/1', 'sale.ensure order/shop/1'])
      expect(then).toContain(`missing ${one}`)
  })

  test('says what an order would have owed that was held back', async () => {
    const { engine, deliver } = await openShop({ policy: rules({ releaseWhen: ['partly_refunded'] }) })
    await deliver(anOrder('1'), 'o1')
    const found = await dryRun({ ...engine, policy: rules() }, ALL)
    const named = found.findings.map(({ verdict, kind, type }) => `${verdict} ${kind} ${type}`)
    expect(named).toContain('additional intent sale.ensure')
    expect(found.counts.missing.intent).toBe(0)
  })

  test('of one stream or one message looks at nothing else', async () => {
    const { engine, deliver } = await openShop()
    await deliver(anOrder('1'), 'o1')
    await deliver(anOrder('2'), 'o2')
    const strict = { ...engine, policy: rules({ releaseWhen: ['partly_refunded'] }) }
    const stream = await dryRun(strict, { stream: 'order/shop/2' })
    expect(new Set(stream.findings.map((one) => one.stream))).toEqual(new Set(['order/shop/2']))
    expect(await dryRun(engine, { stream: 'order/shop/2' })).toMatchObject({ identical: true, streams: 0 })
    expect(await dryRun(engine, { stream: 'stock/WH/MUG' })).toMatchObject({ identical: true, streams: 0 })
    const inbox = await lastRow(engine, 'o2')
    expect(await dryRun(engine, { inbox })).toMatchObject({ rows: 1, identical: true, streams: 0 })
    expect((await dryRun(engine, { connection: 'erp' })).identical).toBe(true)
  })

  test('of a period begins with the streams as they stood then', async () => {
    const { engine, deliver, clock } = await openShop()
    await deliver(anOrder('1'), 'o1')
    const from = new Date(clock.ms).toISOString()
    await deliver(anOrder('2'), 'o2')
    const to = new Date(clock.ms).toISOString()
    await deliver(anOrder('3'), 'o3')
    const found = await dryRun(engine, { from, to })
    expect(found).toMatchObject({ identical: true, streams: 0 })
    expect(found.events.recorded).toBeGreaterThan(3)
  })

  test('lists the first differences and counts the rest', async () => {
    const { engine, deliver } = await openShop()
    for (const id of ['1', '2', '3']) await deliver(anOrder(id), `o${id}`)
    const strict = { ...engine, policy: rules({ releaseWhen: ['partly_refunded'] }) }
    const whole = await dryRun(strict, ALL, { limit: 1_000 })
    const short = await dryRun(strict, ALL, { limit: 2 })
    expect(whole.more).toBe(0)
    expect(short.findings).toHaveLength(2)
    expect(short.more).toBe(whole.findings.length - 2)
    expect(short.counts).toEqual(whole.counts)
  })

  test('cannot write: the server refuses it', async () => {
    const { engine } = await openShop()
    const writing = readOnly(engine.database, (sql) => sql.query(`update inbox set outcome = 'x'`))
    await expect(writing).rejects.toMatchObject({ code: '25006' })
  })

  test.each([
    [{}, 'Name a message'],
    [{ inbox: 1, stream: 'order/shop/1' }, 'not several'],
    [{ inbox: 1, from: '2026-01-01' }, 'taken whole'],
    [{ from: 'yesterday' }, 'no moment'],
    [{ from: '2026-01-02', to: '2026-01-01' }, 'ends before it begins'],
  ])('refuses the selection %j', async (selection, reason) => {
    const { engine } = await openShop()
    await expect(dryRun(engine, selection)).rejects.toThrow(reason)
  })

  test('refuses a policy nobody kept, and says which there are', async () => {
    const { engine } = await openShop()
    const asking = dryRun(engine, ALL, { policy: 'ffff' })
    await expect(asking).rejects.toThrow(`newest last: ${engine.policy.version}`)
  })
})

describe('time travel', () => {
  test('gives a stream as it stood at a version or a moment', async () => {
    const { engine, deliver, clock } = await openShop()
    await deliver(anOrder('1'), 'o1')
    const then = new Date(clock.ms - 1).toISOString()
    const before = await stateOf(engine, 'order/shop/1')
    await deliver(
      anOrder('1', { updatedAt: '2026-11-20T11:00:00.000Z', cancelledAt: '2026-11-20T11:00:00.000Z' }),
      'o1b',
    )
    expect((await stateOf(engine, 'order/shop/1')).status).toBe('cancelled')
    const past = await stateAt(engine.database, 'order/shop/1', { at: then })
    expect(past).toMatchObject({ state: before.state, status: before.status, version: before.version })
    expect(past!.latest).toBeGreaterThan(past!.version)
    const nothing = await stateAt(engine.database, 'order/shop/1', { version: 0 })
    expect(nothing).toMatchObject({ version: 0, event: null, state: { stage: 'absent' } })
    expect(await stateAt(engine.database, 'order/shop/9', { version: 0 })).toBeNull()
    const beyond = stateAt(engine.database, 'order/shop/1', { version: 999 })
    await expect(beyond).rejects.toThrow('there is no version 999')
  })
})

describe('T26', () => {
  test('T26: a dry run over a full catalogue writes nothing, sends nothing, and gives the full diff', async () => {
    const skus = Array.from({ length: 1_500 }, (_, index) => `SKU-${index}`)
    const { engine, erp, shown } = await openShop({ skus, free: 10, parallel: 50 })
    const [before, calls, shelves] = [await countsOf(engine), erp.calls.length, { ...shown }]
    const found = await dryRun({ ...engine, policy: rules({ safetyStock: 4 }) }, ALL, { limit: 10_000 })
    // Ten pieces each: with four kept back every one of them would have been published as six.
    expect(found.streams).toBe(skus.length)
    expect(found.counts.different).toEqual({ event: skus.length, intent: skus.length, note: 0 })
    const published = found.findings.filter(({ type }) => type === 'inventory.set')
    expect(new Set(published.map(({ stream }) => stream)).size).toBe(skus.length)
    for (const { fields, recorded, again } of published)
      expect([fields, (recorded as { to: number }).to, (again as { to: number }).to]).toEqual([['to'], 10, 6])
    expect(found.answers.unfit).toBe(skus.length)
    expect(await countsOf(engine)).toEqual(before)
    expect([erp.calls.length, shown]).toEqual([calls, shelves])
  })
})
