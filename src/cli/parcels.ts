/**
 * `crossdock parcels`: parcels that are late, lost, damaged or on their way back, and what people settle about them. It
 * works on the database, so the hub need not run; what is settled is done by the hub once it does.
 */
import type { ParcelCommand } from '#core/parcel/parcel.ts'
import { parcel, parcelStatus } from '#core/parcel/parcel.ts'
import type { ParcelState } from '#core/parcel/state.ts'
import { streams } from '#core/streams.ts'
import { type Engine, nowOf } from '#engine/engine.ts'
import { tellStream } from '#engine/person.ts'
import { listStreams, readState } from '#store/views.ts'
import { type Command, type Options, type Streams, UsageError } from './command.ts'
import { plainLog } from './log.ts'
import { openQuietly } from './open.ts'
import { CONFIG_OPTION, configured, JSON_OPTION } from './shared.ts'

export const parcels: Command = {
  name: 'parcels',
  summary: 'see parcels that need somebody, and settle what became of them',
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
  async run(options, out) {
    const { config, io } = configured(options, plainLog(out.err))
    const { engine, close } = await openQuietly(config, io)
    try {
      return options.action === 'list' ? await list(engine, options, out) : await one(engine, options, out)
    } finally {
      await close()
    }
  },
}

async function list({ database }: Engine, options: Options, { out, err }: Streams): Promise<number> {
  const limit = options.number('limit', { from: 1, to: 1_000, default: 50 })
  const attention = options.flag('all') ? undefined : true
  const rows = await listStreams(database, { kind: 'parcel', attention, limit: limit + 1 })
  const shown = rows.slice(0, limit).map(({ stream, state }) => view(stream, state as unknown as ParcelState))
  if (options.flag('json')) out(JSON.stringify({ parcels: shown, more: rows.length > limit }))
  else {
    for (const row of shown) out(textOf(row))
    err(`${shown.length} parcels${rows.length > limit ? ', and more' : ''}.`)
  }
  return 0
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

async function one(engine: Engine, options: Options, { out, err }: Streams): Promise<number> {
  const [carrier, number] = [options.text('carrier'), options.text('number')]
  if (!carrier || !number) throw new UsageError('--carrier and --number are needed, as crossdock parcels list says.')
  const stream = streams.parcel(carrier, number)
  const row = await readState(engine.database, stream)
  if (!row) {
    err(`There is no parcel ${number} at ${carrier}.`)
    return 1
  }
  const state = row.state as unknown as ParcelState
  const shown = view(stream, state)
  if (options.action === 'show') {
    out(options.flag('json') ? JSON.stringify(shown) : textOf(shown))
    return 0
  }
  const command = COMMANDS[options.action]
  if (!command) throw new UsageError(`There is no action '${options.action}'.`)
  const said = parcel.decide(state, command, engine.policy, { stream, at: nowOf(engine), messageKey: 'preview' })
  if ('refused' in said) {
    err(`${said.reason} (${said.refused})`)
    return 1
  }
  await tellStream(engine, stream, command, engine.io.id())
  out(options.flag('json') ? JSON.stringify({ done: true }) : 'Noted; the hub does it.')
  return 0
}

const COMMANDS: Readonly<Record<string, ParcelCommand>> = {
  settle: { type: 'parcel.settle', how: 'settled' },
  lose: { type: 'parcel.settle', how: 'lost' },
  retry: { type: 'parcel.retry' },
}
