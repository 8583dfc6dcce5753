/**
 * Goods that move between two warehouses the hub sells from, while it sells: one journey for a real Odoo and for the
 * simulated one, each driven by the same calls. What Odoo said at every stage was measured on a real one; what the shop
 * offers has to follow.
 */
import { expect } from 'vitest'
import { createOdoo } from '#connectors/odoo/simulator/index.ts'
import { createRandom } from '#sim/random.ts'
import { elapsedMs } from '../../src/io.ts'
import { ADA, CARRIER } from './masterdata.ts'
import { type HubOptions, openHub, type TestHub } from './hub.ts'
import { type Access, type OdooServer, openServer, runName } from './server.ts'

const LAG_MS = 2_500
const [HERE, THERE] = [7_001, 7_002] as const

/** What happens to Odoo's answers. */
export const LOSSES = [
  { losses: 'every answer heard', loseEvery: undefined },
  { losses: 'one answer in 13 lost', loseEvery: 13 },
] as const

/** An Odoo with two warehouses, `WH` and another. */
export interface Plant {
  access: Access
  server: OdooServer
  /** Code of the other warehouse. */
  other: string
  /** From `WH` to the other at once. @returns the transfer, which is confirmed. */
  transfer(sku: string, pieces: number, options?: { reserve?: boolean; to?: number }): Promise<number>
  /** By the route between the warehouses, through a transit location. */
  resupply(sku: string, pieces: number): Promise<{ out: number; in: number }>
  /** A transit location inside the other warehouse. */
  lorry(): Promise<number>
  options: HubOptions
  /** Time for the hub to hear of everything. */
  calm(hub: TestHub): Promise<void>
}

type Row = Record<string, unknown> & { id: number }
const idOf = (value: unknown): number => (Array.isArray(value) ? (value[0] as number) : (value as number))

export async function realPlant({ hub, admin }: { hub: Access; admin: Access }): Promise<Plant> {
  const server = await openServer(admin)
  const { rpc } = server
  const other = `X${runName().slice(0, 4)}`.toUpperCase()
  const [home] = await rpc.search('stock.warehouse', [['code', '=', 'WH']], HOUSE)
  const values = { name: `Second ${other}`, code: other, resupply_wh_ids: [[6, 0, [home!.id]]] }
  const id = (await rpc.call('stock.warehouse', 'create', [values])) as number
  const [second] = (await rpc.search('stock.warehouse', [['id', '=', id]], HOUSE)) as [Row]
  const [route] = (await rpc.search('stock.route', [['supplied_wh_id', '=', id]], ['name'])) as [Row]
  const [from, type] = [idOf(home!['lot_stock_id']), idOf(home!['int_type_id'])]
  const reserving = (method: string) =>
    rpc.call('stock.picking.type', 'write', [[type], { reservation_method: method }])
  const productOf = async (sku: string) =>
    (await rpc.search('product.product', [['default_code', '=', sku]], ['product_tmpl_id', 'uom_id']))[0]!
  return {
    access: hub,
    server,
    other,
    async transfer(sku, pieces, { reserve = true, to = idOf(second['lot_stock_id']) } = {}) {
      const product = await productOf(sku)
      const place = { location_id: from, location_dest_id: to }
      const move = { ...place, name: sku, product_id: product.id, product_uom_qty: pieces }
      const all = { ...place, picking_type_id: type, move_ids: [[0, 0, move]] }
      if (!reserve) await reserving('manual')
      const picking = (await rpc.call('stock.picking', 'create', [all])) as number
      await rpc.call('stock.picking', 'action_confirm', [[picking]])
      if (!reserve) await reserving('at_confirm')
      return picking
    },
    async resupply(sku, pieces) {
      const product = await productOf(sku)
      const wanted = {
        product_id: product.id,
        product_tmpl_id: idOf(product['product_tmpl_id']),
        product_uom_id: idOf(product['uom_id']),
        quantity: pieces,
        warehouse_id: id,
        route_id: route.id,
        date_planned: '2030-01-02 00:00:00',
      }
      const context = { default_product_id: product.id }
      const wizard = await rpc.call('product.replenish', 'create', [wanted], { context })
      await rpc.call('product.replenish', 'launch_replenishment', [[wizard]])
      const domain = [
        ['move_ids.product_id', '=', product.id],
        ['state', 'not in', ['done', 'cancel']],
      ]
      const open = await rpc.search('stock.picking', domain, ['picking_type_code', 'sale_id'])
      const one = (code: string) => open.find((row) => row['picking_type_code'] === code && !row['sale_id'])!.id
      return { out: one('outgoing'), in: one('incoming') }
    },
    lorry: async () => {
      const place = { name: 'On the lorry', usage: 'transit', location_id: idOf(second['view_location_id']) }
      return (await rpc.call('stock.location', 'create', [place])) as number
    },
    options: {},
    async calm(hub) {
      // Odoo's clock is the real one, and its feeds leave out the newest second.
      const startedMs = elapsedMs()
      for (let rounds = 0; rounds < 2 || elapsedMs() - startedMs < LAG_MS; rounds += 1) await hub.round()
    },
  }
}

