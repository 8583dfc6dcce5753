/** A refund on a marketplace: by line, with taxes, once; told apart from others by what was known before. */
import type { Order } from '#canon/order.ts'
import type { Ask } from '#core/intents.ts'
import { expect, test } from 'vitest'
import { type Fault, toFault } from '../../fault.ts'
import { createWorld, CUP, MINUTE, MUG, orderIn, readyOrder, type WorldOptions } from './testing.ts'

const eur = (amount: number) => ({ amount, currency: 'EUR' })

function bought(options: WorldOptions = {}) {
  const world = createWorld(options)
  world.market.addProduct(MUG)
  world.market.addProduct(CUP)
  const id = readyOrder(world, { sku: MUG.sku, quantity: 2 }, { sku: CUP.sku, quantity: 1 })
  const give = async (more: Partial<Ask<'refund.ensure'>> = {}) => {
    world.clock.pass(2 * MINUTE)
    const line = { lineId: `${id}-1`, quantity: 1, amount: eur(1_250), tax: eur(208) }
    const ask = { externalId: id, orderName: id, key: 'r-1', amount: eur(1_250), lines: [line], taxesIncluded: true }
    const intent = { key: 'k', attempt: 1, ask: { ...ask, reason: 'unwanted', ...more } }
    try {
      const [outcome] = await world.connection.outbound['refund.ensure']!.send([intent])
      return outcome as { answer: { refundId: string } }
    } catch (error) {
      return { fault: toFault(error) }
    }
  }
  const told = async () => {
    world.clock.pass(2 * MINUTE)
    const page = await world.connection.feeds['orders']!.read(null)
    const receivedAt = '2026-11-21T06:00:00.000Z'
    const all = page.readings.flatMap(({ topic, body }) => world.connection.translate({ topic, body, receivedAt }))
    const [message] = all.filter(({ stream }) => stream === `order/market/${id}`)
    return (message!.command as unknown as { order: Order }).order
  }
  const made = () => orderIn(world, id).refunds
  return { ...world, id, give, told, made }
}
const named = (outcome: unknown) => (outcome as { answer: { refundId: string } }).answer.refundId

test('pieces go back by their line, with shipping where it was paid; the feed tells it under the same name', async () => {
  const { give, told, made, id } = bought()
  const refundId = named(await give({ amount: eur(1_740), shipping: { amount: eur(490), tax: eur(82) } }))
  expect(new Set(made().map(({ name }) => name))).toEqual(new Set([refundId]))
  const { refunds, refunded } = await told()
  expect(refunded).toEqual(eur(1_740))
  expect(refunds).toMatchObject([{ id: refundId, amount: eur(1_740), shipping: { amount: eur(490), tax: eur(82) } }])
  expect(refunds![0]!.lines.find(({ lineId }) => lineId === `${id}-1`)).toMatchObject({
    quantity: 1, restocked: 0, returned: 0, amount: eur(1_250), tax: eur(208),
  }) // prettier-ignore
})

test('money for nothing in particular is spread over the lines by what they cost, to the cent', async () => {
  const { give, made } = bought()
  named(await give({ amount: eur(100), lines: [] }))
  expect(made().map(({ amount }) => amount)).toEqual(['0.78', '0.22'])
})

test('less than the pieces are worth comes off them, tax in proportion', async () => {
  const { give, told } = bought()
  named(await give({ amount: eur(1_000) }))
  expect((await told()).refunds![0]!.lines).toMatchObject([{ amount: eur(1_000), tax: eur(166) }])
})

test('prices without tax: the line goes back net, its tax beside it', async () => {
  const { give, told, id } = bought({ market: { taxIncluded: false } })
  const line = { quantity: 1, amount: eur(1_250), tax: eur(250) }
  const refundId = named(
    await give({ taxesIncluded: false, amount: eur(1_500), lines: [{ ...line, lineId: `${id}-1` }] }),
  )
  expect((await told()).refunds).toMatchObject([
    { id: refundId, amount: eur(1_500), lines: [{ amount: eur(1_250), tax: eur(250) }] },
  ])
})

test('an answer that was lost is found; the same refund under another name is made', async () => {
  const { give, made } = bought()
  const first = named(await give())
  expect(named(await give())).toBe(first)
  const second = named(await give({ key: 'r-2', known: [first] }))
  expect(second).not.toBe(first)
  expect(made()).toHaveLength(2)
  expect(named(await give({ key: 'r-2', known: [first] }))).toBe(second)
})

test.each([
  [
    'more than is left of the line',
    { amount: eur(9_000), lines: [] },
    'mirakl.refund_refused',
    /REFUND_AMOUNT_TOO_HIGH/,
  ],
  [
    'a line that is not there',
    { lines: [{ lineId: 'x', quantity: 1, amount: eur(1), tax: eur(0) }] },
    'mirakl.refund_refused',
    /no line to give x back/,
  ],
  ['an order that is not there', { externalId: 'x' }, 'mirakl.unknown_order', /no order/],
] as const)('%s is refused for good, and nothing was given', async (_, more, code, message) => {
  const { give, made } = bought()
  const { fault } = (await give(more as Partial<Ask<'refund.ensure'>>)) as { fault: Fault }
  expect([fault.kind, fault.code]).toEqual(['rejected', code])
  expect(fault.message).toMatch(message)
  expect(made()).toEqual([])
})

test('without a reason of the marketplace nothing is given, and the configuration is named', async () => {
  const { give, made } = bought({ config: { refundReasons: {} } })
  expect(await give()).toMatchObject({ fault: { kind: 'rejected', code: 'mirakl.refund_reason' } })
  expect(made()).toEqual([])
})

test.each([
  ['that had left stays delivered', true, 2],
  ['that had not left is wanted no more', false, 0],
] as const)('a line whose money is back altogether and %s', async (_, shipped, quantity) => {
  const { give, told, connection, clock, id } = bought()
  if (shipped) {
    clock.pass(2 * MINUTE)
    const lines = [2, 1].map((count, at) => ({ lineId: `${id}-${at + 1}`, quantity: count, cumulative: count }))
    const ask = { externalId: id, orderName: id, parcel: { shipmentId: 's', trackingNumber: '1Z' }, lines }
    await connection.outbound['fulfilment.ensure']!.send([{ key: 'p', attempt: 1, ask }])
  }
  const line = { lineId: `${id}-1`, quantity: 2, amount: eur(2_500), tax: eur(417) }
  named(await give({ amount: eur(2_500), lines: [line] }))
  expect((await told()).lines[0]!.quantity).toBe(quantity)
})

test('store credit is refused by name, and no money goes back instead', async () => {
  const { give, made } = bought()
  const { fault } = (await give({ storeCredit: true })) as { fault: Fault }
  expect([fault.kind, fault.code, made()]).toEqual(['rejected', 'mirakl.refund_refused', []])
  expect(fault.message).toContain('store credit')
})
