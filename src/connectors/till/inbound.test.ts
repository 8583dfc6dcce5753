/** What an upload says: packed or not, in one list or in lines, and whatever nonsense stands in them. */
import { gzipSync } from 'node:zlib'
import type { Json } from '#canon/json.ts'
import type { TakeRecords } from '#core/commands.ts'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { openTill } from '../../../tests/support/till.ts'
import { Fault } from '../../fault.ts'
import { hashOf } from './chain.ts'
import { stored, TOPIC, translate, uploadOf } from './inbound.ts'
import { checkLines, LINES_MAX, readLines } from './upload.ts'

const AT = '2026-11-23T09:00:00.000Z'
const OPTIONS = { storeId: 'b7', receivedAt: AT, clockAheadMaxMs: 300_000 }

function aTill() {
  const till = openTill({ storeId: 'b7', registerId: 'till-1' })
  till.sell([{ sku: 'MUG', price: 1190, rate: '0.19', included: true }])
  till.takeBack([{ sku: 'MUG', price: 1190, rate: '0.19', included: true, restock: true }])
  till.close()
  return till
}

const check = (record: object) => checkLines([{ line: 1, record: record as Json }], OPTIONS)

describe('an upload', () => {
  it('is the same in lines, as a list, packed, and with the sign some editors put first', () => {
    const till = aTill()
    const names = [till.jsonl(), `\uFEFF${till.jsonl()}\n\n`, JSON.stringify(till.records)].flatMap((text) =>
      [Buffer.from(text), gzipSync(text)].map((body) => stored('b7', readLines(body)).key),
    )
    expect(new Set(names).size).toBe(1)
  })

  it('goes to its registers, each with what is its own', () => {
    const [one, two] = [aTill(), openTill({ storeId: 'b7', registerId: 'till-2' })]
    two.noSale()
    const lines = readLines(Buffer.from(`${one.jsonl()}\nnonsense\n${two.jsonl()}`))
    const { messages, problems } = uploadOf('b7', lines, OPTIONS)
    expect(messages.map(({ stream, command }) => [stream, (command as TakeRecords).records.length])).toEqual([
      ['till/b7/till-1', 3],
      ['till/b7/till-2', 1],
    ])
    expect(problems).toMatchObject([{ line: 4, code: 'not_json', registerId: null, sequence: null }])
  })

  it.each([
    ['nothing', ''],
    ['an empty list', '[]'],
    ['a list that was cut off', '[{"contract":1},'],
    ['too many lines', '{}\n'.repeat(LINES_MAX + 1)],
    ['broken gzip', Buffer.from([0x1f, 0x8b, 1, 2, 3])],
  ])('of %s is not readable', (_, body) => {
    expect(() => readLines(Buffer.from(body))).toThrow(Fault)
  })

  it('that unpacks beyond all measure is refused', () => {
    expect(() => readLines(gzipSync(Buffer.alloc(17 * 1024 * 1024)))).toThrow(/gzip/)
  })

  it('is translated to the same however often, and nothing but a stored upload is', () => {
    const { body } = stored('b7', readLines(Buffer.from(aTill().jsonl())))
    const delivery = { topic: TOPIC, body: JSON.parse(Buffer.from(body).toString()) as Json, receivedAt: AT }
    expect(translate(delivery, 300_000)).toEqual(translate(delivery, 300_000))
    expect(() => translate({ ...delivery, topic: 'other' }, 300_000)).toThrow(Fault)
  })

  it('never breaks the check, whatever stands in it', () => {
    fc.assert(
      fc.property(fc.array(fc.json()), (texts) => {
        const lines = texts.map((text, index) => ({ line: index + 1, record: JSON.parse(text) as Json }))
        const { records, problems } = checkLines(lines, OPTIONS)
        return records.length === 0 && new Set(problems.map(({ line }) => line)).size === lines.length
      }),
    )
  })
})

describe('a record', () => {
  const rehash = (record: object) => ({ ...record, hash: hashOf(record) })
  const [sale, back, z] = aTill().records

  it('is taken when it is right', () => {
    for (const record of [sale!, back!, z!]) expect(check(record).problems).toEqual([])
  })

  it('may be as far ahead as clocks go wrong, and no further', () => {
    const at = (occurredAt: string) => check(rehash({ ...sale!, occurredAt })).problems.map(({ code }) => code)
    expect(at('2026-11-23T09:05:00.000Z')).toEqual([])
    expect(at('2026-11-23T09:05:00.001Z')).toEqual(['clock_ahead'])
  })

  it('that was changed without its hash is found out, in every field', () => {
    const fields = Object.keys(sale!).filter((name) => !['hash', 'contract', 'kind', 'storeId'].includes(name))
    for (const name of fields) {
      const value = (sale as unknown as Record<string, unknown>)[name]
      const other = typeof value === 'number' ? value + 1 : typeof value === 'boolean' ? !value : value
      if (other === value) continue
      expect(check({ ...sale!, [name]: other }).problems, name).toMatchObject([{ code: 'hash_wrong' }])
    }
  })

  it('of a return holds nothing sold, and of a cash move something', () => {
    expect(check(rehash({ ...sale!, kind: 'return' })).problems).toMatchObject([{ code: 'sign_wrong' }])
    const till = openTill({ storeId: 'b7', registerId: 'till-1' })
    expect(check(till.cash('cash_in', 0, 'x')).problems).toMatchObject([
      { code: 'sign_wrong', pointer: '/cash/amount' },
    ])
  })

  it('in two currencies is refused', () => {
    const mixed = structuredClone(z) as unknown as { zReport: { cashCounted: { currency: string } } }
    mixed.zReport.cashCounted.currency = 'EUR'
    expect(check(rehash(mixed)).problems).toMatchObject([{ code: 'currency_mixed' }])
  })
})
