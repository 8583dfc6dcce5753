/** The sums behind a SKU's numbers add up in every mode, and each channel's sentence says what holds it. */
import { channelPolicy, policyWith } from '#core/testing/sample.ts'
import type { ChannelStock, Ledger, LedgerHold } from '#core/stock/ledger.ts'
import { describe, expect, it } from 'vitest'
import { channelsOf, holdsOf, sumsOf } from './stock-books.ts'

const place = { pool: 'WH', sku: 'MUG' }
const policy = { ...policyWith(), safetyStock: 2, channels: { shop: channelPolicy, woo: channelPolicy } }

const channel = (name: string, bound: number | null, more: Partial<ChannelStock> = {}): ChannelStock => ({
  name, inventoryItemId: 'i', locationId: 'l', bound, unexplained: 0, heard: 0, seen: bound, guessed: false,
  seenAt: null, flight: null, reading: null, trouble: null, ...more,
}) // prettier-ignore
const hold = (orderRef: string, quantity: number, more: Partial<LedgerHold> = {}): LedgerHold => ({
  orderRef, channel: 'shop', quantity, confirmed: null, told: 'reserved', ...more,
}) // prettier-ignore
const claim = (owner: string, granted: boolean) => ({
  claim: { owner, request: '1', patience: 'now' as const, granted },
})

const ledger = (change: Partial<Ledger> = {}): Ledger => ({
  version: 9,
  stocked: true,
  reading: { free: 20, onHand: 26 },
  asked: null,
  stale: false,
  holds: [hold('shop:1', 3), hold('reservation:b-1', 2, { told: null, ...claim('reservation/b-1', true) })],
  channels: [channel('shop', 7), channel('woo', 5)],
  ...change,
})

const pieces = (state: Ledger) =>
  sumsOf(state, policy, place).map(({ title, steps, result }) => [title, steps.map((one) => one.pieces), result])

describe('why a number is what it is', () => {
  it('goes from what is on hand to what nobody offers', () => {
    expect(pieces(ledger())).toEqual([
      ['What can be promised', [26, -6, -3, -2], { words: 'Can be promised', pieces: 15 }],
      ['Who may sell it', [15, -2, -7, -5], { words: 'Offered nowhere', pieces: 1 }],
    ])
  })

  it('names what is on sale and not there', () => {
    const [, second] = pieces(ledger({ reading: { free: 10, onHand: 10 } }))
    expect(second).toEqual(['Who may sell it', [5, -2, -7, -5], { words: 'On sale and not there', pieces: -9 }])
    const [, below] = pieces(ledger({ reading: { free: 1, onHand: 1 } }))
    expect(below).toEqual(['Who may sell it', [-4, -7, -5], { words: 'On sale and not there', pieces: -16 }])
  })

  it('shows in shared mode what each channel is to show', () => {
    const shared = ledger({ mode: { is: 'shared', byHand: true } })
    const deep = { mode: 'shared' as const, scarceBelow: 3, flashSale: [], buffers: { woo: 4 }, looks: 9 }
    const safe = { ...policy, stock: { ...deep, safety: [{ pieces: 2 }] } }
    expect(sumsOf(shared, safe, place).map(({ result }) => result)).toEqual([
      { words: 'Can be promised', pieces: 15 },
      { words: 'Share of shop', pieces: 13 },
      { words: 'Share of woo', pieces: 9 },
    ])
    const none = { ...shared, reading: { free: 1, onHand: 1 } }
    expect(sumsOf(none, safe, place).map(({ result }) => result.pieces)).toEqual([-4, 0, 0])
  })

  it('has no sum before the ERP was read', () => {
    expect(sumsOf(ledger({ reading: null }), policy, place)).toEqual([])
  })
})

describe('where a channel stands', () => {
  const standing = (one: ChannelStock) => channelsOf(ledger({ channels: [one] }), policy, place)[0]!
  const put = { writes: 'plain' as const, open: null, fact: null, news: [], lost: false }
  const at = '2026-11-21T12:00:00.000Z'

  it('waits for its orders up to the moment of the number it took', () => {
    const one = standing(channel('shop', 7, { put: { ...put, fact: { value: 4, at } } }))
    expect(one).toMatchObject({
      writes: 'plain',
      waitsFor: at,
      waits: `All orders of shop up to ${at} have to be known.`,
    })
    expect(one.standing).toMatch(/^It took a number\./)
  })

  it('says how far it is from its share', () => {
    expect(standing(channel('shop', 13))).toMatchObject({ share: 13, writes: 'swap', waits: null, waitsFor: null })
    expect(standing(channel('shop', 13)).standing).toBe('It has its share.')
    expect(standing(channel('shop', 12)).standing).toMatch(/^1 piece less than its share/)
    expect(standing(channel('shop', 15)).standing).toMatch(/^2 pieces more than its share/)
    expect(standing(channel('shop', null)).standing).toMatch(/^It was not read yet/)
    expect(standing(channel('shop', 5, { trouble: 'gone' })).standing).toMatch(/^Nothing is sent/)
  })
})

it('tells orders, reservations and orders of other pools apart', () => {
  const holds = [
    hold('shop:1', 3),
    hold('reservation:b-1', 2, { told: null, ...claim('reservation/b-1', false) }),
    hold('shop:7', 1, { told: null, ...claim('route/shop/7', true) }),
  ]
  expect(holdsOf(ledger({ holds }))).toEqual([
    { kind: 'order', channel: 'shop', externalId: '1', quantity: 3, waiting: false, outcome: 'reserved' },
    { kind: 'reservation', channel: 'reservation', externalId: 'b-1', quantity: 2, waiting: true, outcome: null },
    { kind: 'route', channel: 'shop', externalId: '7', quantity: 1, waiting: false, outcome: 'reserved' },
  ])
})
