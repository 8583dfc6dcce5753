/** Parcels on their way: news in any order, and the clocks of what does not come. */
import { describe, expect, it } from 'vitest'
import type { ParcelScan, ParcelStatus } from '#canon/parcel.ts'
import type { Failed, Intent } from '../intents.ts'
import type { Note } from '../decider.ts'
import { followedBy } from '../fulfilment/follow.ts'
import { trackingNumberOf } from '../streams.ts'
import { policyWith } from '../testing/sample.ts'
import { parcel, parcelStatus, type ParcelCommand, type ParcelEvent } from './parcel.ts'
import type { ParcelState } from './state.ts'

const policy = {
  ...policyWith(),
  carriers: {
    post: { channels: ['shop'], lostAfterDays: 3, owner: 'desk', escalateTo: 'boss', settleWithinHours: 12 },
  },
}
const day = (n: number, hour = 0): string => new Date(Date.UTC(2026, 10, n, hour)).toISOString()
const expected: ParcelCommand = {
  type: 'parcel.expect', orderRef: 'shop:1001', shipmentId: '7', shippedAt: day(1), promisedBy: day(6),
} // prettier-ignore
const scan = (status: ParcelStatus, at: string): ParcelScan => ({ status, at })
const seen = (...scans: ParcelScan[]): ParcelCommand => ({ type: 'parcel.observe', seen: { scans } })

function life(...steps: [at: string, command: ParcelCommand][]) {
  let state: ParcelState = parcel.initial
  const events: ParcelEvent[] = []
  const owed: (Intent | Note)[] = []
  for (const [at, command] of steps) {
    const decided = parcel.decide(state, command, policy, { stream: 'parcel/post/T1', at, messageKey: 'm' })
    if ('refused' in decided) throw new Error(decided.refused)
    for (const event of decided) {
      state = parcel.evolve(state, event)
      events.push(event)
      owed.push(...parcel.react(event, state, 'parcel/post/T1'))
    }
  }
  return { state, events, owed, types: events.map(({ type }) => type) }
}
const look: ParcelCommand = { type: 'parcel.lookAtClock' }

