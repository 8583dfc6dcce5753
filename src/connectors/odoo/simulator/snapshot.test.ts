/** An Odoo taken up from a snapshot is the same Odoo: numbers, stamps, stock and answers go on where they stood. */
import { deserialize, serialize } from 'node:v8'
import { expect, test } from 'vitest'
import { createOdoo } from './index.ts'
import type { OdooOptions, OdooSimulator } from './options.ts'

const OPTIONS: OdooOptions = {
  users: [{ login: 'hub@example.com', key: 'key' }],
  products: [
    { sku: 'MUG', price: 12.5, available: { WH: 10 } },
    { sku: 'BOWL', price: 5, available: { WH: 2 } },
  ],
}

function open(nowMs: number, seed: number, snapshot?: unknown) {
  const clock = { nowMs }
  let state = seed
  const random = () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647
  const sim = createOdoo(OPTIONS, { now: () => clock.nowMs, random }, snapshot)
  return { sim, clock, double: () => open(clock.nowMs, state, deserialize(serialize(sim.snapshot()))) }
}

type Opened = ReturnType<typeof open>

async function call(sim: OdooSimulator, model: string, method: string, args: unknown[], more: object = {}) {
  const body = JSON.stringify({
    jsonrpc: '2.0', method: 'call', id: 1,
    params: { service: 'object', method: 'execute_kw', args: ['retail', 6, 'key', model, method, args, more] },
  }) // prettier-ignore
  const headers = { 'content-type': 'application/json' }
  const response = await sim.fetch(new Request('https://odoo.example/jsonrpc', { method: 'POST', body, headers }))
  return (await response.json()) as { result?: unknown; error?: { data: { message: string } } }
}

async function sell({ sim, clock }: Opened, name: string, sku: string, quantity: number): Promise<unknown[]> {
  clock.nowMs += 1_250
  const rows = [
    [
      `__crossdock__.${name}`,
      name,
      '1',
      `__crossdock__.${name}_1`,
      sku === 'MUG' ? '1' : '2',
      String(quantity),
      '9.99',
    ],
  ]
  const fields = [
    'id',
    'origin',
    'partner_id/.id',
    'order_line/id',
    'order_line/product_id/.id',
    'order_line/product_uom_qty',
    'order_line/price_unit',
  ]
  const loaded = await call(sim, 'sale.order', 'load', [fields, rows])
  const ids = (loaded.result as { ids: number[] }).ids
  return [loaded, await call(sim, 'sale.order', 'action_confirm', [ids])]
}

async function before(opened: Opened): Promise<void> {
  const { sim } = opened
  await call(sim, 'res.partner', 'create', [{ name: 'Ada' }])
  await sell(opened, 'one', 'MUG', 3)
  await sell(opened, 'two', 'BOWL', 5)
  sim.ship('one', { lines: { MUG: 2 }, tracking: 'T1', carrier: 'Own van' })
  // A call that fails moves its rows to the end, and leaves the numbers it took.
  await call(sim, 'sale.order', 'load', [['id', 'origin', 'partner_id/.id'], [['__crossdock__.x', 'x', '999']]])
  sim.conflict(0.4)
}

async function after(opened: Opened) {
  const { sim, clock } = opened
  const said: unknown[] = []
  const note = async (answer: Promise<unknown>) => void said.push(await answer)
  for (const name of ['r1', 'r2', 'r3', 'r4']) await note(call(sim, 'res.partner', 'create', [{ name }]))
  sim.conflict(0)
  await note(sell(opened, 'three', 'MUG', 1))
  sim.receive('BOWL', 'WH', 4)
  said.push(sim.openDeliveries(), sim.ship('two', { tracking: 'T2' }), sim.ship('one'))
  clock.nowMs += 90_000
  await note(
    call(sim, 'sale.order', 'search_read', [[['origin', '!=', false]]], {
      fields: ['name', 'write_date', 'amount_total', 'delivery_status'],
    }),
  )
  await note(
    call(sim, 'stock.picking', 'search_read', [[['write_date', '>=', '2026-11-21 09:00:00']]], {
      fields: ['name', 'state', 'write_date'],
    }),
  )
  await note(call(sim, 'ir.model.data', 'check_object_reference', ['__crossdock__', 'one']))
  return { said, beliefs: sim.beliefs(), snapshot: sim.snapshot() }
}

test('a restored Odoo goes on exactly as the one it was taken from', async () => {
  const original = open(Date.parse('2026-11-21T09:00:00.000Z'), 3)
  await before(original)
  const double = original.double()
  const first = await after(original)
  expect(await after(double)).toEqual(first)
  // It was a day with something in it, or the comparison says little.
  expect(first.beliefs.sales.map(({ name, state, deliveries }) => [name, state, deliveries.length])).toEqual([
    ['S00001', 'sale', 2],
    ['S00002', 'sale', 1],
    ['S00003', 'sale', 1],
  ])
  expect(new Set(first.said.slice(0, 4).map((answer) => 'error' in (answer as object)))).toEqual(new Set([true, false]))
})

test('a snapshot stands still while its Odoo goes on', async () => {
  const original = open(0, 3)
  const snapshot = original.sim.snapshot()
  const kept = serialize(snapshot)
  original.sim.receive('MUG', 'WH', 5)
  const double = open(0, 3, snapshot)
  expect(double.sim.beliefs().stock[0]).toMatchObject({ sku: 'MUG', onHand: 10 })
  double.sim.receive('MUG', 'WH', 7)
  expect(serialize(snapshot).equals(kept)).toBe(true)
})
