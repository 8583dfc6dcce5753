/** Orders that leave in one parcel, and their labels, in plain words: see words.ts. */
import type { ApartCode, MergeEvent } from '#core/order/together.ts'
import type { TogetherEvent } from '#core/parcel/together.ts'

type Told = MergeEvent | TogetherEvent

const CAUSE: Readonly<Record<ApartCode, string>> = {
  by_hand: 'by a person',
  cancelled: 'it was cancelled',
  edited: 'its goods were changed',
  readdressed: 'it goes to another address',
  moved: 'it leaves from elsewhere',
  label_kept: 'its own label was not taken back',
  left_without: 'it left without the label',
  waited: 'it did not leave in time',
}

export const TOGETHER_WORDS: {
  readonly [T in Told['type']]: string | ((event: Extract<Told, { type: T }>) => string)
} = {
  'order.mergeAsked': ({ with: riders, by }) => `${by} has it leave in one parcel with ${riders.join(', ')}`,
  'order.mergeJoined': ({ lead }) => `It can leave in the parcel of ${lead}`,
  'order.mergeDeclined': ({ lead, code }) => `It cannot leave in the parcel of ${lead} (${code.replaceAll('_', ' ')})`,
  'order.mergeNoted': ({ of }) => `${of} can leave in its parcel`,
  'order.merged': ({ with: riders }) => `One label is bought for it and ${riders.join(', ')}, once all are ready`,
  'order.mergeRefused': ({ with: riders }) => `It does not leave with ${riders.join(', ')}`,
  'order.mergeUnwanted': ({ of }) => `${of} came too late for its parcel`,
  'order.mergeShrunk': ({ of, code }) => `${of} does not leave in its parcel any more: ${CAUSE[code]}`,
  'order.mergeLeft': ({ of }) => `${of} has left, which is in the same parcel`,
  'order.mergeEnded': ({ of, code }) => `It is sent by itself: of ${of}, ${CAUSE[code]}`,
  'label.grouped': ({ lead, with: riders }) =>
    lead === null ? `Its label stands for ${riders.join(', ')} as well` : `The label of ${lead} stands for it`,
  'label.ungrouped': 'It has labels of its own again',
  'label.waits': ({ request }) => (request ? 'Its delivery is ready' : 'Its delivery is not to leave any more'),
  'label.offered': ({ ready }) => (ready ? 'It waits for the label of the parcel' : 'It is not ready for the parcel'),
  'label.riderNoted': ({ ref, ready }) => `${ref} is ${ready ? '' : 'not '}ready for the parcel`,
  'label.riderOff': ({ ref }) => `By the ERP ${ref} goes elsewhere`,
  'label.shared': ({ told }) => (told ? 'The other orders hear of the label' : 'The other orders have no label now'),
  'label.carried': ({ label }) => `Its delivery carries the label ${label.bought.trackingNumber}`,
  'label.uncarried': ({ label }) => `Its delivery carries the label ${label.bought.trackingNumber} no more`,
  'label.leftWithout': 'It left without the label of the parcel',
  'label.sealed': 'The parcel has left: its label stays',
}
