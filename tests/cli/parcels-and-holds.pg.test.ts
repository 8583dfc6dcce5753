/**
 * `crossdock parcels`, `crossdock holds` and `crossdock order` as an operator types them; what is decided is done by
 * the hub.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { tellStream } from '#engine/person.ts'
import { turn } from '#engine/turn.ts'
import { readState } from '#store/views.ts'
import { expect, onTestFinished, test } from 'vitest'
import { readOptions, UsageError } from '../../src/cli/command.ts'
import { holds } from '../../src/cli/holds.ts'
import { order } from '../../src/cli/order.ts'
import { parcels } from '../../src/cli/parcels.ts'
import { freshDatabase } from '../support/database.ts'
import { anEngine, anErp, anOrder, aPolicy, aShop } from '../support/orders.ts'

const NUMBER = '9400100000000000000001'
const AT = '2026-11-20T10:00:00.000Z'

const ROUTING = {
  zones: [{ countries: [], postcodes: [], from: [{ pool: 'WH' }, { pool: 'ST1' }] }],
  pickUp: {}, never: {}, cutOffs: {}, split: 'never' as const,
} // prettier-ignore

interface Run {
  code: number
  out: string
  err: string
}

async function operator() {
  const database = await freshDatabase()
  const folder = mkdtempSync(join(tmpdir(), 'crossdock-cli-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'crossdock.yaml')
  writeFileSync(
    file,
    `
database: file:${join(folder, 'database')}
erp: odoo
connections:
  odoo: { connector: odoo, config: { url: 'http://127.0.0.1:1', database: retail, user: hub@example.com, apiKey: file:${join(folder, 'secret')} } }
  shop: { connector: direct, config: { key: file:${join(folder, 'secret')} } }
  post: { connector: easypost, config: { apiKey: file:${join(folder, 'secret')} } }
policy:
  channels: { shop: { pool: WH, routing: { zones: [{ from: [{ pool: WH }, { pool: ST1 }] }] } } }
  carriers: { post: { channels: [shop], owner: desk } }
  holds: { kinds: { by_hand: { owner: office } }, escalateTo: management }
`,
  )
  writeFileSync(join(folder, 'database'), database.url)
  writeFileSync(join(folder, 'secret'), 'x')
  const crossdock = async (name: 'parcels' | 'holds' | 'order', ...args: string[]): Promise<Run> => {
    const said = { out: '', err: '' }
    const say = (where: 'out' | 'err') => (line: string) => void (said[where] += `${line}\n`)
    const command = { parcels, holds, order }[name]
    try {
      const code = await command.run(readOptions(command, [...args, '--config', file]), {
        out: say('out'),
        err: say('err'),
      })
      return { code: code ?? 0, ...said }
    } catch (error) {
      if (error instanceof UsageError) return { code: 2, out: said.out, err: error.message }
      throw error
    }
  }
  const policy = {
    ...aPolicy,
    channels: { ...aPolicy.channels, shop: { ...aPolicy.channels['shop']!, routing: ROUTING } },
    carriers: { post: { channels: ['shop'], owner: 'desk' } },
    holds: { kinds: { by_hand: { owner: 'office' } }, escalateTo: 'management', checks: {} },
  }
  const engine = anEngine(database, { shop: aShop(), erp: anErp() }, { policy })
  let told = 0
  const work = async () => {
    while ((await turn(engine)) > 0);
  }
  return {
    crossdock,
    work,
    async tell(stream: string, command: { type: string; [member: string]: unknown }) {
      told += 1
      await tellStream(engine, stream, command, `t${told}`)
      await work()
    },
    stateOf: async (stream: string) => (await readState(database, stream))?.state as Record<string, unknown>,
  }
}

test('a parcel that is damaged is listed with its owner, shown, and settled by the hub', async () => {
  const { crossdock, tell, work, stateOf } = await operator()
  const stream = `parcel/post/${NUMBER}`
  const of = { orderRef: 'shop:1001', shipmentId: '7', shippedAt: AT, promisedBy: '2099-11-25T10:00:00.000Z' }
  await tell(stream, { type: 'parcel.expect', ...of })
  await tell(`parcel/post/${NUMBER}9`, { type: 'parcel.expect', ...of })
  await tell(stream, { type: 'parcel.observe', seen: { scans: [{ status: 'damaged', at: AT }] } })

  const listed = await crossdock('parcels', 'list', '--json')
  expect(JSON.parse(listed.out)).toMatchObject({
    parcels: [{ carrier: 'post', number: NUMBER, status: 'damaged', order: 'shop:1001', case: { owner: 'desk' } }],
    more: false,
  })
  expect((await crossdock('parcels', 'list', '--all', '--limit', '1')).err).toContain('1 parcels, and more')
  const which = ['--carrier', 'post', '--number', '9400 1000 0000 0000 0000 01']
  expect((await crossdock('parcels', 'show', ...which)).out).toContain('desk until')

  const settled = await crossdock('parcels', 'settle', ...which)
  expect(settled).toMatchObject({ code: 0, out: 'Noted; the hub does it.\n' })
  await work()
  expect(await stateOf(stream)).toMatchObject({ case: null, settled: ['damaged'] })

  expect(await crossdock('parcels', 'settle', ...which)).toMatchObject({ code: 1, out: '' })
  expect(await crossdock('parcels', 'show', '--carrier', 'post', '--number', 'NONE')).toMatchObject({ code: 1 })
  expect((await crossdock('parcels', 'show')).code).toBeGreaterThan(0)
})

test('an order is held by hand, listed, previewed without being let go, and let go by the hub', async () => {
  const { crossdock, tell, work, stateOf } = await operator()
  const stream = 'order/shop/1001'
  await tell('stock/WH/MUG', { type: 'stock.know', stocked: true })
  await tell(stream, { type: 'order.observe', order: anOrder('1001') })
  const which = ['--order', 'shop:1001']
  const held = await crossdock('holds', 'hold', ...which, '--text', 'Called.', '--by', 'Ada')
  expect(held).toMatchObject({ code: 0, err: '' })
  await work()
  expect(await stateOf(stream)).toMatchObject({ onHold: [{ kind: 'by_hand', owner: 'office' }] })

  const listed = await crossdock('holds', 'list', '--owner', 'office', '--json')
  expect(JSON.parse(listed.out)).toMatchObject({ holds: [{ channel: 'shop', externalId: '1001', kind: 'by_hand' }], all: 1 })
  expect((await crossdock('holds', 'list', '--owner', 'nobody')).err).toContain('0 held')
  expect((await crossdock('holds', 'show', ...which)).out).toContain('by_hand: office')

  const release = ['release', ...which, '--kind', 'by_hand', '--by', 'Ada']
  expect((await crossdock('holds', ...release, '--preview')).out).toContain('Nothing was done.')
  await work()
  expect((await stateOf(stream))['onHold']).toHaveLength(1)
  expect((await crossdock('holds', ...release)).out).toContain('Noted; the hub does it.')
  await work()
  expect((await stateOf(stream))['onHold']).toEqual([])

  expect(await crossdock('holds', ...release)).toMatchObject({ code: 1, out: '' })
  expect((await crossdock('holds', 'hold', ...which)).err).toContain('--text is needed')
  expect(await crossdock('holds', 'show', '--order', 'shop:4711')).toMatchObject({ code: 1 })
}) // prettier-ignore

test('of an order that was sold before it is here each line says by when it comes', async () => {
  const { tell, crossdock } = await operator()
  const stream = 'order/shop/1001'
  await tell(stream, { type: 'order.observe', order: anOrder('1001', { paymentStatus: 'pending' }) })
  await tell(stream, { type: 'order.noteHold', sku: 'MUG', outcome: 'reserved' })
  const shown = async () => (await crossdock('order', 'show', '--order', 'shop:1001')).out
  expect(await shown()).not.toContain('not here yet')
  const promised = async (date: string | null) => {
    const said = { sku: 'MUG', pool: 'WH', open: true, quantity: 1, date, whole: true, owner: 'buying' }
    await tell(stream, { type: 'order.notePromise', ...said })
    return shown()
  }
  expect(await promised('2026-12-05')).toContain('× MUG, from WH, 1 not here yet: expected on 2026-12-05\n')
  expect(await promised('2026-12-19')).toContain('1 not here yet: expected on 2026-12-19 instead of 2026-12-05\n')
  const lost = await promised(null)
  expect(lost).toContain('1 not here yet: promised for 2026-12-05, and nothing is expected\n')
  expect(lost).toContain('A case for buying.')
})

test('an order is shown, and moved only as it was shown: a preview does nothing, its token just that, once', async () => {
  const { crossdock, tell, work, stateOf } = await operator()
  const stream = 'order/shop/1001'
  for (const pool of ['WH', 'ST1']) await tell(`stock/${pool}/MUG`, { type: 'stock.know', stocked: true })
  await tell(stream, { type: 'order.observe', order: anOrder('1001', { paymentStatus: 'pending' }) })
  await tell(stream, { type: 'order.noteHold', sku: 'MUG', outcome: 'reserved' })
  const which = ['--order', 'shop:1001']
  expect((await crossdock('order', 'show', ...which)).out).toMatch(/× MUG, from WH[^]*It can be: .*reroute/)
  const rerouted = ['reroute', ...which, '--to', 'ST1', '--by', 'Ada']
  const shown = await crossdock('order', ...rerouted, '--preview', '--json')
  const { done, steps, token } = JSON.parse(shown.out) as { done: boolean; steps: { does: string }[]; token: string }
  expect([shown.code, done, steps[0]!.does]).toEqual([0, false, expect.stringContaining('(at WH) leave from ST1')])
  await work()
  expect(await stateOf(stream)).not.toHaveProperty('route')

  expect(await crossdock('order', ...rerouted, '--token', token)).toMatchObject({
    code: 0,
    out: 'Noted; the hub does it.\n',
  })
  await work()
  expect(await stateOf(stream)).toMatchObject({ route: { pins: [{ sku: 'MUG', pool: 'ST1' }] } })
  await tell(stream, { type: 'order.hold', by: 'Ada', reason: 'Called.' })
  const other = await crossdock('order', 'cancel', ...which, '--token', token)
  expect([other.code, other.out]).toEqual([1, ''])

  expect(await crossdock('order', 'reroute', ...which, '--to', 'MOON')).toMatchObject({ code: 1, out: '' })
  expect((await crossdock('order', 'reroute', ...which, '--to', 'MOON', '--json')).out).toContain(
    '"code":"pool_unknown"',
  )
  expect(await crossdock('order', 'split', ...which, '--to', 'ST1')).toMatchObject({
    code: 2,
    err: expect.stringContaining('--sku'),
  })
  expect(await crossdock('order', 'hold', ...which)).toMatchObject({ code: 2, err: expect.stringContaining('--text') })
  expect(await crossdock('order', 'resend', '--order', 'shop:NONE')).toMatchObject({
    code: 1,
    err: expect.stringContaining('no order'),
  })
})
