/** What a kit does in single cases, one sentence each; that no piece is promised twice: kit.property.test.ts. */
import { describe, expect, it } from 'vitest'
import { KitWorld } from '../testing/kit-world.ts'

const kits = { SET: { parts: { MUG: 2, TRAY: 1 }, upTo: 2, share: 0.5 } }
const SKUS = ['MUG', 'TRAY', 'SET']

const settle = (world: KitWorld): KitWorld => {
  while (world.advance());
  return world
}
const worldOf = (onHand: Record<string, number>, change: Partial<(typeof kits)['SET']> = {}, skus = SKUS): KitWorld =>
  settle(new KitWorld({ onHand, kits: { SET: { ...kits.SET, ...change } }, channels: [skus] }))
const shows = (world: KitWorld) => Object.fromEntries(SKUS.map((sku) => [sku, world.shown(sku)]))
const buy = (world: KitWorld, sku: string, quantity: number): KitWorld => {
  world.sell([...world.shelves.keys()].indexOf(`c0 ${sku}`), quantity, false)
  return settle(world)
}

describe('a kit', () => {
  it('is on offer as often as its parts are set aside, and they are no longer on offer alone', () => {
    expect(shows(worldOf({ MUG: 10, TRAY: 9 }))).toEqual({ MUG: 6, TRAY: 7, SET: 2 })
  })

  it('has no more than its share of parts that are sold alone, and all of those that are not', () => {
    expect(shows(worldOf({ MUG: 6, TRAY: 1 }, { upTo: 9 }))).toEqual({ MUG: 6, TRAY: 1, SET: 0 })
    expect(shows(worldOf({ MUG: 6, TRAY: 5 }, { upTo: 9 }))).toEqual({ MUG: 4, TRAY: 4, SET: 1 })
    expect(shows(worldOf({ MUG: 6, TRAY: 2 }, { upTo: 9 }, ['SET']))).toEqual({ MUG: 0, TRAY: 0, SET: 2 })
  })

  it('is backed anew once one was sold, and the parts of that one pass to the ERP, once', () => {
    const world = buy(worldOf({ MUG: 10, TRAY: 9 }), 'SET', 2)
    expect(world.free('MUG')).toBe(6)
    expect(world.kit('SET')).toMatchObject({ taken: 2, held: 0 })
    expect(world.ledger('MUG').holds).toEqual([
      expect.objectContaining({ orderRef: 'kit:SET', quantity: 2, confirmed: null }),
    ])
    expect(shows(world)).toEqual({ MUG: 4, TRAY: 6, SET: 1 })
  })

  it('is backed when goods arrive that were short', () => {
    const world = worldOf({ MUG: 10, TRAY: 0 })
    expect(shows(world)).toEqual({ MUG: 10, TRAY: 0, SET: 0 })
    world.receive(1, 4)
    expect(shows(settle(world))).toEqual({ MUG: 6, TRAY: 2, SET: 2 })
  })

  it('gives parts back when it is to have fewer, and all when it is a kit no more: then the ERP is asked', () => {
    const world = worldOf({ MUG: 10, TRAY: 9 })
    world.rule({ SET: { ...kits.SET, upTo: 1 } })
    world.tell('stock/WH/SET', { type: 'stock.nudge', free: 0 })
    expect(shows(settle(world))).toEqual({ MUG: 8, TRAY: 8, SET: 1 })
    world.rule({})
    world.tell('stock/WH/SET', { type: 'stock.nudge', free: 0 })
    expect(shows(settle(world))).toEqual({ MUG: 10, TRAY: 9, SET: 0 })
    expect(world.ledger('SET')).toMatchObject({ kit: { ended: true }, reading: { free: 0 } })
    expect(world.kit('SET')).toMatchObject({ backed: 0, parts: [] })
  })

  it('changes its parts only once those of the old kind are given back', () => {
    const world = worldOf({ MUG: 10, TRAY: 9 })
    world.rule({ SET: { parts: { MUG: 3 }, upTo: 1, share: 0.5 } })
    world.tell('stock/WH/SET', { type: 'stock.nudge', free: 0 })
    expect(shows(settle(world))).toEqual({ MUG: 7, TRAY: 9, SET: 1 })
  })

  it('is asked for once by an order of the kit and its part, each by its own sum', () => {
    const world = worldOf({ MUG: 10, TRAY: 9 })
    world.sell([...world.shelves.keys()].indexOf('c0 SET'), 1, true)
    expect(world.sales[0]!.lines).toEqual([
      { sku: 'SET', quantity: 1 },
      { sku: 'MUG', quantity: 1 },
    ])
    settle(world)
    expect(world.reserved.get('c0:1')).toEqual(new Map([['MUG', 3], ['TRAY', 1]])) // prettier-ignore
    expect(world.promised('MUG')).toBe(10)
    expect(shows(world)).toEqual({ MUG: 5, TRAY: 7, SET: 1 })
  })
})
