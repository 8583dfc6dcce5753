/**
 * `crossdock parcels`: parcels that are late, lost, damaged or on their way back, and what people settle about them. It
 * works on the database, so the hub need not run; what is settled is done by the hub once it does.
 */
import type { ParcelCommand } from '#core/parcel/parcel.ts'
import { parcel, parcelStatus } from '#core/parcel/parcel.ts'
import type { ParcelState } from '#core/parcel/state.ts'
import { streams } from '#core/streams.ts'
import { type Cases, runCases } from './cases.ts'
import { type Command, UsageError } from './command.ts'
import { CONFIG_OPTION, JSON_OPTION } from './shared.ts'

export const parcels: Command = {
  name: 'parcels',
  actions: {
    list: 'those with an open case, or all of them',
    show: 'one parcel: where it is, and what is open',
    settle: 'its case is settled',
    lose: 'it is lost for good: nothing more is expected of it',
    retry: 'ask the carrier again to follow it',
  },
  options: {
    config: CONFIG_OPTION,
    carrier: { type: 'string', value: 'name', description: "The carrier's connection, as easypost." },
    number: { type: 'string', value: 'number', description: 'The tracking number.' },
    all: { type: 'boolean', description: 'list: also those that need nobody.' },
    limit: { type: 'string', value: 'n', description: 'list: how many.', default: '50' },
    json: JSON_OPTION,
  },
  examples: [
    { command: 'crossdock parcels list', does: 'Everything that is late, lost, damaged or on its way back.' },
    {
      command: 'crossdock parcels settle --carrier easypost --number 9400100000000000000000',
      does: 'Closes its case: the customer has an answer.',
    },
  ],
  run: (options, streamsOut) => runCases(CASES, options, streamsOut),
}

type View = ReturnType<typeof view>
function view(stream: string, state: ParcelState) {
  const [, carrier = '', ...rest] = stream.split('/')
  const { of, latest, case: open, estimate } = state
  return {
    carrier,
    number: rest.join('/'),
    status: parcelStatus(state),
    order: of?.orderRef ?? null,
    scannedAt: latest?.at ?? null,
    promisedBy: of?.promisedBy ?? null,
    expectedBy: estimate?.deliverBy ?? null,
    case: open,
  }
}

function textOf({ carrier, number, status, order, scannedAt, promisedBy, case: open }: View): string {
  const where = `${carrier} ${number}  ${status}  ${order ?? 'of no order we know'}`
  const times = `last scan ${scannedAt ?? 'none'}, promised by ${promisedBy ?? 'nobody'}`
  return `${where}  ${times}${open ? `\n  ${open.owner} until ${open.dueAt}: ${open.detail}` : ''}`
}

const CASES: Cases<ParcelState, ParcelCommand, View> = {
  kind: 'parcel',
  decider: parcel,
  member: 'parcels',
  counted: (count) => `${count} parcels`,
  view,
  text: textOf,
  wanted(options) {
    const [carrier, number] = [options.text('carrier'), options.text('number')]
    if (!carrier || !number) throw new UsageError('--carrier and --number are needed, as crossdock parcels list says.')
    return { stream: streams.parcel(carrier, number), missing: `There is no parcel ${number} at ${carrier}.` }
  },
  commands: {
    settle: { type: 'parcel.settle', how: 'settled' },
    lose: { type: 'parcel.settle', how: 'lost' },
    retry: { type: 'parcel.retry' },
  },
}
