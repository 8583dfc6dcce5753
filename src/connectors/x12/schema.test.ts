/** What we write and what the partner writes, against the tables of X12 (folder named by CROSSDOCK_SPECS). */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readInterchange, type Segment } from './envelope.ts'
import { answer, readAll } from '../kit/testing.ts'
import { askFor, cancelAsk, createWorld } from './testing.ts'

const folder = process.env['CROSSDOCK_SPECS'] ? join(process.env['CROSSDOCK_SPECS'], 'edi', 'x12') : ''
const file = join(folder, '004010-retail.json')
const atHand = folder !== '' && existsSync(file)
if (!atHand) console.warn("CROSSDOCK_SPECS does not name the vendors' contracts: the tables of X12 were NOT checked.")

interface Node {
  segment: string
  min: number
  max: number
  children?: Node[]
}
interface Tables {
  transactions: Record<string, { functionalGroup: string; structure: Node[] }>
  segments: Record<string, { ref: string; req: string; min: number; max: number; type: string }[]>
}

/** Walks the structure as far as the segments go. @returns how many fit. */
function walk(nodes: readonly Node[], segments: readonly Segment[], from: number, wrong: string[]): number {
  let at = from
  for (const { segment, min, max, children = [] } of nodes) {
    let times = 0
    while (times < max && segments[at]?.[0] === segment) {
      times += 1
      at = walk(children, segments, at + 1, wrong)
    }
    if (times < min) wrong.push(`${segment} is there ${times} times, ${min} at least`)
  }
  return at
}

function problems({ transactions, segments: tables }: Tables, set: string, body: readonly Segment[]): string[] {
  const wrong: string[] = []
  const all: Segment[] = [['ST', set, '0001'], ...body, ['SE', '1', '0001']]
  const fitting = walk(transactions[set]!.structure, all, 0, wrong)
  if (fitting < all.length) wrong.push(`${set}: ${all[fitting]![0]} stands where it may not`)
  for (const [tag, ...elements] of body) {
    const table = tables[tag] ?? []
    elements.forEach((value, index) => {
      const element = table[index]
      if (!element) return void wrong.push(`${tag} has no element ${index + 1}`)
      if (value === '') return element.req === 'M' ? void wrong.push(`${element.ref} is missing`) : undefined
      if (value.length > element.max || value.length < element.min)
        wrong.push(`${element.ref} '${value}' is too long or too short`)
      if (/^(R|N\d)$/.test(element.type) && !/^-?\d+$/.test(value)) wrong.push(`${element.ref} '${value}' is no number`)
    })
    for (const element of table.slice(elements.length)) if (element.req === 'M') wrong.push(`${element.ref} is missing`)
  }
  return wrong
}

test('every set we write and read is as the tables say', async () => {
  if (!atHand) return
  const tables = JSON.parse(readFileSync(file, 'utf8')) as Tables
  const world = createWorld()
  const address = { ...askFor().shippingAddress, street2: 'Floor 3', region: 'ZH' }
  await answer(world.connection, 'warehouseOrder.ensure', askFor({ shippingAddress: address }))
  await world.partner.work('R')
  await answer(world.connection, 'warehouseOrder.cancel', cancelAsk)
  await world.partner.work('silent')
  await world.partner.ship('S-1001', 'SH1', [
    { sku: 'MUG', ordered: 3, left: 2 },
    { sku: 'BOWL-2', ordered: 1, left: 1, status: 'CS', insteadOf: 'BOWL' },
  ])
  await world.partner.pack('S-1001', 'SH1', [
    { sscc: '00340123450000000017', lines: [{ sku: 'MUG', quantity: '2', lot: 'A7', serials: ['1'] }] },
  ])
  await world.partner.count([{ sku: 'MUG', onHand: '17' }])
  await world.partner.count([{ sku: 'MUG', onHand: '-4' }])
  await world.partner.adjust([{ sku: 'MUG', quantity: '-3', reason: '07' }])
  await readAll(world.connection.feeds['files'])
  await world.partner.work()
  const texts: string[] = []
  for (const place of ['taken', 'in/archive'])
    for (const { name } of await world.files.list(place)) texts.push((await world.files.read(`${place}/${name}`))!)
  const groups = texts.flatMap((text) => readInterchange(text).groups)
  const sets = groups.flatMap(({ transactions }) => transactions)
  expect(sets.map(({ set }) => set).sort()).toEqual([
    '846',
    '846',
    '856',
    '940',
    '940',
    '945',
    '947',
    '997',
    '997',
    '997',
    '997',
    '997',
    '997',
  ])
  expect(sets.flatMap(({ set, segments }) => problems(tables, set, segments))).toEqual([])
  for (const { code, transactions } of groups)
    expect(tables.transactions[transactions[0]!.set]!.functionalGroup).toBe(code)
})
