/** What an event of a label owes: a call to who sells labels, its number to the ERP, a word to the order. */
import { type Note, note } from '../decider.ts'
import type { Intent } from '../intents.ts'
import { parseOrderRef, streams } from '../streams.ts'
import type { LabelEvent } from './label.ts'
import { askOf, clockOf } from './courier.ts'
import { type BoughtLabel, isReturn, type Label, type LabelState } from './label-state.ts'
import { isOfTogether, keptApart, reactTogether } from './together.ts'
import type { CarriedLabel } from './together-state.ts'

export function reactToLabel(event: LabelEvent, state: LabelState, stream: string): (Intent | Note)[] {
  const orderRef = stream.split('/').slice(1).join(':')
  const toOrder = (command: { type: string; [member: string]: unknown }): Note[] => {
    const order = parseOrderRef(orderRef)
    return order ? [note<{ type: string }>(streams.order(order.channel, order.externalId), command)] : []
  }
  const raise = (code: string, detail: string) => toOrder({ type: 'order.noteException', code, detail })
  const over = (...codes: string[]) => toOrder({ type: 'order.clearExceptions', codes })
  if (event.type === 'label.returnUnable') {
    const detail = `Return ${event.returnId} gets no label: none of the way out was bought here. Send one by hand.`
    return raise('label_failed', detail)
  }
  if (isOfTogether(event)) {
    const { type } = event
    const carried = type === 'label.carried' || type === 'label.uncarried' ? onOther(event, orderRef) : []
    return [...carried, ...reactTogether(event, state, stream)]
  }
  const label = state.labels.find(({ of }) => of === event.of)!
  const what = isReturn(label) ? `return ${label.of.slice('return-'.length)}` : `delivery ${label.of}`
  const troubles = label.case ? ['label_failed', 'courier_failed'] : ['label_failed']
  switch (event.type) {
    case 'label.asked': {
      const { reference, request } = event
      return [{ type: 'label.ensure', to: request.by, ask: { ...askOf(request), reference, orderRef } }]
    }
    case 'label.wanted':
      return event.request === null && label.trouble ? over(...troubles) : []
    case 'label.bought':
      return [
        ...(event.mended ? over(...troubles) : []),
        ...onDelivery(label, orderRef, true),
        ...linkNote(label.bought, orderRef),
      ]
    case 'label.failed': {
      if (!event.case) return raise('label_failed', `No label was bought for ${what}: ${event.message}`)
      const { owner, dueAt } = event.case
      const detail = `No courier comes for ${what}: ${event.message} It is for ${owner} until ${dueAt}.`
      return [...raise('courier_failed', detail), clockOf(stream, label.of, event.case)]
    }
    case 'label.escalated':
      return raise(
        'courier_failed',
        `No courier comes for ${what}, and nobody settled it in time: now for ${event.owner}.`,
      )
    case 'label.ended':
      return onDelivery(label, orderRef, false)
    case 'label.voidAsked': {
      const { by } = label.request
      const { reference, bought } = label
      return [{ type: 'label.void', to: by, ask: { reference, labelId: bought?.labelId ?? null } }]
    }
    case 'label.voided':
      return [...(event.mended ? over('label_not_voided') : []), ...onDelivery(label, orderRef, false)]
    case 'label.kept': {
      const detail = `The label ${label.bought?.trackingNumber ?? label.reference} of ${what} is not needed, and was not given back: ${event.reason}`
      return [...raise('label_not_voided', detail), ...keptApart(state, event.of, stream)]
    }
    case 'label.showFailed':
      return raise('label_not_shown', `The ERP does not carry the label's number of ${what}: ${event.message}`)
    case 'label.showRetried':
      return [
        ...over('label_not_shown'),
        ...(label.carried
          ? onOther({ type: 'label.carried', of: label.of, label: label.carried }, orderRef)
          : onDelivery(label, orderRef, label.step === 'bought')),
      ]
    default:
      return []
  }
}

/** The ERP knows no link of its own for it: the channel gets it from here, with the parcel. */
function linkNote(bought: BoughtLabel | null, orderRef: string): Note[] {
  const order = parseOrderRef(orderRef)
  if (!order || !bought?.trackingUrl) return []
  const { trackingNumber, trackingUrl } = bought
  const command = { type: 'fulfilment.noteLink', trackingNumber, trackingUrl } as const
  return [note(streams.fulfilment(order.channel, order.externalId), command)]
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

/** The lead's label at the delivery of another order. What it cost stands where it was bought, and nowhere twice. */
function onOther(
  { type, of: deliveryId, label }: { type: 'label.carried' | 'label.uncarried'; of: string; label: CarriedLabel },
  orderRef: string,
): (Intent | Note)[] {
  const { reference, bought } = label
  const { trackingNumber, documentUrl } = bought
  const cost = { ...bought.cost, amount: 0 }
  const shown = type === 'label.carried'
  const ask = { orderRef, deliveryId, reference, trackingNumber, cost, documentUrl, shown }
  return [{ type: 'delivery.label', to: 'erp', ask }, ...(shown ? linkNote(bought, orderRef) : [])]
}
