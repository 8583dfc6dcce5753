/** Events of parcels in plain words: see words.ts. */
import type { OrderParcelEvent } from '#core/order/parcels.ts'
import type { ParcelEvent } from '#core/parcel/parcel.ts'
import { momentWords } from './moment.ts'

type Told = ParcelEvent | OrderParcelEvent
type Words = {
  readonly [T in Told['type']]: string | ((event: Extract<Told, { type: T }>) => string)
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
  'parcel.lookSet': ({ at }) => (at === null ? 'Nothing more is waited for' : `To be looked at by ${momentWords(at)}`),
}
