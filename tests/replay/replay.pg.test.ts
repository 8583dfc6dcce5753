/** Replay with effect and its undo: shown first, done exactly as shown, once, and through the one spine. */
import { describe, expect, test } from 'vitest'
import { previewReplay, replay } from '#engine/replay/replay.ts'
import { previewUndo, undo } from '#engine/replay/undo.ts'
import { listRuns } from '#store/replay-run.ts'
import { anOrder } from '../support/orders.ts'
import { countsOf, lastRow, openShop, rules, settle, stateOf } from './shop.ts'

/** A shop where an order was refused, since no policy named its channel; mended meanwhile. */
async function lostOrder() {
  const none = rules()
  const world = await openShop({ policy: { ...none, version: 'none', channels: {} } })
  await world.deliver(anOrder('1'), 'o1')
  expect(await stateOf(world.engine, 'order/shop/1')).toBeUndefined()
  const engine = { ...world.engine, policy: none }
  const selection = { inbox: await lastRow(engine, 'o1') }
  return { ...world, engine, selection }
}

describe('a replay', () => {
  test('does what was missing, once, as it was shown', async () => {
    const { engine, selection, erp } = await lostOrder()
    const before = await countsOf(engine)
    const shown = await previewReplay(engine, selection)
    expect(shown.events).toMatchObject({ 'order.placed': 1 })
    expect(await countsOf(engine)).toEqual(before)
    const { run } = await replay(engine, selection, shown.token, 'test')
    await settle(engine)
    expect([...erp.sales.keys()]).toEqual(['shop:1'])
    expect((await stateOf(engine, 'order/shop/1')).status).toBe('confirmed')
    const [row] = await engine.database.query(`select key, outcome from inbox where key like 'replay/%'`)
    expect(row).toMatchObject({
      key: `replay/${run}/${selection.inbox}`,
      outcome: expect.stringContaining('order.placed') as string,
    })
    expect(await listRuns(engine.database, 5)).toMatchObject([{ id: run, kind: 'replay', asked_by: 'test', rows: 1 }])
  })

  test('of what is done already changes nothing, and says so', async () => {
    const { engine, deliver, erp } = await openShop()
    await deliver(anOrder('1'), 'o1')
    const calls = erp.calls.length
    const state = await stateOf(engine, 'order/shop/1')
    const shown = await previewReplay(engine, { stream: 'order/shop/1' })
    expect(shown).toMatchObject({ streams: 0, irreversible: 0, rows: 1 })
    await replay(engine, { stream: 'order/shop/1' }, shown.token, 'test')
    await settle(engine)
    expect(erp.calls).toHaveLength(calls)
    expect(await stateOf(engine, 'order/shop/1')).toEqual(state)
  })

  test('that would repeat a step that cannot be taken back shows it, and without its token does nothing', async () => {
    const { engine, selection, erp } = await lostOrder()
    const shown = await previewReplay(engine, selection)
    const before = await countsOf(engine)
    const refused = replay(engine, selection, '0'.repeat(16), 'test')
    await expect(refused).rejects.toMatchObject({ kind: 'rejected', code: 'replay_changed' })
    await expect(refused).rejects.toThrow('Nothing was done')
    expect(await countsOf(engine)).toEqual(before)
    expect(erp.sales.size).toBe(0)
    expect(shown.irreversible).toBe(1)
    expect(shown.intents).toContainEqual({ type: 'sale.ensure', connection: 'erp', count: 1, irreversible: true })
  })

  test('is refused when things have changed since it was shown', async () => {
    const { engine, selection, deliver } = await lostOrder()
    const shown = await previewReplay(engine, selection)
    await deliver(anOrder('2'), 'o2')
    await replay(engine, selection, shown.token, 'test')
    await settle(engine)
    // Now the order is there: what was shown is not what would be done.
    await expect(replay(engine, selection, shown.token, 'test')).rejects.toThrow('things have changed since')
    expect((await listRuns(engine.database, 5)).length).toBe(1)
  })

  test('takes only what arrived from outside: notes and answers would not be the same a second time', async () => {
    const { engine, deliver } = await openShop()
    await deliver(anOrder('1'), 'o1')
    const [note] = await engine.database.query<{ id: number }>(`select id from inbox where kind = 'note' order by id`)
    await expect(previewReplay(engine, { inbox: note!.id })).rejects.toMatchObject({ code: 'replay_empty' })
  })
})

