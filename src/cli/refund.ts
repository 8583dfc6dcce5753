/** `crossdock refund`: money the hub gives back, what it would do in every system, and what waits for whom. */
import { parseMoney } from '#canon/money.ts'
import type { OrderState } from '#core/order/state.ts'
import type { GiveRefund } from '#core/return/giving-state.ts'
import { RETURN_REASONS } from '#core/return/state.ts'
import { streams } from '#core/streams.ts'
import { nowOf } from '#engine/engine.ts'
import { AWAITED } from '#insight/return-view.ts'
import { listReturns, previewRefund } from '#insight/returns.ts'
import { readState } from '#store/views.ts'
import { type Command, type Options, type Streams, UsageError } from './command.ts'
import { plainLog } from './log.ts'
import { openQuietly } from './open.ts'
import { BY_OPTION, LINES_OPTION, linesOf, nameOf, type Opened, ORDER_OPTION, orderOf, say } from './return.ts'
import { CONFIG_OPTION, configured, JSON_OPTION } from './shared.ts'

export const refund: Command = {
  name: 'refund',
  actions: {
    preview: 'what a refund would come to and do; nothing is done',
    give: 'give it, once under its name',
    approve: 'let one go that waits for a second person',
    decline: 'do not',
    list: 'orders whose refunds wait for somebody',
  },
  options: {
    order: ORDER_OPTION,
    id: { type: 'string', value: 'name', description: 'Names the refund: the same name again gives nothing more.' },
    lines: LINES_OPTION,
    amount: { type: 'string', value: 'decimal', description: 'All that goes back, tax included: 12.50.' },
    shipping: { type: 'boolean', description: 'What was paid for shipping goes back too.' },
    reason: { type: 'string', value: 'reason', description: `One of ${RETURN_REASONS.join(', ')}.`, default: 'other' },
    by: BY_OPTION,
    awaits: { type: 'string', value: 'whom', description: `list: ${AWAITED.join(', ')}.`, default: 'accounting' },
    config: CONFIG_OPTION,
    json: JSON_OPTION,
  },
  examples: [
    {
      command: 'crossdock refund preview --order shopify-main:1001 --lines 17=1',
      does: 'What one piece would come to, and what would happen where.',
    },
    { command: 'crossdock refund give --order shopify-main:1001 --id g-7 --amount 12.50', does: 'Gives 12.50 back.' },
    {
      command: 'crossdock refund approve --order shopify-main:1001 --id g-7 --by Grace',
      does: 'Lets it go, as the second person.',
    },
    {
      command: 'crossdock refund list --awaits approval',
      does: 'What waits for a second person; exit code 1 when there is any.',
    },
  ],
  async run(options, out) {
    const { config, io } = configured(options, plainLog(out.err))
    const opened = await openQuietly(config, io, 'crossdock-beside')
    try {
      if (options.action === 'list') return await list(opened, options, out)
      const requestId = options.text('id') ?? (options.action === 'preview' ? 'preview' : undefined)
      if (requestId === undefined) throw new UsageError('--id names the refund, such as g-7.')
      const by = nameOf(options)
      if (options.action === 'approve' || options.action === 'decline')
        return await say(opened, options, out, { type: `refund.${options.action}`, requestId, by })
      const request = await requestOf(opened, options, { requestId, by })
      return options.action === 'give'
        ? await say(opened, options, out, request)
        : await preview(opened, options, out, request)
    } finally {
      await opened.close()
    }
  },
}

/** The amount is read in the order's own currency. */
async function requestOf(
  { engine }: Opened,
  options: Options,
  named: { requestId: string; by: string },
): Promise<GiveRefund> {
  const reason = RETURN_REASONS.find((one) => one === options.text('reason'))
  if (!reason) throw new UsageError(`--reason takes one of ${RETURN_REASONS.join(', ')}.`)
  const { channel, externalId } = orderOf(options)
  const row = await readState(engine.database, streams.order(channel, externalId))
  const { order } = (row?.state ?? {}) as unknown as Partial<OrderState>
  const text = options.text('amount')
  const amount = text === undefined ? null : parseMoney(text, order?.currency ?? 'EUR')
  if (text !== undefined && !amount)
    throw new UsageError(`--amount takes a decimal in the order's currency; '${text}' is none.`)
  const shipping = options.flag('shipping') ? { shipping: true } : {}
  return { type: 'refund.give', ...named, reason, lines: linesOf(options), ...(amount ? { amount } : {}), ...shipping }
}

async function preview(
  { engine }: Opened,
  options: Options,
  { out, err }: Streams,
  request: GiveRefund,
): Promise<number> {
  const order = orderOf(options)
  const found = await previewRefund(engine.database, engine.policy, { ...order, at: nowOf(engine) }, request)
  if (!found) {
    err(`The hub knows no order ${order.channel}:${order.externalId}.`)
    return 2
  }
  if (options.flag('json')) out(JSON.stringify(found))
  else if (found.refused) out(`It would be refused: ${found.refused.reason}`)
  else for (const { system, does } of found.steps) out(`${system}: ${does}`)
  return found.refused ? 1 : 0
}

const PAGE = 100

async function list({ engine }: Opened, options: Options, { out }: Streams): Promise<number> {
  const whom = AWAITED.find((one) => one === options.text('awaits'))
  if (!whom) throw new UsageError(`--awaits takes one of ${AWAITED.join(', ')}.`)
  const rows: NonNullable<Awaited<ReturnType<typeof listReturns>>>['rows'] = []
  let cursor: string | undefined
  do {
    const page = await listReturns(engine.database, { cursor, limit: PAGE })
    rows.push(...(page?.rows ?? []).filter(({ awaits }) => awaits.includes(whom)))
    cursor = page?.next ?? undefined
  } while (cursor !== undefined)
  if (options.flag('json')) out(JSON.stringify({ rows }))
  else if (rows.length === 0) out(`Nothing waits for ${whom}.`)
  else
    for (const { channel, externalId, label, updatedAt } of rows)
      out(`${channel}:${externalId} (${label}), since ${updatedAt}.`)
  return rows.length > 0 ? 1 : 0
}
