/** Labels: one for each delivery, given back when it serves nothing, never two at a time. */
import * as fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import type { Address } from '#canon/primitives.ts'
import type { Done, Failed, Intent } from '../intents.ts'
import type { LabelPolicy, LocalPolicy } from '../policy.ts'
import { given } from '../testing/given.ts'
import { policyWith, second } from '../testing/sample.ts'
import { label, type LabelCommand, type NoteReadyDelivery } from './label.ts'
import { requestOf } from './label-request.ts'
import { labelStatus } from './label-state.ts'

const home: Address = { name: 'Ada Example', street: '1 Main St', city: 'Austin', postcode: '78701', country: 'US' }
const work: Address = { ...home, street: '9 Office Park' }
const rules: LabelPolicy = {
  by: 'post',
  from: { name: 'Us', street: '2 Dock Rd', city: 'Dallas', postcode: '75201', country: 'US' },
  parcel: { lengthCm: 30, widthCm: 20, heightCm: 10, weightG: 500 },
  choose: 'promised',
  verify: true,
  returns: true,
}
const policy = { ...policyWith(), labels: { WH: rules } }
const ready = (to = home): NoteReadyDelivery => ({ type: 'label.ready', deliveryId: '7', warehouse: 'WH', to })
const reference = (count: number, of = '7') => `shop:1001:${of}:${count}`
const bought = (count: number, of = '7'): Done => ({
  type: 'done',
  intent: 'label.ensure',
  version: 0,
  ask: { reference: reference(count, of) } as Extract<Done, { intent: 'label.ensure' }>['ask'],
  answer: {
    labelId: `shp_${count}`, trackingNumber: `T${count}`, carrier: 'USPS', service: 'Ground', cost: { amount: 820, currency: 'USD' },
    documentUrl: 'https://labels.example/1.png', days: 2, inTime: true,
  },
}) // prettier-ignore
const voided = (count: number, outcome: 'voided' | 'refused' = 'voided'): Done => ({
  type: 'done', intent: 'label.void', version: 0, ask: { reference: reference(count), labelId: `shp_${count}` }, answer: { outcome },
}) // prettier-ignore
const failedAt = (version: number, kind = 'rejected'): Failed => ({
  type: 'failed', intent: 'label.ensure', version, fault: { kind, code: 'post.no', message: 'No.' },
}) // prettier-ignore
const put = (count: number, outcome: 'done' | 'left', shown = true): Done => ({
  type: 'done', intent: 'delivery.label', version: 0, answer: { outcome },
  ask: {
    orderRef: 'shop:1001', deliveryId: '7', reference: reference(count), trackingNumber: `T${count}`,
    cost: { amount: 820, currency: 'USD' }, documentUrl: '', shown,
  },
}) // prettier-ignore

const after = (...commands: LabelCommand[]) =>
  given(label)
    .on('label/shop/1001')
    .under(policy)
    .when(...commands)
const asks = (count: number) => ({ type: 'label.ensure' as const, to: 'post', ask: { reference: reference(count) } })
const gives = (count: number) => ({ type: 'label.void' as const, to: 'post', ask: { labelId: `shp_${count}` } })
const puts = (count: number, shown = true) => ({
  type: 'delivery.label' as const, to: 'erp', ask: { deliveryId: '7', trackingNumber: `T${count}`, shown },
}) // prettier-ignore
const tells = (type: string, code: string) => ({
  note: true as const, stream: 'order/shop/1001', command: type === 'raise' ? { type: 'order.noteException', code } : { type: 'order.clearExceptions', codes: [code] },
}) // prettier-ignore