describe('a parcel', () => {
  it('is followed from the day it left, and its clock is set to its promise', () => {
    const { owed } = life([day(1), expected])
    expect(owed).toContainEqual({ type: 'parcel.track', to: 'post', ask: { trackingNumber: 'T1', orderRef: 'shop:1001' } })
    expect(owed).toContainEqual(expect.objectContaining({ alarm: { name: 'clock', at: day(6) } }))
  }) // prettier-ignore

  it('is there when the carrier says so, once, and the order hears of it', () => {
    const there = seen(scan('delivered', day(3, 9)))
    const { types, owed, state } = life([day(1), expected], [day(3), there], [day(3), there])
    expect(types.filter((type) => type === 'delivery.confirmed')).toHaveLength(1)
    expect(parcelStatus(state)).toBe('delivered')
    const told = owed.filter((one) => 'note' in one && one.stream === 'order/shop/1001')
    expect(told.at(-1)).toMatchObject({ command: { parcel: { status: 'delivered', at: day(3, 9), case: null } } })
    expect(state.lookAt).toBeNull()
  })

  it('that came back, which a person settled, is late no more when it is told again that it came back', () => {
    const { state } = life(
      [day(1), expected],
      [day(2), seen(scan('returned', day(2)))],
      [day(3), { type: 'parcel.settle', how: 'settled' }],
      [day(4), seen(scan('in_transit', day(4)))],
      [day(6), look],
      [day(7), seen(scan('returned', day(7)))],
    )
    expect(state.case).toBeNull()
    expect(parcelStatus(state)).toBe('returned')
  })

  it('stays delivered when an older scan comes late', () => {
    const { state } = life([day(1), expected], [day(3), seen(scan('delivered', day(3)))], [day(4), seen(scan('in_transit', day(2)))]) // prettier-ignore
    expect(parcelStatus(state)).toBe('delivered')
    expect(state.handedOverAt).toBe(day(2))
  })

  it('whose news came before the order was known is put right as soon as it is', () => {
    const { types, state } = life([day(3), seen(scan('returning', day(3)))], [day(3), expected])
    expect(types).toEqual(['parcel.moved', 'parcel.expected', 'parcel.caseOpened', 'parcel.lookSet'])
    expect(state.case).toMatchObject({ kind: 'returning', owner: 'desk' })
  })

  it('is late at its promise and not a moment before, whatever the carrier estimates', () => {
    const estimate = { deliverBy: day(9), at: day(2) }
    const news: ParcelCommand = { type: 'parcel.observe', seen: { scans: [scan('in_transit', day(5))], estimate } }
    expect(life([day(1), expected], [day(5), news], [day(5, 23), look]).state.case).toBeNull()
    expect(life([day(1), expected], [day(5), news], [day(6), look]).state.case).toMatchObject({ kind: 'delayed' })
  })

  it('is lost after its silence, and found when it is scanned', () => {
    const gone = life([day(1), expected], [day(2), seen(scan('in_transit', day(4)))], [day(6), look], [day(7), look])
    expect(parcelStatus(gone.state)).toBe('lost')
    const found = life([day(1), expected], [day(7), look], [day(8), seen(scan('in_transit', day(8)))], [day(8), look])
    expect(found.types).toContain('parcel.caseClosed')
    expect(parcelStatus(found.state)).toBe('delayed')
  })

  it('that comes back and is silent then is lost once, without a loop of its clock', () => {
    const { state, types } = life([day(1), expected], [day(5), seen(scan('returning', day(5)))], [day(8), look], [day(8), look]) // prettier-ignore
    expect(types.filter((type) => type === 'parcel.caseOpened')).toHaveLength(2)
    expect(state).toMatchObject({ case: { kind: 'lost' }, lookAt: day(8, 12) })
  })

  it('whose case nobody settles goes to the next, and a settled one is not opened again', () => {
    // Silent since the first: lost by the fourth, but never before it is late.
    const silent = life([day(1), expected], [day(6), look])
    expect(silent.state.case).toMatchObject({ kind: 'lost', owner: 'desk', dueAt: day(6, 12) })
    const moving = seen(scan('in_transit', day(6)))
    const settle: ParcelCommand = { type: 'parcel.settle', how: 'settled' }
    const escalated = life([day(1), expected], [day(6), moving], [day(6), look], [day(6, 12), look])
    expect(escalated.state.case).toMatchObject({ kind: 'delayed', owner: 'boss', escalated: true })
    const done = life([day(1), expected], [day(6), moving], [day(6), look], [day(6, 2), settle], [day(7), look])
    expect(done.state).toMatchObject({ case: null, settled: ['delayed'], lookAt: day(9) })
  })

  it('that is settled as lost is waited for no more', () => {
    const { state } = life([day(1), expected], [day(6), look], [day(6, 1), { type: 'parcel.settle', how: 'lost' }])
    expect([parcelStatus(state), state.lookAt]).toEqual(['lost', null])
  })

  it('that the carrier does not follow is a case, which ends when it is asked again or news comes', () => {
    const asked = life([day(1), expected]).events
    const version = asked.findIndex(({ type }) => type === 'parcel.expected') + 1
    const no: Failed = { type: 'failed', intent: 'parcel.track', version, fault: { kind: 'rejected', code: 'x', message: 'No such carrier.' } } // prettier-ignore
    const { state } = life([day(1), expected], [day(1), no])
    expect(state.case).toMatchObject({ kind: 'untracked' })
    const again = life([day(1), expected], [day(1), no], [day(2), { type: 'parcel.retry' }])
    expect(again.state.case).toBeNull()
    expect(again.owed.filter((one) => 'type' in one && one.type === 'parcel.track')).toHaveLength(2)
    expect(life([day(1), expected], [day(1), no], [day(2), seen(scan('in_transit', day(2)))]).state.case).toBeNull()
  })

  it('that two orders share tells both of them', () => {
    const other = { ...expected, orderRef: 'shop:1002', shipmentId: '8' } as ParcelCommand
    const { owed, types } = life([day(1), expected], [day(1), other], [day(1), other], [day(3), seen(scan('delivered', day(3)))]) // prettier-ignore
    expect(types.filter((type) => type === 'parcel.shared')).toHaveLength(1)
    const told = owed.flatMap((one) => ('note' in one && 'parcel' in one.command ? [one.stream] : []))
    expect(told.slice(-2)).toEqual(['order/shop/1001', 'order/shop/1002'])
    expect(owed.filter((one) => 'type' in one && one.type === 'parcel.track')).toHaveLength(1)
  })

  it('damage stays a case when it is delivered all the same', () => {
    const { state } = life([day(1), expected], [day(2), seen(scan('damaged', day(2)))], [day(3), seen(scan('delivered', day(3)))]) // prettier-ignore
    expect(state).toMatchObject({ delivered: true, case: { kind: 'damaged' } })
  })
})

describe('which parcels are followed', () => {
  const shipment = { type: 'fulfilment.noteShipment' as const, shipmentId: '7', shippedAt: day(1), lines: [], trackingNumber: ' 1z 9-a' } // prettier-ignore
  it('those with a number, of channels that are named, by the service where one is', () => {
    const carriers = {
      post: { channels: ['shop'] },
      fast: { channels: ['shop'], services: { 'UPS Air': { carrier: 'UPS', promiseDays: 1 } } },
    }
    const rules = { ...policy, carriers }
    const by = (change: object, channel = 'shop') => followedBy(rules, channel, { ...shipment, ...change })
    expect(by({})).toEqual({ connection: 'post', promisedBy: day(6) })
    expect(by({ carrier: 'UPS Air' })).toEqual({ connection: 'fast', carrier: 'UPS', promisedBy: day(2) })
    expect(by({ trackingNumber: undefined })).toBeNull()
    expect(by({}, 'market')).toBeNull()
    const couriers = { ...carriers, near: { channels: ['shop'], numbers: 'del_', promiseMinutes: 90 } }
    const of = (change: object) => followedBy({ ...policy, carriers: couriers }, 'shop', { ...shipment, ...change })
    const at = { connection: 'near', promisedBy: new Date(Date.parse(day(1)) + 90 * 60_000).toISOString() }
    expect(of({ trackingNumber: 'del_4y-aA', carrier: 'UPS Air' })).toEqual(at)
    expect(of({})).toEqual({ connection: 'post', promisedBy: day(6) })
    expect(of({ carrier: 'UPS Air' })).toMatchObject({ connection: 'fast' })
    expect(trackingNumberOf(shipment.trackingNumber)).toBe('1Z9A')
  })
})
