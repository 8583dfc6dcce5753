/** Events of parcels in plain words: see words.ts. */
import type { OrderParcelEvent } from '#core/order/parcels.ts'
import { formatMoney } from '#canon/money.ts'
import type { LabelEvent } from '#core/parcel/label.ts'
import type { ParcelEvent } from '#core/parcel/parcel.ts'
import type { TogetherEvent } from '#core/parcel/together.ts'
import { momentWords } from './moment.ts'

export type ParcelsEvent = ParcelEvent | Exclude<LabelEvent, TogetherEvent> | OrderParcelEvent
type Words = {
  readonly [T in ParcelsEvent['type']]: string | ((event: Extract<ParcelsEvent, { type: T }>) => string)
}

export const PARCEL_WORDS: Words = {
  'order.parcelNoted': ({ parcel }) => `Parcel ${(parcel.case?.kind ?? parcel.status).replaceAll('_', ' ')}`,
  'parcel.expected': ({ of }) => `A parcel of order ${of.orderRef} is on its way`,
  'parcel.shared': ({ orderRef }) => `Order ${orderRef} is in the same parcel`,
  'parcel.trackRetried': 'The carrier is asked again to follow it',
  'parcel.tracked': 'The carrier follows the parcel',
  'parcel.moved': ({ latest }) => `Scanned: ${latest.status.replaceAll('_', ' ')}`,
  'delivery.confirmed': 'Delivered',
  'parcel.caseOpened': (event) => `The parcel is ${event.case.kind}: ${event.case.detail}`,
  'parcel.caseEscalated': ({ owner }) => `Nobody settled it in time; it went to ${owner}`,
  'parcel.caseClosed': ({ how }) => (how === 'over' ? 'It settled itself' : 'A person settled it'),
  'label.asked': 'A label is to be bought',
  'label.wanted': ({ request }) => {
    if (!request) return 'No label of its own is needed any more'
    return request.with ? `One label is wanted for it and ${request.with.join(', ')}` : 'It is wanted otherwise now'
  },
  'label.bought': ({ label: { carrier, service, cost, inTime } }) => {
    const late = inTime ? '' : '; it comes later than promised'
    return `A label of ${carrier} ${service} was bought for ${formatMoney(cost)}${late}`
  },
  'label.failed': ({ code }) => `No label was bought (${code})`,
  'label.fellBack': ({ code }) => `No courier comes (${code}); another carrier is asked`,
  'label.ended': ({ reason }) => `The courier was called off: ${reason}`,
  'label.escalated': ({ owner }) => `Nobody settled it in time; it went to ${owner}`,
  'label.voidAsked': 'The label is to be given back',
  'label.voided': ({ cost }) =>
    `The label was given back${cost ? `; ${formatMoney(cost)} is to be paid all the same` : ''}`,
  'label.kept': 'The label was not taken back',
  'label.shown': 'The delivery shows how it stands with its label',
  'label.showFailed': 'The ERP did not take the number of the label',
  'label.showRetried': 'The ERP is asked again to take the number of the label',
  'label.returnUnable': 'No label could be turned round for the return',
  'parcel.lookSet': ({ at }) => (at === null ? 'Nothing more is waited for' : `To be looked at by ${momentWords(at)}`),
}
