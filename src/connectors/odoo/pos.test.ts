/** Receipts and sessions in Odoo: what is refused alone, whose session is closed, and what it is told to the cent. */
import { describe, expect, it } from 'vitest'
import type { Receipt } from '#canon/receipt.ts'
import { body, eur } from '#core/testing/till-records.ts'
import { answer } from '../kit/testing.ts'
import { estate, sendAll } from './testing.ts'

const PLACE = { storeId: 'b7', registerId: 'till-1', businessDate: '2026-11-20' }
const inDollars = <T>(value: T): T => JSON.parse(JSON.stringify(value).replaceAll('EUR', 'USD')) as T

const receipt = (n: number, change: Partial<Receipt> = {}): Receipt =>
  inDollars({
    ...PLACE, ...body(1), txId: `tx-${n}`, number: String(n), occurredAt: '2026-11-20T10:00:00.000Z', offline: false, ...change,
  }) // prettier-ignore

const open = () =>
  estate({
    taxes: [{ name: 'VAT 19 %', amount: 19, included: true }, { name: 'TX 8.25%', amount: 8.25 }],
    products: [{ sku: 'MUG', available: { WH: 100 } }, { sku: 'RETURN', type: 'service' }, { sku: 'ROUNDING', type: 'service' }],
    tills: [{ name: 'b7/till-1' }],
  }) // prettier-ignore

const NO_TILLS = { registers: {}, tenders: {}, owedTenders: [], returnSku: 'RETURN', roundingSku: 'ROUNDING' }

const close = (businessDate: string) => ({ ...PLACE, businessDate, cash: null, cashMoves: [] })

describe('sessions', () => {
  it('of a later day are left open by a late repeat of an earlier closing', async () => {
    const { connection, sim } = open()
    await answer(connection, 'receipt.post', { ...PLACE, receipts: [receipt(1)] })
    const first = await answer(connection, 'session.close', close('2026-11-20'))
    const next = { ...PLACE, businessDate: '2026-11-21' }
    await answer(connection, 'receipt.post', { ...next, receipts: [receipt(2, { businessDate: '2026-11-21' })] })
    expect(await answer(connection, 'session.close', close('2026-11-20'))).toEqual(first)
    expect(sim.beliefs().tillSessions.map(({ state }) => state)).toEqual(['closed', 'opened'])
    expect(await answer(connection, 'session.close', close('2026-11-21'))).toMatchObject({ outcome: 'closed' })
  })

  it('are none when nothing was posted', async () => {
    const { connection } = open()
    expect(await answer(connection, 'session.close', close('2026-11-20'))).toMatchObject({ outcome: 'absent' })
  })

  it('take a cash move once, and what was counted', async () => {
    const { connection, sim } = open()
    await answer(connection, 'receipt.post', { ...PLACE, receipts: [receipt(1)] })
    const cashMoves = [{ txId: 'm-1', amount: inDollars(eur(-500)), reason: 'bank' }]
    const cash = inDollars({ opening: eur(1000), counted: eur(1680) })
    await answer(connection, 'session.close', { ...PLACE, cash, cashMoves })
    expect(sim.beliefs().tillSessions).toMatchObject([{ state: 'closed', difference: -0.1 }])
  })
})

describe('receipts', () => {
  it.each([
    ['odoo.sku_unknown', { ...body(1, { sku: 'LAMP' }) }],
    ['odoo.tender_unknown', { ...body(1, { tender: 'voucher' }) }],
    ['odoo.receipt_differs', { total: eur(1191) }],
  ])('with %s are named, and the others posted', async (code, change) => {
    const { connection, sim } = open()
    const receipts = [receipt(1), receipt(2, change), receipt(3)]
    const said = await answer(connection, 'receipt.post', { ...PLACE, receipts })
    expect(said.posted.map(({ txId }) => txId)).toEqual(['tx-1', 'tx-3'])
    expect(said.refused).toMatchObject([{ txId: 'tx-2', code }])
    expect(sim.beliefs().tillOrders).toHaveLength(2)
    const [alone] = await sendAll(connection, 'receipt.post', [{ ...PLACE, receipts: [receipts[1]!] }])
    expect(alone).toMatchObject({ fault: { kind: 'rejected', code } })
  })

  it.each([
    ['refused while its payment method books no debt', [], ['odoo.gift_card_tender'], ['tx-1']],
    ['posted once it does, and taken back', ['Gift'], [], ['tx-1', 'tx-2', 'tx-3']],
  ])('that a gift card pays are %s', async (_, debts, codes, there) => {
    const { connection } = estate(
      {
        taxes: [{ name: 'VAT 19 %', amount: 19, included: true }],
        products: [{ sku: 'MUG', available: { WH: 9 } }],
        tills: [{ name: 'b7/till-1', methods: ['Cash', 'Card', 'Gift'], debts }],
      },
      { tills: { ...NO_TILLS, tenders: { gift_card: 'Gift' }, owedTenders: ['gift_card'] } },
    )
    const card = { tender: 'gift_card' }
    const receipts = [receipt(1), receipt(2, body(1, card)), receipt(3, body(-1, { ...card, restock: true }))]
    const said = await answer(connection, 'receipt.post', { ...PLACE, receipts })
    expect(said.posted.map(({ txId }) => txId)).toEqual(there)
    expect([...new Set(said.refused.map(({ code }) => code))]).toEqual(codes)
  })

  it('T10: taken back for good stand for themselves, and no piece comes back', async () => {
    const { connection, sim } = open()
    const back = [receipt(1, body(-1)), receipt(2, body(-1, { restock: true }))]
    await answer(connection, 'receipt.post', { ...PLACE, receipts: back })
    expect(sim.beliefs().tillOrders.map(({ lines }) => lines[0]!.sku)).toEqual(['RETURN', 'MUG'])
    expect(sim.beliefs().stock.find(({ sku }) => sku === 'MUG')!.onHand).toBe(101)
  })

  it('of one day in one sum keep sold and taken back apart, and name who was left out at every repeat', async () => {
    const { connection, sim } = open()
    const receipts = [
      receipt(1),
      receipt(2, body(2)),
      receipt(3, body(-1, { restock: true })),
      receipt(4, body(1, { sku: 'LAMP' })),
    ]
    const ask = { ...PLACE, key: 'b7/till-1/2026-11-20/0', receipts }
    const first = await answer(connection, 'session.post', ask)
    sim.addProduct({ sku: 'LAMP', available: { WH: 5 } })
    const again = await answer(connection, 'session.post', ask)
    for (const said of [first, again]) {
      expect(said.posted.map(({ txId }) => txId)).toEqual(['tx-1', 'tx-2', 'tx-3'])
      expect(said.refused).toMatchObject([{ txId: 'tx-4' }])
    }
    expect(sim.beliefs().tillOrders).toMatchObject([
      {
        total: 23.8,
        paid: 23.8,
        lines: [
          { sku: 'MUG', quantity: 3 },
          { sku: 'MUG', quantity: -1 },
        ],
      },
    ])
  })
})