describe('an undo', () => {
  test('cancels what a bad replay placed, lets the ledger decide anew, and happens once', async () => {
    const { engine, selection, erp, shown: shelf } = await lostOrder()
    const before = await countsOf(engine)
    const { run } = await replay(engine, selection, (await previewReplay(engine, selection)).token, 'test')
    await settle(engine)
    const { journal, outbox, inbox } = await countsOf(engine)
    const shown = await previewUndo(engine, { run })
    // Everything since then follows from the run, over notes and answers.
    expect(shown.caused).toEqual({
      messages: inbox - before.inbox, events: journal - before.journal, intents: outbox - before.outbox,
    }) // prettier-ignore
    expect(shown.commands).toEqual({ 'order.cancel': 1, 'stock.doubt': 1 })
    expect(shown.events).toMatchObject({ 'order.cancelRequested': 1 })
    expect(shown.byHand.count).toBe(0)
    expect((await countsOf(engine)).journal).toBe(journal)
    await undo(engine, { run }, shown.token, 'test')
    erp.free['MUG'] = 100
    await settle(engine)
    expect(erp.sales.get('shop:1')).toBe('cancel')
    expect((await stateOf(engine, 'order/shop/1')).status).toBe('cancelled')
    expect(shelf).toEqual({ MUG: 100 })
    await expect(previewUndo(engine, { run })).rejects.toMatchObject({ code: 'undone_already' })
    await expect(undo(engine, { run }, shown.token, 'test')).rejects.toMatchObject({ code: 'undone_already' })
    const [undone] = (await listRuns(engine.database, 5)).filter(({ kind }) => kind === 'replay')
    expect(undone!.undone_by).toMatch(/^[0-9a-f]{12}$/)
  })

  test('of what a connection delivered in a period leaves what came before and after', async () => {
    const { engine, deliver, clock, erp } = await openShop()
    await deliver(anOrder('1'), 'o1')
    const from = new Date(clock.ms).toISOString()
    await deliver(anOrder('2'), 'o2')
    const to = new Date(clock.ms).toISOString()
    await deliver(anOrder('3'), 'o3')
    const what = { connection: 'shop', from, to }
    const shown = await previewUndo(engine, what)
    expect(shown.commands['order.cancel']).toBe(1)
    await undo(engine, what, shown.token, 'test')
    await settle(engine)
    expect(Object.fromEntries(erp.sales)).toEqual({ 'shop:1': 'sale', 'shop:2': 'cancel', 'shop:3': 'sale' })
  })

  test('names what only a person can undo', async () => {
    const { engine, deliver, clock } = await openShop()
    const from = new Date(clock.ms - 120_000).toISOString()
    await deliver(anOrder('1'), 'o1')
    const shipment = {
      type: 'fulfilment.noteShipment', shipmentId: 'P1', shippedAt: '2026-11-20T12:00:00.000Z', trackingNumber: 'T1',
      trackingUrl: null, carrier: null, lines: [{ saleLineId: 's-1-1', quantity: 2 }], complete: true,
    } // prettier-ignore
    await deliver([{ stream: 'fulfilment/shop/1', command: shipment }], 'p1', 'messages')
    const to = new Date(clock.ms).toISOString()
    const { byHand } = await previewUndo(engine, { connection: 'shop', from, to })
    const named = byHand.first.map(({ type, stream }) => `${type} ${stream}`).sort()
    expect(named).toEqual(['fulfilment.ensure fulfilment/shop/1', 'invoice.ensure order/shop/1'])
    for (const { cure } of byHand.first) expect(cure).toMatch(/\.$/)
  })
})
