/** Suppliers' offers in Odoo: once for a supplier, a product and a quantity; ended, never deleted; nothing rounded. */
import { describe, expect, test } from 'vitest'
import type { Ask } from '#core/intents.ts'
import { answerOf, faultOf, send } from '../kit/testing.ts'
import { breakAt, type Estate, estate, LOSSES } from './testing.ts'

const OFFER: Ask<'supply.ensure'> = {
  supplier: { key: 'acme', name: 'Acme Ltd' },
  article: 'A/1',
  minQuantity: '10',
  sku: 'MUG',
  price: '2.55',
  currency: 'USD',
  leadDays: 3,
  until: null,
}
const SHOWN = {
  supplier: 'Acme Ltd', sku: 'MUG', article: 'A/1', minQuantity: 10, price: 2.55, currency: 'USD', leadDays: 3, until: null,
} // prettier-ignore

const ensure = async ({ connection }: Estate, change: object = {}) =>
  answerOf(await send(connection, 'supply.ensure', { ...OFFER, ...change }))
const offers = ({ sim }: Estate) => sim.beliefs().supplierOffers

for (const version of [18, 19] as const) {
  describe(`Odoo ${version}`, () => {
    test('an offer is there once, changes, ends by its date and comes back as the same record', async () => {
      const at = estate({ version })
      expect([await ensure(at), await ensure(at)]).toEqual([{ outcome: 'set' }, { outcome: 'set' }])
      expect(offers(at)).toEqual([SHOWN])
      await ensure(at, { price: '2.75', leadDays: 5 })
      await ensure(at, { price: '2.75', leadDays: 5, until: '2026-11-20' })
      expect(offers(at)).toEqual([{ ...SHOWN, price: 2.75, leadDays: 5, until: '2026-11-20' }])
      await ensure(at)
      expect(offers(at)).toEqual([SHOWN])
    })

    test('whatever is lost on the way, there is one supplier and one offer after the repeat', async () => {
      for (const loss of LOSSES)
        for (let nth = 1; ; nth += 1) {
          const at = estate({ version })
          const partners = at.sim.beliefs().partners
          const broke = breakAt(at, nth, loss)
          await send(at.connection, 'supply.ensure', OFFER)
          if (!broke()) break
          await ensure(at)
          expect([offers(at), at.sim.beliefs().partners], `${loss} ${nth}`).toEqual([[SHOWN], partners + 1])
        }
    })
  })
}

test('another quantity, another article and another supplier are other records', async () => {
  const at = estate()
  await ensure(at)
  await ensure(at, { minQuantity: '100', price: '2.10' })
  await ensure(at, { article: 'A/2', price: '2.00' })
  await ensure(at, { supplier: { key: 'bolt', name: 'Bolt' } })
  expect(
    offers(at).map(({ supplier, article, minQuantity, price }) => [supplier, article, minQuantity, price]),
  ).toEqual([
    ['Acme Ltd', 'A/1', 10, 2.55],
    ['Acme Ltd', 'A/1', 100, 2.1],
    ['Acme Ltd', 'A/2', 10, 2],
    ['Bolt', 'A/1', 10, 2.55],
  ])
})

test('an article that turns out to be another product takes its record along: the wrong one is bought no more', async () => {
  const at = estate()
  await ensure(at)
  await ensure(at, { sku: 'BOWL' })
  expect(offers(at)).toEqual([{ ...SHOWN, sku: 'BOWL' }])
})

test('what people entered is taken over by the reference of the supplier; another article of it is left alone', async () => {
  const at = estate()
  at.sim.addSupplierOffer({ supplier: 'ACME', ref: 'V-7', sku: 'MUG', price: 9 })
  const change = { supplier: { key: 'acme', name: 'Acme Ltd', ref: 'V-7' }, minQuantity: '0' }
  await ensure(at, change)
  expect(offers(at)).toEqual([{ ...SHOWN, supplier: 'ACME', minQuantity: 0 }])
  const other = estate()
  other.sim.addSupplierOffer({ supplier: 'ACME', ref: 'V-7', sku: 'MUG', price: 9, article: 'OLD' })
  await ensure(other, change)
  expect(offers(other).map(({ article, price }) => [article, price])).toEqual([
    ['OLD', 9],
    ['A/1', 2.55],
  ])
})

test('two partners with that reference: nothing is written', async () => {
  const at = estate()
  for (const sku of ['MUG', 'BOWL'])
    at.sim.addSupplierOffer({ supplier: 'ACME', ref: 'V-7', sku, price: 9, article: 'X' })
  const { connection } = at
  const ask = { ...OFFER, supplier: { key: 'acme', name: 'Acme', ref: 'V-7' } }
  expect(faultOf(await send(connection, 'supply.ensure', ask)).code).toBe('odoo.supplier_ambiguous')
  expect(offers(at)).toHaveLength(2)
})

test('a barcode finds the product; what is none, several, too fine or nothing to end is said and not written', async () => {
  const at = estate({ products: [{ sku: 'MUG', barcode: '400' }, { sku: 'TWO' }] })
  at.sim.addProduct({ sku: 'TWO' })
  const { sku: _, ...without } = OFFER
  const one = async (ask: object) => answerOf(await send(at.connection, 'supply.ensure', ask as Ask<'supply.ensure'>))
  expect(await ensure(at, { until: '2026-11-20' })).toEqual({ outcome: 'absent' })
  expect(await ensure(at, { sku: 'NONE' })).toMatchObject({ outcome: 'unknown' })
  expect(await ensure(at, { sku: 'TWO' })).toMatchObject({ outcome: 'ambiguous' })
  expect(await ensure(at, { price: '0.0345' })).toMatchObject({ outcome: 'too_fine' })
  expect(offers(at)).toEqual([])
  expect(await one({ ...without, barcode: '400', price: '2.5500' })).toEqual({ outcome: 'set' })
  expect(offers(at)).toEqual([SHOWN])
})

test('a hundred offers take as many calls as one; an unknown currency fails its own alone', async () => {
  const at = estate({ products: Array.from({ length: 100 }, (_, n) => ({ sku: `S${n}` })) })
  const asks = Array.from({ length: 100 }, (_, n) => ({ ...OFFER, sku: `S${n}`, article: `A${n}` }))
  asks[7] = { ...asks[7]!, currency: 'XXX' }
  const calls = () => Object.values(at.sim.beliefs().calls).reduce((all, one) => all + one, 0)
  const before = calls()
  const outcomes = await at.connection.outbound['supply.ensure']!.send(asks.map((ask, n) => ({ key: `k/${n}`, attempt: 1, ask }))) // prettier-ignore
  expect(calls() - before).toBeLessThan(10)
  expect(faultOf(outcomes[7]!).code).toBe('odoo.currency_unknown')
  expect(outcomes.filter((one) => 'answer' in one && one.answer.outcome === 'set')).toHaveLength(99)
  expect(offers(at)).toHaveLength(99)
})
