/** What becomes of a supplier's lists: only differences, each file once, in order, and nothing of a bad one. */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Json } from '#canon/json.ts'
import type { FeedPage } from '../kit/connector.ts'
import { answer, readAll } from '../kit/testing.ts'
import { createWorld, listener, type World } from './testing.ts'

const WIDE = { bounds: { vanishPercent: 100, jumpsPercent: 100 } }

async function started(many: number, options: Parameters<typeof createWorld>[0] = { change: WIDE }) {
  const world = createWorld(options)
  world.vendor.seed(many)
  await world.vendor.sendWhole()
  const listen = listener(world)
  const first = await listen.next()
  return { ...world, listen, first }
}

type Heard = { stream: string; type: string; file?: string }
const heard = (messages: readonly { stream: string; command: { type: string } }[]): Heard[] =>
  messages.map(({ stream, command }) => ({ stream, ...command }))
const rowsIn = (messages: readonly { stream: string; command: { type: string } }[]): string[] =>
  heard(messages)
    .filter(({ type }) => type !== 'supplier.takeList')
    .map(({ stream, type }) => `${type} ${stream}`)

const lying = async ({ files }: World, folder: string): Promise<string[]> =>
  (await files.list(folder)).map(({ name }) => name.replace(/^\w+-/, ''))

test('the first list is handed in whole, the next one by its differences alone', async () => {
  const { vendor, listen, first } = await started(50)
  expect(first.messages).toHaveLength(51)
  vendor.change('A7', { cents: 777 })
  vendor.drop('A8')
  vendor.change('A9', { discontinued: true })
  vendor.change('A51', { ...vendor.beliefs()[0]!, article: 'A51' })
  await vendor.sendWhole()
  const { messages } = await listen.next()
  expect(rowsIn(messages).sort()).toEqual([
    'supply.end supply/acme/1/A8',
    'supply.end supply/acme/1/A9',
    'supply.observe supply/acme/1/A51',
    'supply.observe supply/acme/1/A7',
  ])
  expect(heard(messages).at(-1)).toMatchObject({ type: 'supplier.takeList', rows: 50, changed: 2, ended: 2 })
})

test('changes end nothing that they do not name', async () => {
  const { vendor, listen } = await started(20, { change: { ...WIDE, list: 'changes' } })
  vendor.change('A7', { cents: 777 })
  await vendor.sendChanges()
  expect(rowsIn((await listen.next()).messages)).toEqual(['supply.observe supply/acme/1/A7'])
  vendor.change('A8', { discontinued: true })
  await vendor.sendChanges()
  expect(rowsIn((await listen.next()).messages)).toEqual(['supply.end supply/acme/1/A8'])
})

test('a file is taken once; the same content again is told and does nothing', async () => {
  const world = await started(20)
  await world.vendor.sendAgain()
  const { messages } = await world.listen.next()
  expect(heard(messages)).toEqual([expect.objectContaining({ type: 'supplier.takeList', doubled: true })])
  expect(await lying(world, 'in')).toEqual([])
})

test('going back to an earlier list is news, and another content under the same name is another list', async () => {
  const { vendor, listen, files, clock } = await started(5)
  const text = (await files.list('in/archive')).map(({ name }) => name)[0]!
  const first = (await files.read(`in/archive/${text}`))!
  vendor.change('A1', { cents: 999 })
  await vendor.sendWhole()
  await listen.next()
  await files.put('in/list-00003.csv', Buffer.from(first))
  expect(rowsIn((await listen.next()).messages)).toEqual(['supply.observe supply/acme/1/A1'])
  clock.pass(1_000)
  await files.put('in/list-00003.csv', Buffer.from(first.replace(/A2;S2;;\d+,/, 'A2;S2;;7777,')))
  expect(rowsIn((await listen.next()).messages)).toEqual(['supply.observe supply/acme/1/A2'])
})

test('several missed lists are taken in their order, by name or by time', async () => {
  for (const order of ['name', 'time'] as const) {
    const world = createWorld({ change: { ...WIDE, order } })
    const { vendor, clock, files } = world
    vendor.seed(3)
    const names: string[] = []
    for (const cents of [101, 102, 103]) {
      vendor.change('A1', { cents })
      names.push(await vendor.sendWhole())
      clock.pass(3_600_000)
    }
    // Its name is the first, and it was written last.
    vendor.change('A1', { cents: 104 })
    await files.move(`in/${await vendor.sendWhole()}`, 'in/a.csv')
    const { messages } = await listener(world).next()
    const taken = heard(messages).flatMap(({ file }) => file ?? [])
    expect(taken).toEqual(order === 'name' ? ['a.csv', ...names] : [...names, 'a.csv'])
  }
})

test('what is still being written is left alone, and so is what stands behind it', async () => {
  const world = createWorld({ change: { ...WIDE, settledSeconds: 300 } })
  world.vendor.seed(3)
  await world.vendor.sendWhole()
  await world.files.put('in/zz.csv.part', Buffer.from('half'))
  const listen = listener(world)
  expect((await listen.next()).messages).toEqual([])
  world.clock.pass(300_000)
  expect((await listen.next()).messages).toHaveLength(4)
  expect(await lying(world, 'in')).toEqual(['zz.csv.part'])
})

