/** A refund of an online order by its payments: once, over all of them, told as one, with the pieces of a return. */
import type { Order } from '#canon/order.ts'
import type { Ask } from '#core/intents.ts'
import { expect, test } from 'vitest'
import { type Fault, toFault } from '../../fault.ts'
import { readAll, translated } from '../kit/testing.ts'
import type { NewSale } from './simulator/trade.ts'
import { createWorld, MUG, PLACE, RECIPIENT, TAX } from './testing.ts'

const usd = (amount: number) => ({ amount, currency: 'USD' })
type World = Parameters<typeof createWorld>[0]

function bought(options: World = {}, paid: Pick<NewSale, 'tenders'> = {}) {
  const world = createWorld(options)
  const { seller, connection } = world
  seller.addItem(MUG)
  const id = seller.placeOrder({ lines: [{ sku: MUG.sku, quantity: 3 }], recipient: RECIPIENT, taxes: [TAX], ...paid })!
  const belief = () => seller.beliefs().orders.find((one) => one.id === id)!
  const give = async (more: Partial<Ask<'refund.ensure'>> = {}) => {
    const ask = { externalId: id, orderName: '#1', key: 'r-1', amount: usd(500), lines: [], taxesIncluded: false }
    try {
      const intent = { key: 'k', attempt: 1, ask: { ...ask, reason: 'not_as_described', ...more } }
      const [outcome] = await connection.outbound['refund.ensure']!.send([intent])
      return (outcome as { answer: { refundId: string } }).answer.refundId
    } catch (error) {
      return toFault(error)
    }
  }
  const told = async () => {
    const messages = translated(connection, (await readAll(connection.feeds['orders']!)).readings)
    const [message] = messages.filter(({ stream }) => stream === `order/square-main/${id}`)
    return (message!.command as unknown as { order: Order }).order
  }
  return { ...world, id, belief, give, told }
}

test('money goes back once, and the order tells of it under the name the answer had', async () => {
  const { give, belief, told } = bought()
  const refundId = await give()
  expect([belief().refunded, await give()]).toEqual([500, refundId])
  expect(belief().refunded).toBe(500)
  expect((await told()).refunds).toMatchObject([{ id: refundId, amount: usd(500), lines: [] }])
})

test('it is found by its reason when Square has forgotten the key', async () => {
  const { give, belief, clock } = bought({ account: { keyLifeMs: 1_000 } })
  await give()
  clock.pass(60_000)
  await give()
  expect(belief().refunded).toBe(500)
})

test('two refunds of one amount under two names are two, also when one name ends like the other', async () => {
  const { give, belief } = bought()
  await give({ key: '1' })
  await give({ key: 'r-1' })
  expect(belief().refunded).toBe(1_000)
})

test('more than is left of the payments is refused for good, and nothing is given', async () => {
  const { give, belief } = bought()
  const fault = (await give({ amount: usd(99_999) })) as Fault
  expect([fault.kind, fault.code, belief().refunded]).toEqual(['rejected', 'square.refund_refused', 0])
})

test('a refund the bank has yet to agree to is given once and told when it is done; refused, it is not made again', async () => {
  const { give, belief, seller, told } = bought()
  seller.setPendingRefunds(true)
  const refundId = (await give()) as string
  await give()
  expect(belief().refunded).toBe(500)
  expect((await told()).refunds).toBeUndefined()
  seller.settleRefund(refundId, 'COMPLETED')
  expect((await told()).refunds).toMatchObject([{ id: refundId }])
  const second = (await give({ key: 'r-2' })) as string
  seller.settleRefund(second, 'REJECTED')
  const fault = (await give({ key: 'r-2' })) as Fault
  expect([fault.kind, fault.code, belief().refunded]).toEqual(['rejected', 'square.refund_refused', 500])
  const { refunds, lostRefunds, updatedAt } = await told()
  expect(refunds).toMatchObject([{ id: refundId }])
  expect(lostRefunds).toEqual([{ id: second, at: updatedAt, amount: usd(500) }])
})

test('a return at a counter tells its pieces with price and tax, and where they were handed in', async () => {
  const { id, seller, told, belief } = bought()
  const before = (await told()).lines[0]!
  seller.takeBack({ orderId: id, lines: [{ sku: MUG.sku, quantity: 1 }] })
  const { refunds } = await told()
  const [{ amount, lines }] = refunds as [NonNullable<Order['refunds']>[number]]
  expect(lines).toMatchObject([{ lineId: before.id, quantity: 1, restocked: 1, locationId: PLACE }])
  expect(lines[0]!.amount.amount + lines[0]!.tax.amount).toBe(amount.amount)
  expect([amount.amount, lines[0]!.amount.amount]).toEqual([belief().refunded, MUG.price])
})

test('an order says what gift cards paid of it, and what went back to them', async () => {
  const { id, seller, told } = bought({}, { tenders: [{ kind: 'gift_card', amount: 1_500 }, { kind: 'card' }] })
  expect((await told()).redeemed).toMatchObject([{ amount: usd(1_500) }])
  seller.cancelOrder(id)
  expect((await told()).redeemed).toMatchObject([{ amount: usd(1_500) }, { amount: usd(-1_500) }])
  expect((await bought().told()).redeemed).toBeUndefined()
})

test('store credit is refused by name, and no money goes back instead', async () => {
  const { give, belief } = bought()
  const fault = (await give({ storeCredit: true })) as Fault
  expect([fault.kind, fault.code, belief().refunded]).toEqual(['rejected', 'square.refund_refused', 0])
  expect(fault.message).toContain('store credit')
})
