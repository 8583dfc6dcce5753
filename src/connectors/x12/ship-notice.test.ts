/** What a partner says of cartons: all of it, or refused as a whole, with the segment named to both sides. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readAll, translated } from '../kit/testing.ts'
import { bad, type Segment } from './envelope.ts'
import { noticesIn } from './ship-notice.ts'
import { WrongSegment } from './stock-sets.ts'
import { createWorld, STREAM, told, type World } from './testing.ts'

const SSCC = '340123450000000123'
const CARTONS = [
  { sscc: `00${SSCC}`, lines: [{ sku: 'MUG', quantity: '2', lot: 'A7' }, { sku: 'BOWL', quantity: '1' }] },
  { lines: [{ sku: 'MUG', quantity: '1', serials: ['S-1'] }] },
] // prettier-ignore

async function answered(world: World): Promise<string[]> {
  await readAll(world.connection.feeds['files'])
  await world.partner.work()
  return world.partner.beliefs().refused
}

test('an 856 says how the parcel is packed, by our own names, and is acknowledged', async () => {
  const world = createWorld()
  await world.partner.pack('S-1001', 'SH1', CARTONS)
  expect(await told(world)).toEqual([
    {
      stream: STREAM,
      command: {
        type: 'warehouseOrder.notePacking',
        shipmentId: 'x12-SH1',
        cartons: [
          { sscc: SSCC, lines: [{ sku: 'MUG', quantity: 2, lot: 'A7' }, { sku: 'BOWL', quantity: 1 }] },
          { sscc: null, lines: [{ sku: 'MUG', quantity: 1, serials: ['S-1'] }] },
        ],
      },
    },
  ]) // prettier-ignore
  expect(await answered(world)).toEqual([])
  expect(world.partner.beliefs().acknowledged).toEqual(['1'])
})

test('its parcel is named as the 945 names it', async () => {
  const world = createWorld()
  await world.partner.pack('S-1001', 'SH1', CARTONS)
  await world.partner.ship('S-1001', 'SH1', [{ sku: 'MUG', ordered: 3, left: 3 }])
  const ids = (await told(world)).map(({ command }) => (command as { shipmentId?: string }).shipmentId)
  expect(new Set(ids)).toEqual(new Set(['x12-SH1']))
})

test.each([
  ['BSN*00', 'BSN*03', 'BSN', 2],
  ['HL*2*1*O', 'HL*2*7*O', 'HL', 4],
  ['HL*3*2*P', 'HL*2*2*P', 'HL', 6],
  ['HL*3*2*P', 'HL*3*1*P', 'HL', 6],
  ['HL*3*2*P', 'HL*3*2*X', 'HL', 6],
  ['PRF*S-1001', 'PRF*T-1001', 'PRF', 5],
  [SSCC, '340123450000000124', 'MAN', 7],
  ['VN*MUG*LT', 'UP*MUG*LT', 'LIN', 9],
  ['SN1**2*EA', 'SN1**2.5*EA', 'SN1', 10],
  ['SN1**2*EA', 'SN1**0*EA', 'SN1', 10],
  ['SN1**2*EA', 'SN1**2*CA', 'SN1', 10],
  ['CTT*7', 'CTT*6', 'CTT', 19],
])('an 856 with %s as %s is refused as a whole, with its segment', async (from, to, tag, place) => {
  const world = createWorld()
  await world.partner.pack('S-1001', 'SH1', CARTONS, (text) => {
    expect(text).toContain(from)
    return text.replace(from, to)
  })
  const { readings, cursor } = await readAll(world.connection.feeds['files'])
  expect(readings.map(({ topic }) => topic)).toEqual(['bad'])
  expect(() => translated(world.connection, readings)).toThrow(`${tag} at place ${place}`)
  await readAll(world.connection.feeds['files'], cursor)
  await world.partner.work()
  expect(world.partner.beliefs().refused).toEqual([`AK3*${tag}*${place}**8`, 'AK9*R*1*1*0'])
})

test('whatever its segments are, it is understood or refused with one of them', () => {
  const tag = fc.constantFrom('BSN', 'HL', 'PRF', 'MAN', 'LIN', 'SN1', 'REF', 'CTT')
  const element = fc.constantFrom(
    '',
    '00',
    '1',
    '2',
    '3',
    'S',
    'O',
    'P',
    'I',
    'GM',
    SSCC,
    'VN',
    'MUG',
    'EA',
    'SE',
    'ours',
  )
  const segment = fc.tuple(tag, fc.array(element, { maxLength: 5 })).map(([one, all]): Segment => [one, ...all])
  fc.assert(
    fc.property(fc.array(segment, { maxLength: 20 }), (segments) => {
      try {
        expect(noticesIn(segments, (number) => number === 'ours')).not.toEqual([])
      } catch (error) {
        if (!(error instanceof WrongSegment)) throw error
        expect(bad(error.message).message).toContain(`${error.tag} at place ${error.place}`)
      }
    }),
  )
})
