/** Orders that leave in one parcel: which may, who asks whom, and what takes one of them out again. */
import { describe, expect, it } from 'vitest'
import type { Note } from '../decider.ts'
import type { Policy } from '../policy.ts'
import type { Order } from '#canon/order.ts'
import { anOrder, policyWith, second } from '../testing/sample.ts'
import { demandOf } from './demand.ts'
import { order, type OrderCommand, type OrderEvent } from './order.ts'
import { isSameBuyer, isSamePlace } from './same-buyer.ts'

const first = anOrder()
const LABELS = {
  by: 'post',
  from: { name: 'Us', street: '2 Dock Rd', city: 'Dallas', postcode: '75201', country: 'US' },
  parcel: { lengthCm: 30, widthCm: 20, heightCm: 10, weightG: 500 },
  choose: 'promised' as const,
  verify: true,
  returns: true,
}
const base = policyWith({ locations: [{ locationId: 'ST1', pool: 'ST1' }] })
const POLICY: Policy = { ...base, labels: { WH: LABELS } }

const placed = (of: Order, pool = 'WH'): OrderEvent[] => [
  { type: 'order.placed', order: of, pool, demand: demandOf(of), moves: [] },
  { type: 'order.holdNoted', sku: 'MUG', outcome: 'reserved' },
]
const confirmed = (of: Order = first, pool = 'WH', handed = false): OrderEvent[] => [
  ...placed(of, pool),
  { type: 'order.released', order: of, pool },
  {
    type: 'order.confirmed', saleId: '9', saleName: 'S9', lines: [], held: demandOf(of), at: second(9),
    ...(handed ? { handed: [{ pool, fulfiller: 'bob', lines: [] }] } : {}),
  },
] // prettier-ignore
const merge: OrderCommand = { type: 'order.merge', with: ['shop:2', 'shop:3'], by: 'Ada', note: '' }
const joins = (of: string, no?: { code: string; reason: string }): OrderCommand => ({
  type: 'order.noteJoin', of, ...(no ? { no } : {}),
}) // prettier-ignore
const asked = (more: object = {}): OrderCommand => ({
  type: 'order.joinParcel', lead: 'woo:7', until: second(9_999), buyer: first.customer, to: first.shippingAddress!, from: 'WH', ...more,
}) as OrderCommand // prettier-ignore

function live(history: readonly OrderEvent[], ...commands: OrderCommand[]) {
  let state = history.reduce(order.evolve, order.initial)
  let notes: Note[] = []
  let events: readonly OrderEvent[] = []
  for (const command of commands) {
    const found = order.decide(state, command, POLICY, { stream: 'order/shop/1001', at: second(30), messageKey: 'k' })
    if ('refused' in found) return { state, notes: [], events: [], refused: found.refused }
    events = found
    notes = []
    for (const event of found) {
      state = order.evolve(state, event)
      notes.push(...order.react(event, state, 'order/shop/1001').filter((one) => 'note' in one))
    }
  }
  const told = notes.filter(({ alarm }) => !alarm).map(({ stream, command }) => ({ stream, ...command }))
  return { state, notes: told, events: events.map(({ type }) => type), refused: null }
}

describe('who may leave in one parcel', () => {
  it.each<[string, readonly OrderEvent[], OrderCommand]>([
    ['same_order', confirmed(), { ...merge, with: ['shop:1001'] } as OrderCommand],
    ['order_closed', [...confirmed(), { type: 'order.cancelRequested', reason: 'x', at: second(20) }], merge],
    ['still_asking', placed(first), merge],
    ['sent_by_channel', confirmed({ ...first, fulfilledBy: 'channel' }), merge],
    ['sent_by_others', confirmed(first, 'WH', true), merge],
    ['no_address', confirmed({ ...first, shippingAddress: null }), merge],
    ['no_labels', confirmed(first, 'ST1'), merge],
    [
      'something_left',
      [...confirmed(), { type: 'order.shipped', complete: false, announced: true, date: '2026-11-21' }],
      merge,
    ],
    ['not_together', confirmed(), { type: 'order.unmerge', by: 'Ada', note: '' }],
  ])('%s', (code, history, command) => {
    expect(live(history, command).refused).toBe(code)
  })

  it('asks each of the others, and only together once all have said yes', () => {
    const one = live(confirmed(), merge)
    expect(one.notes).toMatchObject([
      { stream: 'order/shop/2', type: 'order.joinParcel', lead: 'shop:1001', from: 'WH' },
      { stream: 'order/shop/3', type: 'order.joinParcel' },
    ])
    expect(live(confirmed(), merge, merge).refused).toBe('already_together')
    expect(live(confirmed(), merge, joins('shop:2')).notes).toEqual([])
    const all = live(confirmed(), merge, joins('shop:2'), joins('shop:3'))
    expect(all.notes).toEqual([{ stream: 'label/shop/1001', type: 'label.lead', with: ['shop:2', 'shop:3'] }])
  })

  it('is nobody when one of them cannot, and who joined is told', () => {
    const no = { code: 'other_address', reason: 'shop:3: It goes to another address.' }
    const over = live(confirmed(), merge, joins('shop:2'), joins('shop:3', no))
    expect(over.events).toEqual(['order.mergeRefused'])
    expect(over.state).toMatchObject({ exceptions: [] })
    expect(over.state.together).toBeUndefined()
    expect(over.notes).toMatchObject([{ stream: 'order/shop/2', type: 'order.noteApart' }, { stream: 'order/shop/3' }])
    const late = live(confirmed(), joins('shop:2'))
    expect(late.notes).toEqual([{ stream: 'order/shop/2', type: 'order.noteApart', of: 'shop:1001', code: 'by_hand' }])
  })

  it('answers for itself: same buyer, address and place, and in a state to be sent', () => {
    expect(live(confirmed(), asked()).notes).toEqual([
      { stream: 'order/woo/7', type: 'order.noteJoin', of: 'shop:1001' },
    ])
    const codeFor = (more: object, history = confirmed()) =>
      (live(history, asked(more)).notes[0] as unknown as { no?: { code: string } }).no?.code
    expect(codeFor({ buyer: null })).toBe('other_buyer')
    expect(codeFor({ buyer: { key: 'woo-1', email: 'eve@example.com' } })).toBe('other_buyer')
    expect(codeFor({ to: { ...first.shippingAddress!, street: 'Elsewhere 1' } })).toBe('other_address')
    expect(codeFor({ from: 'ST1' })).toBe('other_place')
    expect(codeFor({}, placed(first))).toBe('still_asking')
  })

  it('is one buyer at one place, however each channel writes that', () => {
    const to = { name: 'Ada  Byron', street: '1 Dock Road', city: 'Austin', postcode: '78 701', country: 'US' }
    expect(isSamePlace(to, { ...to, name: 'ada byron', street: '1, Dock Road.', postcode: '78701', phone: '1', region: 'TX' })).toBe(true) // prettier-ignore
    expect(isSamePlace(to, { ...to, street2: 'Flat 2' })).toBe(false)
    expect(isSamePlace(to, { ...to, name: 'Bob Byron' })).toBe(false)
    expect(isSameBuyer({ key: 'shop-1', email: 'Ada@Example.com' }, { key: 'woo-9', email: 'ada@example.com ' })).toBe(
      true,
    )
    expect(isSameBuyer({ key: 'shop-1' }, { key: 'woo-9' })).toBe(false)
    expect(isSameBuyer(null, null)).toBe(false)
  })
})

