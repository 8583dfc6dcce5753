/** Couriers: asked first, on their terms; when none comes, the next carrier, or a person with a clock. */
import { describe, expect, it, test } from 'vitest'
import type { Address } from '#canon/primitives.ts'
import type { Done, Failed } from '../intents.ts'
import type { LabelPolicy, LocalPolicy } from '../policy.ts'
import { given } from '../testing/given.ts'
import { policyWith, second } from '../testing/sample.ts'
import { askOf } from './courier.ts'
import { label, type LabelCommand, type NoteReadyDelivery } from './label.ts'
import { requestOf } from './label-request.ts'

const home: Address = { name: 'Ada Example', street: '1 Main St', city: 'Austin', postcode: '787 01', country: 'US' }
const local: LocalPolicy = {
  by: 'courier', methods: ['Local delivery'], postcodes: ['787'], maxCost: { amount: 1_500, currency: 'USD' },
  withinMinutes: 90, otherwise: 'carrier', owner: 'store', escalateTo: 'boss', settleWithinMinutes: 30,
} // prettier-ignore
const rules: LabelPolicy = {
  by: 'post', choose: 'promised', verify: true, returns: true, local,
  from: { name: 'Us', street: '2 Dock Rd', city: 'Austin', postcode: '78702', country: 'US' },
  parcel: { lengthCm: 30, widthCm: 20, heightCm: 10, weightG: 500 },
} // prettier-ignore
const ready = (to = home, method = 'Local delivery'): NoteReadyDelivery => ({
  type: 'label.ready', deliveryId: '7', warehouse: 'WH', to, method,
}) // prettier-ignore
const reference = (count: number) => `shop:1001:7:${count}`
const bought = (count: number, trackingUrl?: string): Done => ({
  type: 'done', intent: 'label.ensure', version: 0,
  ask: { reference: reference(count) } as Extract<Done, { intent: 'label.ensure' }>['ask'],
  answer: {
    labelId: `del_${count}`, trackingNumber: `T${count}`, carrier: 'Courier', service: 'Direct', days: 0, inTime: true,
    cost: { amount: 820, currency: 'USD' }, documentUrl: 'https://follow.example/1', ...(trackingUrl ? { trackingUrl } : {}),
  },
}) // prettier-ignore
const failedAt = (version: number, kind = 'rejected'): Failed => ({
  type: 'failed', intent: 'label.ensure', version, fault: { kind, code: 'courier.none', message: 'None.' },
}) // prettier-ignore
const gone: LabelCommand = { type: 'label.ended', reference: reference(1), reason: 'Nobody took it.' }

const under = (change: Partial<LocalPolicy> = {}) =>
  given(label)
    .on('label/shop/1001')
    .under({ ...policyWith(), labels: { WH: { ...rules, local: { ...local, ...change } } } })
const asks = (count: number, to: string) => ({
  type: 'label.ensure' as const,
  to,
  ask: { reference: reference(count) },
})
const puts = (count: number, shown = true) => ({
  type: 'delivery.label' as const, to: 'erp', ask: { trackingNumber: `T${count}`, shown },
}) // prettier-ignore
const raises = { note: true as const, stream: 'order/shop/1001', command: { type: 'order.noteException', code: 'courier_failed' } } // prettier-ignore

describe('which deliveries a courier is asked for', () => {
  const byOf = (to: Address, method: string | undefined, change: Partial<LocalPolicy> = {}) => {
    const { by, courier } = requestOf(
      { type: 'label.ready', deliveryId: '7', warehouse: 'WH', to, ...(method ? { method } : {}) },
      { ...rules, local: { ...local, ...change } },
      second(0),
    )
    return [by, courier?.withinMinutes]
  }
  it('those near enough, whose carrier is called so in the ERP', () => {
    expect(byOf(home, 'Local delivery')).toEqual(['courier', 90])
    expect(byOf({ ...home, postcode: '75201' }, 'Local delivery')).toEqual(['post', undefined])
    expect(byOf(home, 'Ground')).toEqual(['post', undefined])
    expect(byOf(home, undefined)).toEqual(['post', undefined])
  })
  it('all of them where the policy names neither', () => {
    expect(byOf({ ...home, postcode: '1' }, undefined, { methods: undefined, postcodes: undefined })[0]).toBe('courier')
  })
})

