/**
 * `crossdock labels`: the shipping labels the hub buys, and another try where one failed. It works on the database, so
 * the hub need not run; what is asked for is done by the hub once it does.
 */
import { label, type LabelCommand } from '#core/parcel/label.ts'
import { labelStatus, type LabelState } from '#core/parcel/label-state.ts'
import { parseOrderRef, streams } from '#core/streams.ts'
import { labelViews } from '#insight/labels.ts'
import { type Cases, runCases } from './cases.ts'
import { type Command, UsageError } from './command.ts'
import { CONFIG_OPTION, JSON_OPTION } from './shared.ts'

export const labels: Command = {
  name: 'labels',
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
  run: (options, streamsOut) => runCases(CASES, options, streamsOut),
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

const CASES: Cases<LabelState, LabelCommand, View> = {
  kind: 'label',
  decider: label,
  member: 'orders',
  counted: (count) => `Labels of ${count} orders`,
  view,
  text: textOf,
  wanted(options) {
    const ref = options.text('order')
    const order = ref ? parseOrderRef(ref) : null
    if (!order) throw new UsageError('--order is needed, as shopify-main:1042.')
    const missing = `No label was ever wanted for ${ref}. Labels are bought in warehouses named under policy.labels.`
    return { stream: streams.label(order.channel, order.externalId), missing }
  },
  commands: { retry: { type: 'label.retry' } },
}
