/** Who is told in time: an authorisation that runs out, evidence that is due, and a chargeback by its name. */
import { expect, it } from 'vitest'
import type { PaymentSeen } from '#canon/payment.ts'
import { payment, type PaymentCommand, type PaymentEvent } from './payment.ts'

const POLICY = {
  version: 't',
  safetyStock: 0,
  channels: {},
  payments: {
    stripe: {
      channels: [], waitFor: 'nothing', channelRefunds: 'through_provider', orphanAfterMinutes: 9, expiryWarningHours: 48,
    },
  },
} as const // prettier-ignore
const stream = 'payment/stripe/pi_1'
const seen = (change: Partial<PaymentSeen> = {}): PaymentCommand => ({
  type: 'payment.observe',
  at: '2026-11-20T09:00:00.000Z',
  seen: { currency: 'USD', amount: 100, authorised: 100, captured: 0, closed: false, expiresAt: '2026-11-27T09:00:00.000Z', ...change },
}) // prettier-ignore
const disputed = (status: 'open' | 'answered' | 'won' | 'lost', withdrawn = 100): PaymentCommand => ({
  type: 'payment.observeDispute',
  at: '2026-11-20T09:00:00.000Z',
  dispute: {
    disputeId: 'd', amount: { amount: 100, currency: 'USD' }, status, reason: 'x', withdrawn, returned: 0,
    dueBy: status === 'open' ? '2026-12-04T00:00:00.000Z' : null,
  },
}) // prettier-ignore

function live(...steps: (PaymentCommand | string)[]) {
  let state = payment.initial
  let at = '2026-11-20T09:00:00.000Z'
  const alarms: Record<string, string | null> = {}
  const told: string[] = []
  for (const step of steps) {
    if (typeof step === 'string') at = step
    const command: PaymentCommand = typeof step === 'string' ? { type: 'payment.lookAtClock' } : step
    const events = payment.decide(state, command, POLICY, { stream, at, messageKey: 'm' })
    for (const event of 'refused' in events ? [] : (events as readonly PaymentEvent[])) {
      state = payment.evolve(state, event)
      for (const owed of payment.react(event, state, stream)) {
        if ('alarm' in owed && owed.alarm) alarms[owed.alarm.name] = owed.alarm.at
        if ('note' in owed && owed.command.type === 'order.noteException') told.push((owed.command as unknown as { code: string }).code)
      }
    }
  }
  return { alarms, told, codes: state.troubles.map(({ code }) => code) }
} // prettier-ignore

const order: PaymentCommand = {
  type: 'payment.noteOrder',
  orderRef: 'shop:1',
  refunded: { amount: 0, currency: 'USD' },
}

it('an authorisation that runs out is told of so long before as policy says, once, and not when it was captured', () => {
  expect(live(seen()).alarms).toEqual({ expiry: '2026-11-25T09:00:00.000Z' })
  const rang = live(seen(), order, '2026-11-25T09:00:00.000Z', '2026-11-25T10:00:00.000Z')
  expect(rang).toMatchObject({ codes: ['authorisation_ends'], told: ['authorisation_ends'] })
  const captured = live(seen(), seen({ captured: 100, closed: true }), '2026-11-25T09:00:00.000Z')
  expect(captured).toMatchObject({ alarms: { expiry: null }, codes: [] })
  // Once it is captured the case is over.
  expect(live(seen(), '2026-11-25T09:00:00.000Z', seen({ captured: 100, closed: true })).codes).toEqual([])
  expect(live(seen(), '2026-11-24T09:00:00.000Z').codes).toEqual([])
})

it('evidence has a clock until it was given, and a lost dispute is a chargeback, told once', () => {
  const paid = seen({ captured: 100, closed: true })
  expect(live(paid, disputed('open')).alarms).toMatchObject({ 'evidence/d': '2026-12-01T00:00:00.000Z' })
  const due = live(paid, order, disputed('open'), '2026-12-01T00:00:00.000Z')
  expect(due).toMatchObject({ codes: ['evidence_due'], told: ['evidence_due'] })
  expect(live(paid, disputed('open'), '2026-12-01T00:00:00.000Z', disputed('answered')).codes).toEqual([])
  expect(live(paid, disputed('open'), disputed('answered')).alarms).toMatchObject({ 'evidence/d': null })
  expect(live(paid, order, disputed('open'), disputed('lost'), disputed('lost')).told).toEqual(['chargeback'])
  expect(live(paid, order, disputed('open'), disputed('won')).told).toEqual([])
})
