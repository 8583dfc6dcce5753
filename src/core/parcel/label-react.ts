/** What an event of a label owes: a call to who sells labels, its number to the ERP, a word to the order. */
import { type Note, note } from '../decider.ts'
import type { Intent } from '../intents.ts'
import { parseOrderRef, streams } from '../streams.ts'
import type { LabelEvent } from './label.ts'
import { isReturn, type Label, type LabelState } from './label-state.ts'

export function reactToLabel(event: LabelEvent, state: LabelState, stream: string): (Intent | Note)[] {
  const orderRef = stream.split('/').slice(1).join(':')
  const toOrder = (command: { type: string; [member: string]: unknown }): Note[] => {
    const order = parseOrderRef(orderRef)
    return order ? [note<{ type: string }>(streams.order(order.channel, order.externalId), command)] : []
  }
  const raise = (code: string, detail: string) => toOrder({ type: 'order.noteException', code, detail })
  const over = (code: string) => toOrder({ type: 'order.clearExceptions', codes: [code] })
  if (event.type === 'label.returnUnable') {
    const detail = `Return ${event.returnId} gets no label: none of the way out was bought here. Send one by hand.`
    return raise('label_failed', detail)
  }
  const label = state.labels.find(({ of }) => of === event.of)!
  const what = isReturn(label) ? `return ${label.of.slice('return-'.length)}` : `delivery ${label.of}`
  switch (event.type) {
    case 'label.asked': {
      const { by, ...request } = event.request
      return [{ type: 'label.ensure', to: by, ask: { ...request, reference: event.reference, orderRef } }]
    }
    case 'label.wanted':
      return event.request === null && label.trouble ? over('label_failed') : []
    case 'label.bought':
      return [...(event.mended ? over('label_failed') : []), ...onDelivery(label, orderRef, true)]
    case 'label.failed':
      return raise('label_failed', `No label was bought for ${what}: ${event.message}`)
    case 'label.voidAsked': {
      const { by } = label.request
      const { reference, bought } = label
      return [{ type: 'label.void', to: by, ask: { reference, labelId: bought?.labelId ?? null } }]
    }
    case 'label.voided':
      return [...(event.mended ? over('label_not_voided') : []), ...onDelivery(label, orderRef, false)]
    case 'label.kept': {
      const detail = `The label ${label.bought?.trackingNumber ?? label.reference} of ${what} is not needed, and was not given back: ${event.reason}`
      return raise('label_not_voided', detail)
    }
    case 'label.showFailed':
      return raise('label_not_shown', `The ERP does not carry the label's number of ${what}: ${event.message}`)
    case 'label.showRetried':
      return [...over('label_not_shown'), ...onDelivery(label, orderRef, label.step === 'bought')]
    default:
      return []
  }
}

/** The packer finds it at the delivery; accounts find there what it cost. */
function onDelivery(label: Label, orderRef: string, shown: boolean): Intent[] {
  if (isReturn(label) || !label.bought) return []
  const { reference, bought, of: deliveryId } = label
  const { trackingNumber, cost, documentUrl } = bought
  return [
    { type: 'delivery.label', to: 'erp', ask: { orderRef, deliveryId, reference, trackingNumber, cost, documentUrl, shown } },
  ] // prettier-ignore
}
