/** What a partner says of its shelf: counted or refused as a whole, with the segment named to the partner and to us. */
import { expect, test } from 'vitest'
import { readAll, translated } from '../kit/testing.ts'
import { createWorld, told, type World } from './testing.ts'

const AT = '2026-11-21T06:00:00.000Z'
const stock = (sku: string, command: object) => ({ stream: `stock/EDI/${sku}`, command })
const count = (sku: string, onHand: number) => stock(sku, { type: 'stock.count', by: 'WAREHOUSE', onHand, at: AT })

/** Our 997s, as the partner reads them. */
async function answered(world: World): Promise<string[]> {
  await readAll(world.connection.feeds['files'])
  await world.partner.work()
  return world.partner.beliefs().refused
}

test('an 846 counts every article once, by our own name of it, and is acknowledged', async () => {
  const world = createWorld()
  await world.partner.count([{ sku: 'MUG', onHand: '17' }, { sku: 'BOWL', onHand: '0' }, { sku: 'MUG', onHand: '3' }]) // prettier-ignore
  expect(await told(world)).toEqual([count('MUG', 20), count('BOWL', 0)])
  expect(await answered(world)).toEqual([])
  expect(world.partner.beliefs().acknowledged).toEqual(['1'])
})

test('a 947 says what was written off and what was found', async () => {
  const world = createWorld()
  await world.partner.adjust([{ sku: 'MUG', quantity: '-3', reason: '07' }, { sku: 'MUG', quantity: '1', reason: '01' }]) // prettier-ignore
  const adjust = (quantity: number, reason: string) =>
    stock('MUG', { type: 'stock.adjust', by: 'WAREHOUSE', quantity, reason, at: '2026-11-21T00:00:00.000Z' })
  expect(await told(world)).toEqual([adjust(-3, 'code 07'), adjust(1, 'code 01')])
})

test.each([
  ['LIN*2*UP*012345678905*VN*BOWL~\nQTY*33*0~\nQTY*17*4', 'LIN*2*UP*012345678905*VN*BOWL~\nQTY*33*4~\nQTY*33*4', 'LIN', 7],
  ['QTY*17*4', 'QTY*17*4.5', 'QTY', 9],
  ['QTY*17*4', 'QTY*17*-4', 'QTY', 9],
  ['*VN*BOWL', '*VN*~\nPID*F', 'LIN', 7],
  ['CTT*2', 'CTT*3', 'CTT', 10],
  ['*20261121*0600', '*20261341*0600', 'BIA', 2],
])('an 846 with %s as %s is refused as a whole, with its segment', async (from, to, tag, place) => {
  const world = createWorld()
  const lines = [{ sku: 'MUG', onHand: '17' }, { sku: 'BOWL', onHand: '4' }] // prettier-ignore
  const more = to.split('\n').length - from.split('\n').length
  const change = (text: string) =>
    text.replace(from, to).replace(/SE\*(\d+)/, (_, all) => `SE*${Number(all) + more}`)
  await world.partner.count(lines, change)
  const { readings, cursor } = await readAll(world.connection.feeds['files'])
  expect(readings.map(({ topic }) => topic)).toEqual(['bad'])
  expect(() => translated(world.connection, readings)).toThrow(`${tag} at place ${place}`)
  expect(JSON.stringify(readings)).toContain('012345678905')
  await readAll(world.connection.feeds['files'], cursor)
  await world.partner.work()
  const why = tag === 'LIN' && to.includes('PID') ? expect.stringContaining('AK3*LIN') : `AK3*${tag}*${place}**8`
  expect(world.partner.beliefs().refused).toEqual([why, 'AK9*R*1*1*0'])
}) // prettier-ignore

test('what is wrong in one file says nothing of the others', async () => {
  const world = createWorld()
  await world.partner.count([{ sku: 'MUG', onHand: 'many' }])
  await world.partner.count([{ sku: 'MUG', onHand: '5' }])
  const { readings } = await readAll(world.connection.feeds['files'])
  expect(readings.map(({ topic }) => topic)).toEqual(['bad', '846'])
  await world.partner.work()
  expect(world.partner.beliefs().refused).toEqual(['AK3*QTY*6**8', 'AK9*R*1*1*0'])
})
