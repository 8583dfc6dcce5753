/**
 * `crossdock labels`: the shipping labels the hub buys, and another try where one failed. It works on the database, so
 * the hub need not run; what is asked for is done by the hub once it does.
 */
import { label } from '#core/parcel/label.ts'
import { labelStatus, type LabelState } from '#core/parcel/label-state.ts'
import { parseOrderRef, streams } from '#core/streams.ts'
import { type Engine, nowOf } from '#engine/engine.ts'
import { tellStream } from '#engine/person.ts'
import { labelViews } from '#insight/labels.ts'
import { listStreams, readState } from '#store/views.ts'
import { type Command, type Options, type Streams, UsageError } from './command.ts'
import { plainLog } from './log.ts'
import { openQuietly } from './open.ts'
import { CONFIG_OPTION, configured, JSON_OPTION } from './shared.ts'

export const labels: Command = {
  name: 'labels',
  summary: 'see the shipping labels the hub buys, and try again where one failed',
  actions: {
    list: 'orders whose labels need somebody, or all with labels',
    show: 'the labels of one order: state, carrier, cost, document',
    retry: 'buy, give back or show in the ERP what failed',
  },
  options: {
    config: CONFIG_OPTION,
    order: { type: 'string', value: 'ref', description: 'The order, as shopify-main:1042.' },
    all: { type: 'boolean', description: 'list: also those that need nobody.' },
    limit: { type: 'string', value: 'n', description: 'list: how many orders.', default: '50' },
    json: JSON_OPTION,
  },
  examples: [
    { command: 'crossdock labels list', does: 'Every order with a label that was not bought, or not given back.' },
    {
      command: 'crossdock labels show --order shopify-main:1042',
      does: 'What was bought for it, and where the document is.',
    },
    {
      command: 'crossdock labels retry --order shopify-main:1042',
      does: 'Tries once more; what was bought is not bought twice.',
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
  const rows = await listStreams(database, { kind: 'label', attention, limit: limit + 1 })
  const shown = rows.slice(0, limit).map(({ stream, state }) => view(stream, state as unknown as LabelState))
  if (options.flag('json')) out(JSON.stringify({ orders: shown, more: rows.length > limit }))
  else {
    for (const row of shown) out(textOf(row))
    err(`Labels of ${shown.length} orders${rows.length > limit ? ', and more' : ''}.`)
  }
  return 0
}

type View = ReturnType<typeof view>
const view = (stream: string, state: LabelState) => ({
  order: stream.split('/').slice(1).join(':'),
  status: labelStatus(state),
  labels: labelViews(state),
})

const textOf = ({ order, status, labels: all }: View): string => [`${order}  ${status}`, ...all.map(lineOf)].join('\n')

function lineOf({ of, isReturn, state, unsure, ...one }: View['labels'][number]): string {
  const what = `${isReturn ? 'return' : 'delivery'} ${of}  ${state.replaceAll('_', ' ')}`
  const bought = one.cost
    ? `  ${one.carrier} ${one.service} ${one.trackingNumber}  ${one.cost.text} ${one.cost.currency}`
    : ''
  const late = one.inTime === false ? '  later than promised' : ''
  const doubt = unsure ? `  nobody knows whether ${one.soldBy} sold it` : ''
  return `  ${what}${bought}${late}${doubt}${one.documentUrl ? `\n    ${one.documentUrl}` : ''}`
}

async function one(engine: Engine, options: Options, { out, err }: Streams): Promise<number> {
  const ref = options.text('order')
  const order = ref ? parseOrderRef(ref) : null
  if (!order) throw new UsageError('--order is needed, as shopify-main:1042.')
  const stream = streams.label(order.channel, order.externalId)
  const row = await readState(engine.database, stream)
  if (!row) {
    err(`No label was ever wanted for ${ref}. Labels are bought in warehouses named under policy.labels.`)
    return 1
  }
  const state = row.state as unknown as LabelState
  if (options.action === 'show') {
    const shown = view(stream, state)
    out(options.flag('json') ? JSON.stringify(shown) : textOf(shown))
    return 0
  }
  if (options.action !== 'retry') throw new UsageError(`There is no action '${options.action}'.`)
  const command = { type: 'label.retry' } as const
  const said = label.decide(state, command, engine.policy, { stream, at: nowOf(engine), messageKey: 'preview' })
  if ('refused' in said) {
    err(`${said.reason} (${said.refused})`)
    return 1
  }
  await tellStream(engine, stream, command, engine.io.id())
  out(options.flag('json') ? JSON.stringify({ done: true }) : 'Noted; the hub does it.')
  return 0
}