const HOUSE = ['lot_stock_id', 'int_type_id', 'view_location_id']

export async function simulatedPlant(): Promise<Plant> {
  const access = { url: 'http://odoo.sim', database: 'retail', user: 'hub@example.com', key: 'a-simulated-key' }
  const clock = { now: Date.now }
  const [other, users] = ['X2', [{ login: access.user, key: access.key }]]
  const sim = createOdoo(
    { users, carriers: [CARRIER], warehouses: ['WH', other] },
    { now: () => clock.now(), random: createRandom(1).next },
  )
  return {
    access,
    server: await openServer(access, sim.fetch),
    other,
    transfer: (sku, pieces, { reserve = true, to } = {}) =>
      Promise.resolve(sim.transfer(sku, 'WH', to ?? other, pieces, { reserve })),
    resupply: (sku, pieces) => Promise.resolve(sim.resupply(sku, 'WH', other, pieces)),
    lorry: () => Promise.resolve(sim.addTransit(other)),
    options: { odoo: sim.fetch, systems: (now) => ((clock.now = now), {}) },
    async calm(hub) {
      for (let rounds = 0; rounds < 3; rounds += 1) await hub.round()
    },
  }
}

/** A mug of which there are so many in `WH` and none in the other, and what people do with it. */
async function begin(plant: Plant, pieces: number, loseEvery?: number) {
  const { server, other } = plant
  const mug = `MUG-${runName()}`
  await server.addProducts([{ sku: mug, name: 'Blue mug', price: 12.5, onHand: pieces }])
  const locations = [{ id: HERE, pool: 'WH' }, { id: THERE, pool: other }] // prettier-ignore
  const options = { ...plant.options, locations, ...(loseEvery ? { loseEvery } : {}) }
  const hub = await openHub(plant.access, [{ sku: mug, title: 'Blue mug', price: '12.50' }], options)
  const levels = () => hub.shop.beliefs().levels[mug] ?? {}
  const offered = () => [levels()[HERE]?.available ?? 0, levels()[THERE]?.available ?? 0]
  const buy = (quantity: number) =>
    hub.shop.placeOrder({ lines: [{ sku: mug, quantity }], customer: ADA, taxRate: 0.0825 })
  return {
    hub, mug, buy,
    /** The shop comes to offer just this, here and there, and stays there. */
    async offers(here: number, there: number): Promise<number[]> {
      const wanted = [here, there]
      const reached = () => offered().every((one, index) => one === wanted[index])
      await hub.until(`the shop offers ${wanted.join(' and ')}`, reached)
      await plant.calm(hub)
      expect(offered()).toEqual(wanted)
      return offered()
    },
    async sells(quantity: number): Promise<string> {
      const id = buy(quantity)!
      expect(id).not.toBeNull()
      await hub.until(`order ${id} is confirmed`, async () => (await hub.order(id))?.status === 'confirmed')
      return id
    },
    /** The warehouse lets so many of a transfer go, and leaves the rest to another. @returns that other. */
    async part(picking: number, quantity: number): Promise<number | undefined> {
      const domain = [['picking_id', '=', picking], ['state', 'not in', ['done', 'cancel']]] // prettier-ignore
      const [move] = await server.rpc.search('stock.move', domain, [])
      await server.rpc.call('stock.move', 'write', [[move!.id], { quantity, picked: true }])
      const done = await server.rpc.call('stock.picking', 'button_validate', [[picking]], {
        context: { skip_backorder: true },
      })
      expect(done).toBe(true)
      return (await server.rpc.search('stock.picking', [['backorder_id', '=', picking]], []))[0]?.id
    },
    cancel: (picking: number) => server.rpc.call('stock.picking', 'action_cancel', [[picking]]),
    async incidents(pool: string): Promise<string[]> {
      const [row] = await hub.engine.database.query<{ state: { incidents?: { kind: string }[] } }>(
        'select state from stream where stream = $1',
        [`stock/${pool}/${mug}`],
      )
      return (row?.state.incidents ?? []).map(({ kind }) => kind).toSorted()
    },
  } // prettier-ignore
}

