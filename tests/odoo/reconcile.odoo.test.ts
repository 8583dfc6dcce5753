/**
 * Reconciliation between a simulated shop and a real Odoo: a healthy estate shows nothing, what was lost is found and
 * mended once, and what was changed by hand is raised.
 */
import { beforeAll, describe, expect, test } from 'vitest'
import { definitionsOf } from '#engine/reconcile/definitions.ts'
import { reconcile } from '#engine/reconcile/run.ts'
import { openHub, type TestHub } from './hub.ts'
import { ADA } from './masterdata.ts'
import { accessOf, missingVariables, type OdooServer, openServer, runName, sayMissing } from './server.ts'

const LONG_MS = 300_000
const HOUR = 3_600_000

const missing = missingVariables()
if (missing.length > 0) {
  test('reconciliation with a real Odoo is left out without one', () => {
    sayMissing('tests/odoo/reconcile.odoo.test.ts')
    expect(missing).not.toEqual([])
  })
} else {
  describe('with a real Odoo', { timeout: LONG_MS }, reconciliations)
}

function reconciliations(): void {
  const access = accessOf()
  let server: OdooServer
  beforeAll(async () => void (server = await openServer(access.admin)), LONG_MS)

  async function open(): Promise<{ hub: TestHub; sku: string }> {
    const sku = `MUG-${runName()}`
    await server.addProducts([{ sku, name: 'Blue mug', price: 12.5, onHand: 20 }])
    const hub = await openHub(access.hub, [{ sku, title: 'Blue mug', price: '12.50' }])
    await hub.until('the shop offers what Odoo has', () => hub.shop.beliefs().available[sku] === 20)
    return { hub, sku }
  }

  const buy = (hub: TestHub, sku: string, quantity: number): string =>
    hub.shop.placeOrder({ lines: [{ sku, quantity }], customer: ADA, taxRate: 0.0825 })!

  /** After everything is older than any grace. @returns what is open of this shop and SKU. */
  async function check({ engine }: TestHub, sku: string, mends = false): Promise<string[]> {
    for (const definition of definitionsOf(engine)) {
      const { state } = await reconcile(engine, definition, { mends })
      expect([definition.name, state]).toEqual([definition.name, 'done'])
    }
    const rows = await engine.database.query<{ definition: string; kind: string; key: string; field: string }>(
      `select definition, kind, key, field from reconcile_finding where state <> 'resolved' order by id`,
    )
    // Others use the same Odoo: what it has besides this shop is not this test's.
    const own = rows.filter(({ definition, key }) => !definition.startsWith('warehouse/') || key.endsWith(sku))
    return own.map(({ definition, kind, key, field }) => `${definition.split('/')[0]} ${kind} ${key} ${field}`.trim())
  }

  test('a healthy estate shows nothing: sold, shipped in parts, cancelled', async () => {
    const { hub, sku } = await open()
    const [shipped, cancelled] = [buy(hub, sku, 3), buy(hub, sku, 1)]
    await hub.rest()
    hub.shop.cancelOrder(cancelled, { reason: 'customer', restock: true })
    await server.ship(hub.refOf(shipped), { lines: { [sku]: 2 }, tracking: `1Z-${shipped}` })
    await hub.rest()
    hub.pass(HOUR)
    await hub.rest()
    expect(await check(hub, sku)).toEqual([])
  })

  test('an order and a delivery that nobody told of are found, handed in, and reach the other side once', async () => {
    const { hub, sku } = await open()
    const known = buy(hub, sku, 2)
    await hub.rest()
    const lost = buy(hub, sku, 1)
    await server.ship(hub.refOf(known), { tracking: `1Z-${known}` })
    hub.pass(60_000)
    for (const hook of hub.shop.due()) hook.settle(200)
    const now = new Date(hub.engine.io.now()).toISOString()
    const behind = {
      orders: { since: now, after: null, high: now, read: {} },
      deliveries: { from: now.slice(0, 19).replace('T', ' '), lastId: 0, to: null },
    }
    for (const [feed, position] of Object.entries(behind)) {
      const text = 'update cursor set position = $2::json where feed = $1'
      await hub.engine.database.query(text, [feed, JSON.stringify(position)])
    }
    hub.pass(HOUR)
    await hub.rest()
    const found = await check(hub, sku, true)
    expect(found).toContain(`orders missed ${hub.refOf(lost)}`)
    expect(found).toContain(`fulfilments missed ${hub.refOf(known)}`)
    await hub.rest()
    expect(await server.sales(hub.refOf(lost))).toHaveLength(1)
    hub.pass(HOUR)
    await hub.rest()
    expect(await check(hub, sku, true)).toEqual([])
    const shown = hub.shop.beliefs().orders.find(({ id }) => id === known)
    expect(JSON.stringify(shown).match(new RegExp(`1Z-${known}`, 'g'))).toHaveLength(1)
  })

  test('a sale that somebody cancelled in Odoo is raised', async () => {
    const { hub, sku } = await open()
    const id = buy(hub, sku, 1)
    await hub.rest()
    await server.cancel(hub.refOf(id))
    hub.pass(HOUR)
    await hub.rest()
    expect(await check(hub, sku)).toContain(`sales mismatched ${hub.refOf(id)} cancelled`)
  })
}