describe('the label of a delivery', () => {
  it('is bought once however often it is ready, and its number and cost go to the ERP', () => {
    after(ready(), ready(), bought(1), bought(1), ready(), put(1, 'done')).owes(asks(1), puts(1))
    expect(after(ready(), bought(1), put(1, 'done')).state.labels[0]).toMatchObject({ step: 'bought', shown: 'yes' })
  })

  it('is none of our business in a warehouse that buys none', () => {
    after({ ...ready(), warehouse: 'W2' }).thenNothing()
  })

  it('is given back and bought anew when it goes elsewhere, one after the other', () => {
    after(ready(), bought(1), ready(work)).owes(asks(1), puts(1), gives(1))
    after(ready(), bought(1), ready(work), voided(1), bought(2)).owes(
      asks(1), puts(1), gives(1), puts(1, false), asks(2), puts(2),
    ) // prettier-ignore
  })

  it('is given back as soon as it is there, when it changed while it was bought', () => {
    after(ready(), ready(work), bought(1), voided(1)).owes(asks(1), puts(1), gives(1), puts(1, false), asks(2))
  })

  it('of a delivery that was cancelled is given back, and nothing is bought', () => {
    const gone: LabelCommand = { type: 'label.gone', deliveryId: '7' }
    const { state } = after(ready(), bought(1), gone, gone, voided(1)).owes(asks(1), puts(1), gives(1), puts(1, false))
    expect(labelStatus(state)).toBe('void')
    after(ready(), gone, bought(1)).owes(asks(1), puts(1), gives(1))
  })

  it('that came after the delivery had left serves nothing, and is given back', () => {
    after(ready(), bought(1), put(1, 'left')).owes(asks(1), puts(1), gives(1))
  })

  it('that is not sold is a case at the order, which a retry or another address ends', () => {
    const lost = after(ready(), failedAt(1))
    expect(labelStatus(lost.state)).toBe('failed')
    after(ready(), failedAt(1), { type: 'label.retry' }, bought(1)).owes(
      asks(1), tells('raise', 'label_failed'), asks(1), tells('clear', 'label_failed'), puts(1),
    ) // prettier-ignore
    after(ready(), failedAt(1), ready(), ready(work), bought(2)).owes(
      asks(1), tells('raise', 'label_failed'), asks(2), tells('clear', 'label_failed'), puts(2),
    ) // prettier-ignore
    after(ready(), failedAt(1), { type: 'label.gone', deliveryId: '7' }).owes(
      asks(1), tells('raise', 'label_failed'), tells('clear', 'label_failed'),
    ) // prettier-ignore
    after(ready(), failedAt(1), bought(1)).owes(
      asks(1), tells('raise', 'label_failed'), tells('clear', 'label_failed'), puts(1),
    ) // prettier-ignore
    after({ type: 'label.retry' }).refused('nothing_to_retry')
  })

  it('that may have been bought is looked for and given back before another one is bought', () => {
    after(ready(), failedAt(1, 'unavailable'), ready(work), voided(1)).owes(
      asks(1), tells('raise', 'label_failed'), { type: 'label.void', ask: { reference: reference(1), labelId: null } }, asks(2),
    ) // prettier-ignore
  })

  it('that is not taken back is a case, and no second one is bought beside it', () => {
    after(ready(), bought(1), ready(work), voided(1, 'refused'), ready(work)).owes(
      asks(1), puts(1), gives(1), tells('raise', 'label_not_voided'),
    ) // prettier-ignore
    after(ready(), bought(1), ready(work), voided(1, 'refused'), { type: 'label.retry' }, voided(1)).owes(
      asks(1), puts(1), gives(1), tells('raise', 'label_not_voided'), gives(1), puts(1, false), asks(2),
    ) // prettier-ignore
  })
})

describe('the label of a return', () => {
  const want: LabelCommand = { type: 'label.wantReturn', returnId: 'R1' }
  it('turns the newest of the way out round, once', () => {
    const { state } = after(ready(), bought(1), want, want, bought(1, 'return-R1')).owes(asks(1), puts(1), {
      type: 'label.ensure', ask: { returnOf: reference(1), reference: reference(1, 'return-R1'), choose: { by: 'cheapest' } },
    }) // prettier-ignore
    expect(state.labels[1]).toMatchObject({ of: 'return-R1', step: 'bought', shown: 'no' })
  })

  it('is a case when none of the way out was bought here', () => {
    after(ready(), want).owes(asks(1), tells('raise', 'label_failed'))
  })
})

test('what is ready after the cut-off leaves a day later and has a day less', () => {
  const cutOff = { at: '14:00', timeZone: 'America/Chicago', days: [1, 2, 3, 4, 5], notOn: [] }
  const withCutOff = { ...rules, cutOff, promiseDays: 3 }
  const days = (at: string, promisedBy?: string) =>
    requestOf({ ...ready(), ...(promisedBy ? { promisedBy } : {}) }, withCutOff, at).choose.withinDays
  // 14:00 in Chicago in November is 20:00 UTC.
  expect([days('2026-11-19T19:59:00.000Z'), days('2026-11-19T20:00:00.000Z')]).toEqual([3, 2])
  expect(days('2026-11-19T15:00:00.000Z', '2026-11-24T00:00:00.000Z')).toBe(5)
  expect(days('2026-11-19T15:00:00.000Z', '2026-11-18T00:00:00.000Z')).toBe(0)
})

