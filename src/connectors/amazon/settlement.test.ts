/** A settlement report is read whole, or refused with the line that is to blame: to the cent, month by month. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { linesOf } from './lines.ts'
import { addsUp, readSettlement, type Settlement, type Unreadable } from './settlement.ts'
import { amountKindOf } from './settlement-kinds.ts'
import { SETTLEMENT_COLUMNS, type SettlementColumn } from './settlement-row.ts'

type Cells = Partial<Record<SettlementColumn, string>>

const ZONE = 'America/Los_Angeles'
const HEAD = SETTLEMENT_COLUMNS.join('\t')
const row = (cells: Cells): string => SETTLEMENT_COLUMNS.map((name) => cells[name] ?? '').join('\t')
const totals = (total: string, more: Cells = {}): string =>
  row({
    'settlement-id': '18174059732', 'settlement-start-date': '2026-10-27 08:00:00 UTC',
    'settlement-end-date': '2026-11-10 08:00:00 UTC', 'deposit-date': '2026-11-12 08:00:00 UTC', 'total-amount': total,
    'currency': 'USD', ...more,
  }) // prettier-ignore
const amount = (value: string, more: Cells = {}): string =>
  row({
    'settlement-id': '18174059732', 'transaction-type': 'Order', 'order-id': '111-0000001-0000001',
    'amount-type': 'ItemPrice', 'amount-description': 'Principal', 'amount': value, 'posted-date': '2026-10-30',
    'posted-date-time': '2026-10-30 17:00:00 UTC', ...more,
  }) // prettier-ignore

function read(lines: Iterable<string>, zone = ZONE): Settlement | Unreadable {
  const reader = readSettlement(zone)
  for (const line of lines) reader.take(line)
  return reader.end()
}

test('T11: an amount belongs to the month in which the marketplace posted it, when the clocks are put back too', () => {
  const at = (moment: string, day = '2026-11-01') => amount('1.00', { 'posted-date-time': moment, 'posted-date': day })
  // 23:59 on Halloween in Seattle, then midnight; and an hour that comes twice.
  const moments = [
    '2026-11-01 06:59:59 UTC',
    '2026-11-01 07:00:00 UTC',
    '2026-11-01T01:30:00-07:00',
    '2026-11-01T01:30:00-08:00',
  ]
  const months = (zone: string) =>
    (read([HEAD, totals('4.00'), ...moments.map((one) => at(one))], zone) as Settlement).groups
  expect(months(ZONE).map(({ month, net }) => [month, net])).toEqual([['2026-10', 100], ['2026-11', 300]]) // prettier-ignore
  expect(months('UTC').map(({ month, net }) => [month, net])).toEqual([['2026-11', 400]])
  expect(months('Asia/Tokyo').map(({ month }) => month)).toEqual(['2026-11'])
  const dayOnly = read([HEAD, totals('1.00'), at('', '2026-10-31')]) as Settlement
  expect(dayOnly.groups).toMatchObject([{ month: '2026-10' }])
})

test('amounts are told by kind, by month, and by order; those without one of ours count in the sums alone', () => {
  const fee = { 'amount-type': 'ItemFees', 'amount-description': 'Commission' }
  const other = { 'transaction-type': 'other-transaction', 'order-id': '', 'amount-type': 'other-transaction' }
  const told = read([
    HEAD, totals('61.00'), amount('100.00'), amount('-15.00', fee), amount('-4.00', { ...fee, 'order-id': 'S01-0000001-0000001' }),
    amount('-20.00', { ...other, 'amount-description': 'Current Reserve Amount' }), '',
  ]) as Settlement // prettier-ignore
  expect(told).toMatchObject({ total: 6_100, closes: '2026-11', issuedAt: '2026-11-12T08:00:00.000Z' })
  expect(addsUp(told)).toBe(true)
  expect(told.groups.map(({ line, head, kind, fee: isFee, net }) => [line, head, kind, isFee, net])).toEqual([
    [3, 'principal', 'charge', false, 10_000],
    [4, 'commission', 'charge', true, -1_900],
    [6, 'reserve', 'adjustment', false, -2_000],
  ])
  expect(told.orders).toEqual([{ orderId: '111-0000001-0000001', net: 8_500, heads: { principal: 10_000, commission: -1_500 } }]) // prettier-ignore
})

test.each([
  ['Order', 'ItemPrice', 'ShippingTax', { kind: 'charge', head: 'tax' }],
  ['Order', 'ItemFees', 'FBAPerUnitFulfillmentFee', { kind: 'charge', head: 'fulfilment', fee: true }],
  ['Order', 'Promotion', 'whatever it is called', { kind: 'charge', head: 'promotion' }],
  ['Chargeback Refund', 'ItemPrice', 'Principal', { kind: 'dispute', head: 'principal' }],
  ['ServiceFee', 'Cost of Advertising', 'TransactionTotalAmount', { kind: 'fee', head: 'other', fee: true }],
  [
    'Other-Transaction',
    'Other-Transaction',
    'Previous Reserve Amount Balance',
    { kind: 'adjustment', head: 'reserve' },
  ],
  ['Order_Retrocharge', 'ItemPrice', 'Tax', { kind: 'unknown' }],
  ['Order', 'ItemPrice', 'constructor', { kind: 'unknown' }],
  ['other-transaction', 'other-transaction', 'Something new', { kind: 'unknown' }],
])('%s / %s / %s is known by what it is, or by name', (transaction, type, description, kind) => {
  expect(amountKindOf(transaction, type, description)).toMatchObject(kind)
})

describe('a report is refused as a whole, with its line,', () => {
  const good = amount('1.00')
  test.each<[string, string[], RegExp]>([
    ['with a column nobody knows', [`${HEAD}\tpromotion-id`, totals('1.00'), good], /^Line 1: The column 'promotion-id' is not known/],
    ['without one of its columns', [HEAD.replace('\tsku', ''), totals('1.00')], /^Line 1: The column 'sku' is missing/],
    ['with a column twice', [`${HEAD}\tsku`, totals('1.00')], /^Line 1: The column 'sku' is there twice/],
    ['with an amount that is none', [HEAD, totals('1.00'), good, amount('1,00')], /^Line 4: The amount '1,00' is none in USD/],
    ['with a tenth of a cent', [HEAD, totals('1.00'), amount('1.005')], /^Line 3: The amount '1.005'/],
    ['without an amount', [HEAD, totals('1.00'), amount('')], /^Line 3: The amount ''/],
    ['with two currencies', [HEAD, totals('1.00'), good, amount('1.00', { currency: 'CAD' })], /^Line 4: The currency is 'CAD'/],
    ['with two totals', [HEAD, totals('1.00'), amount('1.00', { 'total-amount': '2.00' })], /^Line 3: It says another total/],
    ['without totals', [HEAD, good], /^Line 2: The currency/],
    ['without any line', [HEAD], /no line with the totals/],
    ['with a day that can be misread', [HEAD, totals('1.00'), amount('1.00', { 'posted-date-time': '', 'posted-date': '09/06/26' })], /^Line 3: The day/],
    ['with a cell too many', [HEAD, totals('1.00'), `${good}\tx`], /^Line 3: It has 24 cells/],
  ])('%s', (_, lines, detail) => {
    const said = read(lines)
    expect(said).toMatchObject({ settlementId: lines.length > 1 ? '18174059732' : null })
    expect((said as Unreadable).detail).toMatch(detail)
  }) // prettier-ignore
})

test('T11: whatever is altered by a cent is found', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: -99_999, max: 99_999 }), { minLength: 1, maxLength: 40 }),
      fc.nat(),
      (cents, nth) => {
        const decimal = (value: number) => (value / 100).toFixed(2)
        const total = decimal(cents.reduce((sum, one) => sum + one, 0))
        const lines = (all: number[]) => [HEAD, totals(total), ...all.map((one) => amount(decimal(one)))]
        const altered = cents.map((one, index) => (index === nth % cents.length ? one + 1 : one))
        expect([addsUp(read(lines(cents)) as Settlement), addsUp(read(lines(altered)) as Settlement)]).toEqual([
          true,
          false,
        ])
      },
    ),
  )
})

test('amounts that only a computer could pay are refused', () => {
  const most = amount('90071992547409.91')
  const other = amount('-90071992547409.91', { 'order-id': '111-0000001-0000002' })
  expect(read([HEAD, totals('0.00'), most, most, other, other])).toMatchObject({
    detail: expect.stringContaining('measure') as string,
  })
})

test('any text is read, or refused with a reason', () => {
  const cell = fc.oneof(
    fc.string({ maxLength: 20 }),
    fc.constantFrom('1.00', 'USD', '2026-10-30 17:00:00 UTC', '9'.repeat(30), '\t'),
  )
  const line = fc.oneof(
    fc.string(),
    fc.constant(HEAD),
    fc.constant(totals('1.00')),
    fc.array(cell, { maxLength: 25 }).map((all) => all.join('\t')),
  )
  const near = fc.dictionary(fc.constantFrom(...SETTLEMENT_COLUMNS), cell).map((cells) => amount('1.00', cells))
  const lines = fc.oneof(
    fc.array(line),
    fc.array(near).map((all) => [HEAD, totals('1.00'), ...all]),
  )
  fc.assert(
    fc.property(lines, (all) => {
      const told = read(all)
      if ('detail' in told) expect(told.detail).not.toBe('')
      else
        for (const { net, month } of told.groups)
          expect([Number.isSafeInteger(net), /^\d{4}-\d\d$/.test(month)]).toEqual([true, true])
    }),
    { numRuns: 500 },
  )
})

describe('the lines of a document', () => {
  const lines = async (response: Response, gzip = false): Promise<string[]> => {
    const found: string[] = []
    for await (const line of linesOf(response, gzip)) found.push(line)
    return found
  }

  test('are the same wherever it is cut, in the charset that its header names', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom('é', 'a\tb', '\r\n', '\n', '日本')),
        fc.array(fc.nat()),
        async (parts, cuts) => {
          const text = parts.join('')
          const bytes = new TextEncoder().encode(text)
          const places = [0, ...cuts.map((one) => one % (bytes.length + 1)).sort((a, b) => a - b), bytes.length]
          const pieces = places.slice(1).map((end, index) => bytes.slice(places[index], end))
          const body = new ReadableStream({
            start(stream) {
              for (const piece of pieces) stream.enqueue(piece)
              stream.close()
            },
          })
          const whole = text.split(/\r?\n/)
          if (whole.at(-1) === '') whole.pop()
          expect(await lines(new Response(body))).toEqual(whole)
        },
      ),
    )
    const headers = { 'content-type': 'text/plain;charset=Cp1252' }
    expect(await lines(new Response(new Uint8Array([0xe9, 0x0a]), { headers }))).toEqual(['é'])
  })

  test('that breaks off, or is in a charset of its own, are a fault that passes', async () => {
    await expect(lines(new Response('no gzip'), true)).rejects.toMatchObject({ kind: 'unavailable' })
    const headers = { 'content-type': 'text/plain; charset=klingon' }
    await expect(lines(new Response('x', { headers }))).rejects.toMatchObject({ code: 'amazon.unexpected_answer' })
  })

  test('of half a million amounts are read as they come in: no more than a piece is held', async () => {
    const rows = 500_000
    let made = 0
    const body = new ReadableStream<Uint8Array>({
      pull(stream) {
        if (made === 0) stream.enqueue(new TextEncoder().encode(`${HEAD}\n${totals('5000.00')}\n`))
        if (made === rows) return stream.close()
        stream.enqueue(new TextEncoder().encode(`${amount('0.01')}\n`.repeat(1_000)))
        made += 1_000
      },
    })
    const reader = readSettlement(ZONE)
    let ahead = 0
    let taken = -2
    for await (const line of linesOf(new Response(body), false)) {
      reader.take(line)
      ahead = Math.max(ahead, made - (taken += 1))
    }
    const told = reader.end() as Settlement
    expect([told.groups, addsUp(told)]).toMatchObject([[{ net: 500_000 }], true])
    expect(ahead).toBeLessThan(10_000)
  })
})