describe('what takes one out', () => {
  const together = [merge, joins('shop:2'), joins('shop:3')]
  const changed = (more: Partial<Order>): OrderCommand => ({
    type: 'order.observe', order: { ...first, updatedAt: '2026-11-22T00:00:00.000Z', ...more },
  }) // prettier-ignore

  it.each<[string, OrderCommand]>([
    ['by_hand', { type: 'order.unmerge', by: 'Ada', note: '' }],
    ['cancelled', { type: 'order.cancel', reason: 'customer', at: second(40) }],
    ['readdressed', changed({ shippingAddress: { ...first.shippingAddress!, street: 'Elsewhere 1' } })],
    ['edited', changed({ lines: [{ ...first.lines[0]!, quantity: 1 }] })],
    ['moved', { type: 'order.reroute', to: 'ST1', by: 'Ada', note: '' }],
  ])('%s: the lead ends it for all, with a case where no person wanted it', (code, command) => {
    const end = live(confirmed(), ...together, command)
    expect(end.state.together).toBeUndefined()
    expect(end.notes).toEqual(
      expect.arrayContaining([
        { stream: 'label/shop/1001', type: 'label.lead', with: [] },
        { stream: 'order/shop/2', type: 'order.noteApart', of: 'shop:1001', code },
        { stream: 'order/shop/3', type: 'order.noteApart', of: 'shop:1001', code },
      ]),
    )
    const codes = end.state.exceptions.map((one) => one.code)
    expect(codes.includes('sent_apart')).toBe(code !== 'by_hand' && code !== 'cancelled')
  })

  it('one of several falls out and the others stay; the last one ends it', () => {
    const gone = (of: string): OrderCommand => ({ type: 'order.noteApart', of, code: 'cancelled' })
    const less = live(confirmed(), ...together, gone('shop:2'))
    expect(less.notes).toMatchObject([{ stream: 'order/shop/2' }, { type: 'label.lead', with: ['shop:3'] }])
    const none = live(confirmed(), ...together, gone('shop:2'), gone('shop:3'))
    expect(none.state.exceptions).toMatchObject([
      { code: 'sent_apart', detail: expect.stringContaining('Order shop:3') },
    ])
  })

  it('is too late once something has left: its label stays, and the others have hours', () => {
    const shipped: OrderCommand = { type: 'order.noteShipped', complete: true, announced: true, date: '2026-11-21' }
    const left = live(confirmed(), ...together, shipped)
    expect(left.notes).toMatchObject([
      { stream: 'label/shop/1001', type: 'label.seal' }, { type: 'order.noteLeft' }, { type: 'order.noteLeft' },
    ]) // prettier-ignore
    expect(live(confirmed(), ...together, shipped, { type: 'order.unmerge', by: 'Ada', note: '' }).refused).toBe(
      'too_late',
    )
    const other: OrderCommand = { type: 'order.noteLeft', of: 'shop:2' }
    const lead = live(confirmed(), ...together, other)
    expect(lead.notes).toEqual([
      { stream: 'label/shop/1001', type: 'label.seal', other: true },
      { stream: 'order/shop/3', type: 'order.noteLeft', of: 'shop:2' },
    ])
    const late = live(confirmed(), ...together, other, { type: 'order.cancel', reason: 'customer', at: second(40) })
    expect(late.state.exceptions).toMatchObject([{ code: 'sent_apart', detail: expect.stringContaining('by hand') }])
  })

  it('waits no longer than was said', () => {
    const look: OrderCommand = { type: 'order.lookAtTogether' }
    expect(live(confirmed(), asked({ until: second(31) }), look).events).toEqual([])
    expect(live(confirmed(), asked({ until: second(30) }), look).events).toEqual(['order.mergeEnded'])
  })
})
