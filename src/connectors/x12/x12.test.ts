/** What a partner gets and what its files mean: numbers, doubles, acknowledgements, and files that are refused. */
import { describe, expect, test } from 'vitest'
import { readInterchange, wrapped } from './envelope.ts'
import { enter } from './ledger.ts'
import { answer, readAll, START } from '../kit/testing.ts'
import { askFor, cancelAsk, createWorld, STREAM, told, type World } from './testing.ts'

const command = (type: string, more: object = {}) => ({
  stream: STREAM,
  command: expect.objectContaining({ type, ...more }),
})
const news = (what: string, more: object = {}) => command('warehouseOrder.noteNews', { news: what, ...more })

async function ordered(verdict: 'A' | 'R' | 'silent' = 'silent'): Promise<World> {
  const world = createWorld()
  await answer(world.connection, 'warehouseOrder.ensure', askFor())
  await world.partner.work(verdict)
  return world
}

describe('an order', () => {
  test('goes out once as a 940, in letters every partner can read', async () => {
    const world = await ordered()
    expect(await answer(world.connection, 'warehouseOrder.ensure', askFor())).toEqual({
      fulfillerOrderId: '1',
      accepted: false,
    })
    await world.partner.work()
    expect(world.partner.beliefs()).toMatchObject({
      doubles: 0,
      numbers: [1],
      wrong: [],
      orders: [
        {
          number: 'S-1001',
          recipient: 'Zoe Gross',
          city: 'Zurich',
          lines: [
            { sku: 'MUG', quantity: 3 },
            { sku: 'BOWL', quantity: 2 },
          ],
        },
      ],
    })
  })

  test('that does not fit into X12 is refused with what is wrong, and takes no number', async () => {
    const world = createWorld()
    const ask = (change: object) => answer(world.connection, 'warehouseOrder.ensure', askFor(change))
    await expect(ask({ reference: `shop:${'9'.repeat(21)}:EDI` })).rejects.toMatchObject({
      code: 'x12.number_too_long',
    })
    await expect(ask({ reference: 'other:1:EDI' })).rejects.toMatchObject({ code: 'x12.channel_unknown' })
    const address = { ...askFor().shippingAddress, name: '山田' }
    await expect(ask({ shippingAddress: address })).rejects.toMatchObject({ code: 'x12.unwritable' })
    expect(await world.files.list('sent')).toEqual([])
  })

  test('is accepted or refused by its 997', async () => {
    expect(await told(await ordered('A'))).toEqual([news('accepted')])
    const refused = await told(await ordered('R'))
    expect(refused).toEqual([news('refused', { reason: 'AK9 R; AK3 N4 4  8' })])
  })
})

