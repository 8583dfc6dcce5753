/** The shipping labels of an order, as its page and the command line show them: of the address only the country. */
import { isReturn, type Label, type LabelState } from '#core/parcel/label-state.ts'
import { amountOf } from './amount.ts'

export const labelViews = ({ labels }: LabelState) => labels.map(labelView)

function labelView(label: Label) {
  const { of, request, shown, unsure, carried } = label
  const bought = carried?.bought ?? label.bought
  const step = carried ? 'bought' : label.step
  return {
    of: isReturn(label) ? of.slice('return-'.length) : of,
    isReturn: isReturn(label),
    state: stateOf(label),
    unsure,
    carrier: bought?.carrier ?? null,
    service: bought?.service ?? null,
    trackingNumber: bought?.trackingNumber ?? null,
    cost: bought && !carried ? amountOf(bought.cost) : null,
    // It becomes a link in the console: nothing but the web may stand in it. What was given back is no label any more.
    documentUrl: step !== 'void' && /^https?:\/\//i.test(bought?.documentUrl ?? '') ? bought!.documentUrl : null,
    soldBy: request.by,
    country: request.to.country ?? null,
    inTime: bought?.inTime ?? null,
    shownInErp: shown === 'yes',
  }
}

/**
 * `not_shown`: it was bought, and the ERP's delivery could not be told. `waits`: for the other orders in its parcel.
 * `shared`: the label of another order stands for it.
 */
export const LABEL_STATES = [
  'asked',
  'waits',
  'bought',
  'shared',
  'not_shown',
  'failed',
  'voiding',
  'given_back',
  'kept',
] as const

function stateOf({ step, shown, carried, alone, bought }: Label): (typeof LABEL_STATES)[number] {
  if (carried) return shown === 'failed' ? 'not_shown' : 'shared'
  if (step === 'void' && alone && !bought) return 'waits'
  if (step === 'void') return 'given_back'
  return step === 'bought' && shown === 'failed' ? 'not_shown' : step
}
