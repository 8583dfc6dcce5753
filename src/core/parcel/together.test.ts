/** Labels of orders that leave in one parcel: one for all, bought when all are ready, and never one beside it. */
import { describe, expect, it } from 'vitest'
import type { Address } from '#canon/primitives.ts'
import type { Done } from '../intents.ts'
import type { LabelPolicy } from '../policy.ts'
import { given } from '../testing/given.ts'
import { policyWith } from '../testing/sample.ts'
import { label, type LabelCommand, type NoteReadyDelivery } from './label.ts'
import type { BoughtLabel, LabelRequest } from './label-state.ts'

const home: Address = { name: 'Ada Example', street: '1 Main St', city: 'Austin', postcode: '78701', country: 'US' }
const rules: LabelPolicy = {
  by: 'post',
  from: { name: 'Us', street: '2 Dock Rd', city: 'Dallas', postcode: '75201', country: 'US' },
  parcel: { lengthCm: 30, widthCm: 20, heightCm: 10, weightG: 500 },
  choose: 'promised',
  verify: true,
  returns: true,
}
const policy = { ...policyWith(), labels: { WH: rules } }
const ready = (weightG = 300, to = home): NoteReadyDelivery => ({
  type: 'label.ready', deliveryId: '7', warehouse: 'WH', to, weightG,
}) // prettier-ignore
const answerOf = (n: number): BoughtLabel => ({
  labelId: `shp_${n}`, trackingNumber: `T${n}`, carrier: 'USPS', service: 'Ground', cost: { amount: 820, currency: 'USD' },
  documentUrl: 'https://labels.example/1.png', days: 2, inTime: true,
}) // prettier-ignore
const bought = (n: number): Done => ({
  type: 'done', intent: 'label.ensure', version: 0, answer: answerOf(n),
  ask: { reference: `shop:1001:7:${n}` } as Extract<Done, { intent: 'label.ensure' }>['ask'],
}) // prettier-ignore
const voided = (n: number, outcome: 'voided' | 'refused' = 'voided'): Done => ({
  type: 'done', intent: 'label.void', version: 0, ask: { reference: `shop:1001:7:${n}`, labelId: `shp_${n}` }, answer: { outcome },
}) // prettier-ignore

const request = (weightG: number, to = home): LabelRequest => ({
  by: 'post', from: rules.from, to, parcel: { ...rules.parcel, weightG }, choose: { by: 'promised', withinDays: 3 }, verify: true,
}) // prettier-ignore
const leads: LabelCommand = { type: 'label.lead', with: ['woo:2'] }
const rider = (weightG = 900, to = home): LabelCommand => ({
  type: 'label.noteRider', ref: 'woo:2', ready: { of: '8', request: request(weightG, to) },
}) // prettier-ignore
const rides: LabelCommand = { type: 'label.ride', lead: 'woo:2' }
const carried = { reference: 'woo:2:8:1', request: { ...request(1_200), with: ['shop:1001'] }, bought: answerOf(9) }
const carry: LabelCommand = { type: 'label.carry', lead: 'woo:2', carried: { of: '7', label: carried } }

const after = (...commands: LabelCommand[]) =>
  given(label)
    .on('label/shop/1001')
    .under(policy)
    .when(...commands)
const asks = (n: number, weightG: number) => ({
  type: 'label.ensure' as const, to: 'post', ask: { reference: `shop:1001:7:${n}`, parcel: { weightG } },
}) // prettier-ignore
const gives = (n: number) => ({ type: 'label.void' as const, ask: { labelId: `shp_${n}` } })
const puts = (number: string, shown = true, amount = 820) => ({
  type: 'delivery.label' as const, ask: { deliveryId: '7', trackingNumber: number, shown, cost: { amount } },
}) // prettier-ignore
const tells = (stream: string, command: object) => ({ note: true as const, stream, command })
const toWoo = (command: object) => tells('label/woo/2', command)
const asksToRide = toWoo({ type: 'label.ride', lead: 'shop:1001' })
const shares = toWoo({ type: 'label.carry', carried: { of: '8', label: { bought: { trackingNumber: 'T1' } } } })
const offers = (weightG: number | null) =>
  toWoo({ type: 'label.noteRider', ref: 'shop:1001', ready: weightG === null ? null : { of: '7', request: { parcel: { weightG } } } }) // prettier-ignore

