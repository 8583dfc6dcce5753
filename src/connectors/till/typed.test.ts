/** A card number in a till's record: hidden before it is stored, and the chain of the register holds all the same. */
import type { Json } from '#canon/json.ts'
import type { TakeRecords } from '#core/commands.ts'
import { expect, test } from 'vitest'
import { openTill } from '../../../tests/support/till.ts'
import { hashOf } from './chain.ts'
import { stored, TOPIC, translate } from './inbound.ts'
import { readLines, type StoredLine } from './upload.ts'

const AT = '2026-11-23T09:00:00.000Z'
const PAN = '4111111111111111'

/** A till whose first record names a card number in a title, and its records as they are uploaded. */
function anUpload(change: (records: Record<string, unknown>[]) => void = () => {}) {
  const till = openTill({ storeId: 'b7', registerId: 'till-1' })
  till.sell([{ sku: 'MUG', price: 1190, rate: '0.19', included: true }])
  till.noSale()
  const [sale, next] = JSON.parse(JSON.stringify(till.records)) as Record<string, unknown>[]
  const { receipt } = sale as unknown as { receipt: { lines: { title: string }[] } }
  receipt.lines[0]!.title = `gift ${PAN}`
  sale!['hash'] = hashOf(sale!)
  next!['prevHash'] = sale!['hash']
  next!['hash'] = hashOf(next!)
  const records = [sale!, next!]
  change(records)
  return readLines(Buffer.from(records.map((one) => JSON.stringify(one)).join('\n')))
}

function taken(lines: readonly StoredLine[]): { kept: string; command: TakeRecords } {
  const { body } = stored('b7', lines)
  const kept = Buffer.from(body).toString()
  const [message] = translate({ topic: TOPIC, body: JSON.parse(kept) as Json, receivedAt: AT }, 300_000)
  return { kept, command: message!.command as TakeRecords }
}

test('it is hidden, both records are taken, and the name of the upload is the same as ever', () => {
  const lines = anUpload()
  const { kept, command } = taken(lines)
  expect(kept).not.toContain(PAN)
  expect(command.refused).toEqual([])
  expect(command.records.map(({ sequence }) => sequence)).toEqual([1, 2])
  expect(JSON.stringify(command.records)).toContain('gift ••••••••••••1111')
  expect(stored('b7', lines)).toMatchObject({ masked: ['title'], key: stored('b7', lines).key })
  expect(command.records[1]!.prevHash).toBe(command.records[0]!.hash)
})

test('a record whose hash did not fit before is refused as ever', () => {
  const { kept, command } = taken(anUpload(([sale]) => void (sale!['number'] = 'another')))
  expect(kept).not.toContain(PAN)
  expect(command.refused).toMatchObject([{ sequence: 1, code: 'hash_wrong' }])
})

test('a line that is no JSON loses its number too', () => {
  const body = stored('b7', readLines(Buffer.from(`{"title":"${PAN}`))).body
  expect(Buffer.from(body).toString()).toContain('••••••••••••1111')
})
