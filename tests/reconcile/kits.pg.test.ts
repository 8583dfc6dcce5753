/** Kits of the policy against Odoo's bills of materials: a difference is a finding, and is over once they agree. */
import { expect, test } from 'vitest'
import { reconcileDue } from '#engine/reconcile/regular.ts'
import { findings } from '#insight/reconcile.ts'
import { freshDatabase } from '../support/database.ts'
import { ERP, MINUTE, openEstate, type SmallEstate } from './estate.ts'

const NAME = `kits/${ERP}`
const kit = (parts: Record<string, number>) => ({ parts, upTo: 10, share: 0.5 })

/** Odoo has SET of two mugs and a kettle; the hub is not told yet. */
async function open(): Promise<{ estate: SmallEstate; mug: string; kettle: string; says(parts: object | null): void }> {
  const estate = await openEstate(await freshDatabase())
  const [mug, kettle] = estate.products.map(({ sku }) => sku) as [string, string]
  estate.erp.addProduct({ sku: 'SET', type: 'consumable', price: 60, parts: { [mug]: 2, [kettle]: 1 } })
  const says = (parts: object | null) => {
    const kits = parts ? { SET: kit(parts as Record<string, number>) } : {}
    estate.engine.policy = { ...estate.engine.policy, kits }
  }
  return { estate, mug, kettle, says }
}

const shown = async ({ engine }: SmallEstate) => {
  const page = await findings(engine.database, { definition: NAME, state: 'open', limit: 9 })
  return page!.rows.map(({ message, cure }) => `${message} ${cure}`)
}

test('what is kept alike on both sides is no finding; what differs is, with what to do, until it agrees', async () => {
  const { estate, mug, kettle, says } = await open()
  says({ [kettle]: 1, [mug]: 2 })
  expect(await estate.check(NAME)).toEqual([])
  says({ [mug]: 3, [kettle]: 1 })
  expect(await estate.check(NAME)).toEqual([`${NAME} mismatched SET content`])
  const [finding] = await shown(estate)
  for (const words of [
    `content is 1 ${kettle}, 2 ${mug} in the ERP and 1 ${kettle}, 3 ${mug} in the policy`,
    'sold twice',
    'crossdock kits',
  ])
    expect(finding).toContain(words)
  says({ [mug]: 2, [kettle]: 1 })
  expect(await estate.check(NAME)).toEqual([])
  expect(estate.lastOutcome).toMatchObject({ run: { resolved: 1, mended: 0 } })
})

test('a kit that Odoo does not take apart any more is found, and one that nobody sells is not', async () => {
  const { estate, mug, says } = await open()
  says(null)
  estate.erp.addProduct({ sku: 'STEP', parts: { [mug]: 1 } })
  await estate.settle()
  const ledgers = await estate.engine.database.query(`select 1 from stream where stream = 'stock/WH/STEP'`)
  expect(ledgers, 'Odoo counts it').toHaveLength(1)
  expect(await estate.check(NAME), 'nobody sells them').toEqual([])
  estate.shop.addProduct({ sku: 'SET', title: 'Tea for two', price: '60.00', available: 0 })
  await estate.settle()
  expect(await estate.check(NAME)).toEqual([`${NAME} missed SET`])
  estate.engine.policy = { ...estate.engine.policy, kits: { SET: kit({ [mug]: 2 }), GONE: kit({ [mug]: 1 }) } }
  expect((await estate.check(NAME)).toSorted()).toEqual([`${NAME} mismatched SET content`, `${NAME} unexpected GONE`])
})

test('is looked at by itself within the hour', async () => {
  const { estate, mug, says } = await open()
  says({ [mug]: 2 })
  await reconcileDue(estate.engine)
  expect(await shown(estate)).toEqual([])
  estate.clock.ms += 61 * MINUTE
  await reconcileDue(estate.engine)
  expect(await shown(estate)).toHaveLength(1)
})