/** What Odoo has in the end, wherever it lies. */
type Left = Promise<{ onHand: number; free: number }>

/** Through the transit location, in parts, with what is left cancelled; both warehouses sell meanwhile. */
export async function throughTransit(plant: Plant, loseEvery?: number): Left {
  const { hub, mug, ...at } = await begin(plant, 10, loseEvery)
  await at.offers(10, 0)
  const first = await at.sells(2)
  await at.offers(8, 0)

  const sent = await plant.resupply(mug, 5)
  await at.offers(3, 0)
  const second = await at.sells(3)
  expect(at.buy(1)).toBeNull()

  const outRest = await at.part(sent.out, 3)
  await at.offers(0, 0)
  expect(at.buy(1)).toBeNull()
  const inRest = await at.part(sent.in, 2)
  await at.offers(0, 2)
  const third = await at.sells(1)
  await at.offers(0, 1)

  await at.cancel(outRest!)
  await at.offers(2, 1)
  await at.part(inRest!, 1)
  await at.offers(2, 2)
  expect([await at.incidents('WH'), await at.incidents(plant.other)]).toEqual([[], []])

  // Ten pieces: four are free, six were sold, each by one sale, and leave from where they were sold.
  const stock = await plant.server.stock([mug])
  expect(stock[mug]).toEqual({ onHand: 10, free: 4 })
  for (const id of [first, second, third]) {
    const [sale, ...more] = await plant.server.sales(hub.refOf(id))
    expect(more).toEqual([])
    expect(await plant.server.ship(hub.refOf(id), { tracking: `1Z${id}` })).toBe(true)
    expect(sale!.deliveries.map(({ lines }) => lines[mug])).toEqual([{ [first]: 2, [second]: 3, [third]: 1 }[id]])
    await hub.until(`order ${id} is completed`, async () => (await hub.order(id))?.status === 'completed')
  }
  await at.offers(2, 2)
  if (loseEvery) expect(hub.wire.lost).toBeGreaterThan(3)
  return (await plant.server.stock([mug]))[mug]!
}

/**
 * Counted, promised by hand, taken from under an order, forced below nothing, and put aside on a lorry. @returns what
 * is on offer in the end.
 */
export async function countedMeanwhile(plant: Plant, loseEvery?: number): Promise<number[]> {
  const lorry = await plant.lorry()
  const { hub, mug, ...at } = await begin(plant, 9, loseEvery)
  const { server } = plant
  /** An incident stands while there is less than nothing, and until it is counted anew. */
  async function countedAnew(before: [number, number], pieces: number, after: [number, number]): Promise<void> {
    await at.offers(...before)
    expect(await at.incidents('WH')).toContain('negative')
    await server.count(mug, pieces)
    await at.offers(...after)
    expect(await at.incidents('WH')).toEqual([])
  }
  await at.offers(9, 0)
  const first = await at.sells(5)
  await at.offers(4, 0)

  // Shrinkage below what is sold, and found again.
  await server.count(mug, 3)
  await countedAnew([0, 0], 9, [4, 0])

  // A transfer of which nothing is reserved: no row of stock changes, neither now nor when it is
  // cancelled, and those of before are no news any more.
  hub.pass(300_000)
  await plant.calm(hub)
  const byHand = await plant.transfer(mug, 3, { reserve: false })
  await at.offers(1, 0)
  await at.cancel(byHand)
  await at.offers(4, 0)

  // Taken by a transfer before anybody hears of the order: shown, and given back when the transfer is given up.
  const taking = await plant.transfer(mug, 4)
  const late = at.buy(3)!
  await at.offers(0, 0)
  expect(await at.incidents('WH')).toContain('negative')
  await at.cancel(taking)
  await at.offers(1, 0)
  expect(await at.incidents('WH')).toEqual([])

  // Somebody sends more than there is.
  const forced = await plant.transfer(mug, 1)
  await at.part(forced, 12)
  await countedAnew([0, 12], 8, [0, 12])

  // Goods that lie in the other warehouse, but on a lorry.
  await server.count(mug, 10)
  await at.offers(2, 12)
  await at.part(await plant.transfer(mug, 2, { to: lorry }), 2)

  for (const id of [first, late]) {
    expect(await server.sales(hub.refOf(id))).toHaveLength(1)
    expect(await hub.order(id)).toMatchObject({ status: 'confirmed' })
  }
  if (loseEvery) expect(hub.wire.lost).toBeGreaterThan(3)
  return at.offers(0, 12)
}