describe('when no courier comes', () => {
  it('the carrier of the warehouse is asked, once, however often the delivery is ready', () => {
    under().when(ready(), failedAt(1), ready(), bought(2), ready()).owes(asks(1, 'courier'), asks(2, 'post'), puts(2))
  })
  it('what is asked of the seller names neither who stands in nor who settles it', () => {
    const asked = askOf(requestOf(ready(), rules, second(0)))
    expect(Object.keys(asked).sort()).toEqual(['choose', 'courier', 'from', 'parcel', 'to', 'verify'])
  })
  it('and nobody knows whether one does: he is called off before the carrier is asked', () => {
    under()
      .when(ready(), failedAt(1, 'unavailable'))
      .owes(asks(1, 'courier'), { type: 'label.void', to: 'courier', ask: { reference: reference(1), labelId: null } })
  })
  it('another address is a new wish: the courier is asked again', () => {
    const moved = under().when(ready(), failedAt(1), bought(2), ready({ ...home, street: '9 Office Park' }))
    expect(moved.state.labels[0]).toMatchObject({ step: 'voiding', wanted: { by: 'courier' } })
  })
  it('a person settles it by a clock, where the policy says so, and it ends when one comes', () => {
    const open = under({ otherwise: 'person' }).when(ready(), failedAt(1))
    open.owes(asks(1, 'courier'), raises, { note: true, alarm: { name: 'courier-7' } })
    expect(open.state.labels[0]?.case).toMatchObject({ owner: 'store', open: true, escalated: false })
    const over = under({ otherwise: 'person', settleWithinMinutes: 60 }).when(ready(), failedAt(1), { type: 'label.lookAtClock' })
    expect(over.state.labels[0]?.case?.escalated).toBe(false)
    const retried = under({ otherwise: 'person' }).when(ready(), failedAt(1), { type: 'label.retry' }, bought(1))
    retried.owes(
      asks(1, 'courier'), raises, { note: true }, asks(1, 'courier'),
      { note: true, command: { type: 'order.clearExceptions', codes: ['label_failed', 'courier_failed'] } }, puts(1),
    ) // prettier-ignore
    expect(retried.state.labels[0]?.case?.open).toBe(false)
  }) // prettier-ignore
  it('what nobody settled goes to the next, once', () => {
    const { state } = under({ otherwise: 'person' }).when(ready(), failedAt(1))
    const at = state.labels[0]!.case!.dueAt
    const ring = (now: typeof state, when: string) =>
      label.decide(now, { type: 'label.lookAtClock' }, policyWith(), { stream: 'label/shop/1001', at: when, messageKey: 'm' }) // prettier-ignore
    expect(ring(state, new Date(Date.parse(at) - 1).toISOString())).toEqual([])
    const events = ring(state, at)
    expect(events).toEqual([{ type: 'label.escalated', of: '7', owner: 'boss' }])
    expect(ring(label.evolve(state, (events as never[])[0]!), at)).toEqual([])
  })
})

describe('a courier who is called off before he had the goods', () => {
  it('is taken off the delivery, and the carrier is asked', () => {
    under().when(ready(), bought(1), gone, gone).owes(asks(1, 'courier'), puts(1), puts(1, false), asks(2, 'post'))
  })
  it('is a person’s case, and a retry asks under a reference of its own', () => {
    under({ otherwise: 'person' })
      .when(ready(), bought(1), gone, { type: 'label.retry' })
      .owes(asks(1, 'courier'), puts(1), puts(1, false), raises, { note: true }, asks(2, 'courier'))
  })
  it('may be known before the answer that he comes', () => {
    const { state } = under({ otherwise: 'person' }).when(ready(), gone, bought(1))
    expect(state.labels[0]).toMatchObject({ step: 'failed', bought: null })
    under().when(ready(), gone, bought(1), bought(2)).owes(asks(1, 'courier'), asks(2, 'post'), puts(2))
  })
  it('was called off by us: nothing follows', () => {
    const cancel: LabelCommand = { type: 'label.gone', deliveryId: '7' }
    expect(under().when(ready(), bought(1), cancel, gone).state.labels[0]?.step).toBe('voiding')
  })
})

test('where he can be followed goes to the channel with the parcel', () => {
  under()
    .when(ready(), bought(1, 'https://follow.example/1'))
    .owes(asks(1, 'courier'), puts(1), {
      note: true, stream: 'fulfilment/shop/1001',
      command: { type: 'fulfilment.noteLink', trackingNumber: 'T1', trackingUrl: 'https://follow.example/1' },
    }) // prettier-ignore
})

test('nobody fetches a return: its label is the carrier’s, or there is none', () => {
  const want: LabelCommand = { type: 'label.wantReturn', returnId: 'R1' }
  under().when(ready(), bought(1), want).owes(asks(1, 'courier'), puts(1), { type: 'label.ensure', to: 'post' })
  const none = under({ otherwise: 'person' }).when(ready(), bought(1), want)
  none.owes(asks(1, 'courier'), puts(1), { note: true, command: { type: 'order.noteException', code: 'label_failed' } })
})