test('the rules of a method count before those of the warehouse, and the ERP’s weight before the usual one', () => {
  const methods = { Express: { choose: 'fastest' as const, services: ['USPS Express'] } }
  const both = { ...rules, methods, accounts: ['ca_1'] }
  expect(requestOf({ ...ready(), method: 'Express', weightG: 1_200 }, both, second(0))).toMatchObject({
    parcel: { weightG: 1_200 }, choose: { by: 'fastest', services: ['USPS Express'], accounts: ['ca_1'] },
  }) // prettier-ignore
})

const local: LocalPolicy = {
  by: 'courier', withinMinutes: 60, otherwise: 'carrier', owner: 'store', escalateTo: 'boss', settleWithinMinutes: 30,
} // prettier-ignore

test.each([
  ['a carrier', rules],
  ['couriers, else a carrier', { ...rules, local }],
  ['couriers, else a person', { ...rules, local: { ...local, otherwise: 'person' as const } }],
])(
  'by %s, in any order of news and answers: at most one paid label at a time, and in the end the one that is wanted',
  (_, of) => {
    const policy = { ...policyWith(), labels: { WH: of } }
    const names = ['home', 'work', 'gone', 'answer', 'answer', 'fail', 'lost', 'retry', 'ended'] as const
    const step = fc.constantFrom(...names)
    fc.assert(
      fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
        let state = label.initial
        let count = 0
        const owed: { intent: Intent; version: number }[] = []
        const paid = new Map<string, Address>()
        const byOf = new Map<string, string>()
        const over = new Set<string>()
        const tell = (command: LabelCommand) => {
          const decided = label.decide(state, command, policy, { stream: 'label/shop/1001', at: second(count += 1), messageKey: 'm' }) // prettier-ignore
          for (const event of 'refused' in decided ? [] : decided) {
            state = label.evolve(state, event)
            for (const one of label.react(event, state, 'label/shop/1001'))
              if (!('note' in one)) owed.push({ intent: one, version: state.version })
          }
        }
        const answer = () => {
          const next = owed.shift()
          if (!next) return
          const { intent, version } = next
          // A reference that was used up sells nothing.
          if (intent.type === 'label.ensure' && over.has(intent.ask.reference)) tell(failedAt(version))
          else if (intent.type === 'label.ensure') {
            byOf.set(intent.ask.reference, intent.to)
            paid.set(intent.ask.reference, intent.ask.to)
            expect(paid.size).toBeLessThanOrEqual(1)
            const { reference: name } = intent.ask
            const { answer: sold } = bought(1) as Extract<Done, { intent: 'label.ensure' }>
            const own = { ...sold, labelId: name, trackingNumber: name }
            tell({ type: 'done', intent: 'label.ensure', version, ask: intent.ask, answer: own })
          } else if (intent.type === 'label.void') {
            paid.delete(intent.ask.reference)
            tell({ type: 'done', intent: 'label.void', version, ask: intent.ask, answer: { outcome: 'voided' } })
          } else if (intent.type === 'delivery.label')
            tell({ type: 'done', intent: 'delivery.label', version, ask: intent.ask, answer: { outcome: 'done' } })
        }
        for (const one of steps) {
          if (one === 'home') tell(ready())
          if (one === 'work') tell(ready(work))
          if (one === 'gone') tell({ type: 'label.gone', deliveryId: '7' })
          if (one === 'answer') answer()
          if (one === 'retry') tell({ type: 'label.retry' })
          // Whoever is on his way is called off; the answer that he comes may still be on its way to us.
          const [called] = one === 'ended' ? [...paid.keys()] : []
          if (called && byOf.get(called) === 'courier') {
            paid.delete(called)
            over.add(called)
            tell({ type: 'label.ended', reference: called, reason: 'Nobody took it.' })
          }
          if (one === 'fail' || one === 'lost') {
            const next = owed.shift()
            // Given up: nobody knows that it was bought.
            if (one === 'lost' && next?.intent.type === 'label.ensure' && !over.has(next.intent.ask.reference)) {
              byOf.set(next.intent.ask.reference, next.intent.to)
              paid.set(next.intent.ask.reference, next.intent.ask.to)
              expect(paid.size).toBeLessThanOrEqual(1)
            }
            if (next) tell(failedAt(next.version, one === 'lost' ? 'unavailable' : 'rejected'))
          }
        }
        tell({ type: 'label.retry' })
        while (owed.length > 0) answer()
        tell({ type: 'label.retry' })
        while (owed.length > 0) answer()
        const [last] = state.labels
        const wanted = last?.wanted ? [last.wanted.to] : []
        expect([...paid.values()]).toEqual(wanted)
      }),
      { numRuns: 2_000 },
    )
  },
)