describe('a bad list', () => {
  test.each([
    ['cut off', (text: string) => text.slice(0, -9), /line 21, column \d+: The file breaks off/],
    ['bent in its last row', (text: string) => text.replace(/(A20;S20;;)\d+/, '$1x'), /line 21, column 4: .*no number/],
    [
      'naming an article twice',
      (text: string) => text.replace('A20;S20', 'A1;S20'),
      /line 21, column 1: .*line 2 already/,
    ],
  ])(
    '%s is kept and refused with its place; nothing of it is handed in, and the next one is taken',
    async (_, spoil, said) => {
      const world = await started(20)
      world.vendor.drift(1)
      await world.vendor.sendWhole(spoil)
      const cursor = (await readAll(world.connection.feeds['lists'])).cursor
      const { readings } = await readAll(world.open().feeds['lists'], cursor)
      expect(readings).toEqual([])
      expect(await lying(world, 'in/bad')).toEqual(['list-00002.csv'])
      await world.vendor.sendWhole(spoil)
      const page = await readAll(world.connection.feeds['lists'], cursor)
      expect(page.readings.map(({ topic }) => topic)).toEqual(['bad'])
      const receivedAt = new Date(world.clock.now).toISOString()
      expect(() => world.connection.translate({ topic: 'bad', body: page.readings[0]!.body, receivedAt })).toThrow(said)
      await world.vendor.sendWhole()
      const next = await readAll(world.connection.feeds['lists'], page.cursor)
      expect(next.readings.map(({ topic }) => topic)).toContain('list')
    },
  )

  test('larger than agreed on is refused before it is read to its end', async () => {
    for (const bounds of [{ bytes: 100 }, { rows: 10 }]) {
      const { first } = await started(20, { change: { bounds } })
      expect(first.topics).toEqual(['bad'])
    }
  })
})

describe('a list that would change too much', () => {
  const vanished = async (change: object = {}) => {
    const world = await started(20, { change })
    for (const n of [1, 2, 3, 4, 5]) world.vendor.drop(`A${n}`)
    await world.vendor.sendWhole()
    return { ...world, second: await world.listen.next() }
  }

  test('waits, and nothing of it is handed in', async () => {
    const world = await vanished()
    expect(heard(world.second.messages)).toEqual([
      expect.objectContaining({
        type: 'supplier.holdList',
        why: ['5 of 20 articles would be gone; more than 20 % wait for a person.'],
        owner: 'purchasing',
      }),
    ])
    expect(await lying(world, 'in/waiting')).toEqual(['list-00002.csv'])
  })

  test('waits for its prices as well; a few that move are cases of their own', async () => {
    const { vendor, listen } = await started(20, {})
    vendor.change('A1', { cents: 1 })
    vendor.change('A2', { cents: 1 })
    await vendor.sendWhole()
    expect((await listen.next()).topics).toEqual(['rows', 'list'])
    for (const n of [3, 4, 5]) vendor.change(`A${n}`, { cents: 1 })
    await vendor.sendWhole()
    expect((await listen.next()).topics).toEqual(['waits'])
  })

  test('is taken when a person lets it through, without a bound for its prices, and put away when not', async () => {
    const world = await vanished()
    const { file, hash } = world.second.messages[0]!.command as unknown as { file: string; hash: string }
    const settle = (take: boolean) => answer(world.connection, 'supplyList.settle', { file, hash, take })
    expect(await settle(true)).toEqual({ outcome: 'allowed' })
    const { messages } = await world.listen.next()
    expect(rowsIn(messages)).toHaveLength(5)
    expect(await lying(world, 'in/archive')).toEqual(['list-00001.csv', 'list-00002.csv'].map(() => expect.any(String)))
    expect(await settle(false)).toEqual({ outcome: 'gone' })
    expect(await world.files.list('allowed')).toEqual([])
  })

  test('holds what comes behind it only where lists name changes', async () => {
    const whole = await vanished()
    await whole.vendor.sendAgain()
    expect((await whole.listen.next()).topics).toEqual(['waits'])
    const { vendor, listen } = await started(20, { change: { list: 'changes' } })
    for (const n of [1, 2, 3]) vendor.change(`A${n}`, { cents: 1 })
    await vendor.sendChanges()
    expect((await listen.next()).topics).toEqual(['waits'])
    vendor.change('A9', { stock: 1 })
    await vendor.sendChanges()
    expect((await listen.next()).topics).toEqual([])
  })
})

describe('a long list', () => {
  /** Reads page by page; each page may be read again, as after a crash before it was stored. */
  async function pagewise({ open, folder }: World, spoil: (page: number) => void = () => {}): Promise<string[]> {
    const keys: string[] = []
    let cursor: Json | null = null
    for (let page = 0; page < 50; page += 1) {
      spoil(page)
      await open().feeds['lists']!.read(cursor)
      const read: FeedPage = await open().feeds['lists']!.read(cursor)
      keys.push(...read.readings.map(({ body }) => JSON.stringify((body as { rows?: Json }).rows ?? '')))
      cursor = JSON.parse(JSON.stringify(read.cursor)) as Json
      if (!read.more) return keys
    }
    throw new Error(`The feed of ${folder} comes to no end.`)
  }

  const long = async () => {
    const world = createWorld({ change: WIDE })
    world.vendor.seed(4_500)
    await world.vendor.sendWhole()
    return world
  }

  test('goes on where it stood, whoever goes on and whatever died', async () => {
    const calm = await pagewise(await long())
    expect(calm).toHaveLength(226)
    const world = await long()
    const lost = await pagewise(world, (page) => {
      if (page === 3) rmSync(join(world.folder, 'work'), { recursive: true })
    })
    expect(lost).toEqual(calm)
  })

  test('whose book is gone stops with the place that is missing, and moves nothing', async () => {
    const { listen, vendor, folder, files } = await started(5)
    rmSync(join(folder, 'known'), { recursive: true })
    vendor.drift(1)
    await vendor.sendWhole()
    await expect(listen.next()).rejects.toMatchObject({ code: 'supplier.known_missing' })
    expect((await files.list('in')).map(({ name }) => name)).toEqual(['list-00002.csv'])
  })
})