describe('the label of the order that leads', () => {
  it('is bought once all are ready, for the weight of all, and the others hear of it', () => {
    after(leads, ready()).owes(asksToRide)
    after(leads, rider()).owes(asksToRide)
    after(leads, ready(), rider(), bought(1), rider()).owes(asksToRide, asks(1, 1_200), puts('T1'), shares)
  })

  it('that it had for itself is given back first, and is bought again when it is alone again', () => {
    after(ready(), bought(1), leads, voided(1), rider()).owes(
      asks(1, 300), puts('T1'), asksToRide, gives(1), puts('T1', false), asks(2, 1_200),
    ) // prettier-ignore
    after(leads, ready(), rider(), bought(1), { type: 'label.lead', with: [] }, voided(1)).owes(
      asksToRide, asks(1, 1_200), puts('T1'), shares, toWoo({ type: 'label.alone', lead: 'shop:1001' }), gives(1),
      puts('T1', false), asks(2, 300),
    ) // prettier-ignore
  })

  it('is bought for those who stay, when one of several falls out', () => {
    const two: LabelCommand = { type: 'label.lead', with: ['woo:2', 'woo:3'] }
    const { state } = after(two, ready(), rider(), leads)
    expect(state.labels[0]).toMatchObject({ step: 'asked', request: { with: ['woo:2'], parcel: { weightG: 1_200 } } })
  })

  it('is given back when one of them is not ready any more, or goes elsewhere, which its order hears', () => {
    const not: LabelCommand = { type: 'label.noteRider', ref: 'woo:2', ready: null }
    const gone = after(leads, ready(), rider(), bought(1), not, voided(1))
    expect(gone.state.labels[0]).toMatchObject({ step: 'void', wanted: null })
    after(leads, ready(), rider(900, { ...home, street: '9 Office Park' })).owes(
      asksToRide,
      tells('order/shop/1001', { type: 'order.noteApart', of: 'woo:2', code: 'readdressed' }),
    )
  })

  it('stays as it is once something has left', () => {
    const seal: LabelCommand = { type: 'label.seal', other: true }
    after(leads, ready(), rider(), bought(1), seal, { type: 'label.lead', with: [] }, ready(300, { ...home, street: '9' })).owes(
      asksToRide, asks(1, 1_200), puts('T1'), shares, toWoo({ type: 'label.alone', lead: 'shop:1001' }),
    ) // prettier-ignore
  })
})

describe('the labels of an order in the parcel of another', () => {
  it('are not bought: its delivery carries the number of the lead, and costs nothing', () => {
    after(rides, ready(), carry, carry, ready()).owes(offers(300), puts('T9', true, 0))
  })

  it('that were bought are given back before the lead hears that it is ready', () => {
    after(ready(), bought(1), rides).owes(asks(1, 300), puts('T1'), gives(1))
    after(ready(), bought(1), rides, voided(1)).owes(asks(1, 300), puts('T1'), gives(1), puts('T1', false), offers(300))
  })

  it('that is not taken back takes the order out: it may be on its way', () => {
    after(ready(), bought(1), rides, voided(1, 'refused')).owes(
      asks(1, 300), puts('T1'), gives(1), tells('order/shop/1001', { type: 'order.noteException' }),
      tells('order/shop/1001', { type: 'order.noteApart', of: 'shop:1001', code: 'label_kept' }),
    ) // prettier-ignore
  })

  it('are its own again when it is alone, and nothing is bought for one that was cancelled', () => {
    const alone: LabelCommand = { type: 'label.alone', lead: 'woo:2' }
    after(rides, ready(), carry, alone).owes(offers(300), puts('T9', true, 0), puts('T9', false, 0), asks(1, 300))
    after(rides, ready(), carry, { type: 'label.forget' }, alone).owes(
      offers(300), puts('T9', true, 0), offers(null), puts('T9', false, 0),
    ) // prettier-ignore
    after(rides, ready(), { ...alone, lead: 'woo:3' }).owes(offers(300))
  })

  it('are turned round for a return by that of the lead', () => {
    const { state } = after(rides, ready(), carry, { type: 'label.wantReturn', returnId: 'R1' })
    expect(state.labels.at(-1)).toMatchObject({ of: 'return-R1', request: { returnOf: 'woo:2:8:1' } })
    expect(state.labels.at(-1)!.request).not.toHaveProperty('with')
  })
})