describe('numbers', () => {
  test('are without a gap and without a double, though ten orders and their repeats go out at once', async () => {
    const world = createWorld()
    const others = [world.connection, world.open(), world.open()]
    const asks = Array.from({ length: 10 }, (_, index) => askFor({ reference: `shop:${index}:EDI` }))
    await Promise.all(
      others.flatMap((connection) => asks.map((ask) => answer(connection, 'warehouseOrder.ensure', ask))),
    )
    await world.partner.work()
    const { numbers, orders, wrong } = world.partner.beliefs()
    expect(numbers.toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    expect([orders.length, wrong]).toEqual([10, []])
  })

  test('that were taken when the process died are kept: the order is found again and handed over', async () => {
    const { files } = createWorld()
    let given = 0
    const entry = {
      key: 'order a',
      about: 'S-1',
      kind: 'order' as const,
      write: (number: number) => `text ${number} ${(given += 1)}`,
    }
    const dying = {
      ...files,
      write: async (path: string, text: string) => {
        if (path.startsWith('sent/keys/')) throw new Error('killed')
        await files.write(path, text)
      },
    }
    await expect(enter(dying, entry)).rejects.toThrow('killed')
    expect(await enter(files, { ...entry, key: 'order b' })).toMatchObject({ number: 2 })
    expect(await enter(files, entry)).toMatchObject({ number: 1, text: 'text 1 1' })
  })
})

describe('a 945', () => {
  test('is a parcel with its tracking number and what is short; its file is archived and acknowledged once', async () => {
    const world = await ordered()
    await world.partner.ship('S-1001', 'SH1', [
      { sku: 'MUG', ordered: 3, left: 2 },
      { sku: 'BOWL', ordered: 2, left: 1, status: 'BP' },
    ])
    expect(await told(world)).toEqual([
      command('warehouseOrder.noteParcel', {
        shipmentId: 'x12-SH1',
        trackingNumber: 'T-SH1',
        lines: [
          { sku: 'MUG', quantity: 2 },
          { sku: 'BOWL', quantity: 1 },
        ],
      }),
      command('warehouseOrder.noteShort', { lines: [{ sku: 'MUG', quantity: 1 }], follows: false }),
      command('warehouseOrder.noteShort', { lines: [{ sku: 'BOWL', quantity: 1 }], follows: true }),
    ])
    expect((await world.files.list('in/archive')).map(({ name }) => name)).toEqual(['945-1.edi'])
    await world.partner.work()
    expect(world.partner.beliefs()).toMatchObject({ acknowledged: ['1'], numbers: [1, 2] })
  })

  test('that comes twice is named the same, and acknowledged once', async () => {
    const world = await ordered()
    const text = await world.partner.ship('S-1001', 'SH1', [{ sku: 'MUG', ordered: 3, left: 3 }])
    const first = await readAll(world.connection.feeds['files'])
    await world.partner.leave('again.edi', text)
    const second = await readAll(world.connection.feeds['files'], first.cursor)
    expect(second.readings.map(({ key }) => key)).toEqual(first.readings.map(({ key }) => key))
    await world.partner.work()
    expect(world.partner.beliefs()).toMatchObject({ acknowledged: ['1'] })
  })

  test('is not acknowledged nor moved before it was stored', async () => {
    const world = await ordered()
    await world.partner.ship('S-1001', 'SH1', [{ sku: 'MUG', ordered: 3, left: 3 }])
    const page = () => world.connection.feeds['files']!.read(null)
    expect((await page()).readings).toEqual((await page()).readings)
    expect(await world.files.list('in/archive')).toEqual([])
    expect(await world.files.list('out')).toEqual([])
  })

  test('with a substitute says what it stands for', async () => {
    const world = await ordered()
    await world.partner.ship('S-1001', 'SH1', [{ sku: 'MUG-2', ordered: 1, left: 1, status: 'CS', insteadOf: 'MUG' }])
    expect(await told(world)).toEqual([
      command('warehouseOrder.noteParcel', { lines: [{ sku: 'MUG-2', quantity: 1, insteadOf: 'MUG' }] }),
    ])
  })

  test('with nothing in it says that the order is cancelled', async () => {
    const world = await ordered()
    expect(await answer(world.connection, 'warehouseOrder.cancel', cancelAsk)).toEqual({ outcome: 'asked' })
    await world.partner.work()
    expect(world.partner.beliefs().orders).toMatchObject([{ cancelled: true }])
    await world.partner.ship('S-1001', 'SH1', [{ sku: 'MUG', ordered: 3, left: 0 }])
    expect(await told(world)).toEqual([news('cancelled')])
  })
})

test('an order that was never sent needs no cancellation there', async () => {
  expect(await answer(createWorld().connection, 'warehouseOrder.cancel', cancelAsk)).toEqual({ outcome: 'cancelled' })
})

describe('a bad file', () => {
  test.each([
    ['whose segments are miscounted', /SE\*\d+/, 'SE*99', 'SE01'],
    ['whose groups are miscounted', /IEA\*1/, 'IEA*2', 'IEA01'],
    ['whose sets are miscounted', /GE\*1/, 'GE*3', 'GE01'],
    ['whose control numbers differ', /IEA\*1\*\d+/, 'IEA*1*000000099', 'IEA02'],
    ['of somebody else', /WAREHOUSE {6}/, 'STRANGER       ', 'ISA06'],
    ['with a set nobody agreed on', /ST\*945/, 'ST*943', '943'],
  ])('%s is refused with the reason, kept, and not acknowledged', async (_, what, by, reason) => {
    const world = await ordered()
    await world.partner.ship('S-1001', 'SH1', [{ sku: 'MUG', ordered: 1, left: 1 }], (text) => text.replace(what, by))
    const { readings } = await readAll(world.connection.feeds['files'])
    expect(readings).toMatchObject([
      { topic: 'bad', body: { file: '945-1.edi', text: expect.stringContaining('W12') } },
    ])
    const receivedAt = new Date(START).toISOString()
    expect(() => world.connection.translate({ topic: 'bad', body: readings[0]!.body, receivedAt })).toThrow(reason)
    expect((await world.files.list('in/bad')).map(({ name }) => name)).toEqual(['945-1.edi'])
    await world.partner.work()
    expect(world.partner.beliefs().acknowledged).toEqual([])
  })

  test('that is still being written is left alone, and refused when nobody goes on', async () => {
    const world = await ordered()
    const cut = await world.partner.ship('S-1001', 'SH1', [{ sku: 'MUG', ordered: 1, left: 1 }], (text) =>
      text.slice(0, 200),
    )
    await world.files.write('in/other.edi.part', cut)
    world.clock.now = Date.parse('2020-01-01T00:00:00.000Z')
    expect((await readAll(world.connection.feeds['files'])).readings).toEqual([])
    world.clock.now = Date.parse('2999-01-01T00:00:00.000Z')
    expect((await readAll(world.connection.feeds['files'])).readings).toMatchObject([{ topic: 'bad' }])
    expect((await world.files.list('in')).map(({ name }) => name)).toEqual(['other.edi.part'])
  })

  test('naming a group of ours that was never sent is refused', async () => {
    const world = await ordered()
    const set = {
      code: 'FA',
      set: '997',
      segments: [
        ['AK1', 'OW', '77'],
        ['AK9', 'A', '1', '1', '1'],
      ] as const,
    }
    const theirs = { ...world.config, us: world.config.them, them: world.config.us }
    await world.partner.leave('997.edi', wrapped(theirs, 9, START, set))
    expect((await readAll(world.connection.feeds['files'])).readings).toMatchObject([
      { topic: 'bad', body: { reason: expect.stringContaining('AK102') } },
    ])
  })
})

test('what is written can be read: the envelope of a 940', async () => {
  const world = await ordered()
  const [{ name } = { name: '' }] = await world.files.list('taken')
  const read = readInterchange((await world.files.read(`taken/${name}`))!)
  expect(read).toMatchObject({
    control: '1',
    from: 'RETAILER',
    to: 'WAREHOUSE',
    groups: [{ code: 'OW', control: '1' }],
  })
})
