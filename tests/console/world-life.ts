/**
 * What people do with an order of the tests' trading day, as it is shown before; and the life of one that has had it
 * all.
 */
import type { z } from 'zod'
import type { actionPreview, OrderAction } from '#api/contract-actions.ts'
import type { OrderPage } from '#api/contract.ts'

type Hop = OrderPage['trace'][number]
type Preview = z.infer<typeof actionPreview>

export const ACTION_TOKEN = 'lz1k2-4be1c0de-4be1c0de4be1c0de'
/** More than this was never paid. */
const CAPTURED = 20_000

const HUB: Readonly<Record<OrderAction['do'], string>> = {
  cancel: 'Cancellation asked for.',
  hold: 'Held for by hand: desk has until 2026-11-22T10:00:00.000Z.',
  release: 'Let go.',
  return: '1 piece may come back: unwanted.',
  refund: 'Lee asks to give back 12.50 EUR.',
  reroute: 'Lee has 2 × MUG-BLUE-M (at WH) leave from ST1.',
  split: 'Lee has 1 × TRAY (at WH) leave from ST1.',
  merge: 'Lee has it leave in one parcel with shopify-main:1125.',
  unmerge: 'It is sent by itself.',
  resend: 'The channel is told of all parcels again.',
  retry: 'The ERP is asked again.',
}
const CALLS: Readonly<Partial<Record<OrderAction['do'], [string, string, string | null]>>> = {
  cancel: ['odoo', 'Odoo is asked to cancel the sale.', null],
  reroute: ['odoo', 'Odoo is asked to change the sale.', null],
  refund: [
    'stripe',
    'Stripe is asked to give money back.',
    'The customer has the money: ask for it, or charge it anew.',
  ],
}

export function previewOfAction(action: OrderAction): Preview {
  const tooMuch = action.do === 'refund' && (action.amount?.amount ?? 0) > CAPTURED
  const call = CALLS[action.do]
  const refused = {
    code: 'beyond_captured',
    reason: '20000 of the 20000 EUR that were captured can be given back.',
    cure: 'Give back no more than is left.',
  }
  const steps = [
    { system: 'hub', does: HUB[action.do], lasts: null },
    ...(call ? [{ system: call[0], does: call[1], lasts: call[2] }] : []),
  ]
  return {
    refused: tooMuch ? refused : null,
    steps: tooMuch ? [] : steps,
    after: action.do === 'refund' ? 'A credit note follows in the ERP.' : 'What follows is not known yet.',
    token: ACTION_TOKEN,
  }
}

/** Sold, paid, sent in two parcels, one of them back, and its money given back: hours and days apart. */
export function lifeOf(placedMs: number): Hop[] {
  const steps: [number, Hop['about'], Hop['kind'], string, string][] = [
    [0.1, 'money', 'arrived', 'stripe', 'Stripe sent payment_intent.amount_capturable_updated'],
    [0.1, 'money', 'decided', 'hub', '€200.00 authorised'],
    [9, 'hold', 'decided', 'hub', 'Held for fraud: desk has until 2026-11-22T10:00:00.000Z'],
    [21, 'hold', 'noted', 'person', 'A person asked to let it go'],
    [21, 'hold', 'decided', 'hub', 'Kim let it go (fraud)'],
    [30, 'edit', 'decided', 'hub', 'Order changed: address'],
    [34, 'stock', 'decided', 'hub', '3 pieces held for an order'],
    [50, 'parcel', 'decided', 'hub', 'A parcel left the warehouse'],
    [52, 'money', 'decided', 'hub', '€200.00 captured in all'],
    [61, 'parcel', 'decided', 'hub', 'Delivered'],
    [70, 'return', 'decided', 'hub', '2 pieces may come back: unwanted'],
    [84, 'return', 'decided', 'hub', '2 pieces came back to WH'],
    [86, 'money', 'decided', 'hub', '29.90 EUR given back at the provider'],
    [88, 'money', 'decided', 'hub', 'Credited as RINV/0007'],
    [90, 'call', 'failed', 'odoo', 'Given to desk to mend: the journal is locked'],
  ]
  return steps.map(([minutes, about, kind, system, title], index) => ({
    at: new Date(placedMs + minutes * 60_000).toISOString(),
    about,
    kind,
    system,
    title,
    key: `life-${index}`,
    payload: null,
    ...(kind === 'failed' ? { letter: 31 } : {}),
  }))
}
