/** `crossdock return`: goods that come back. It works on the database; what is asked for is done by the hub. */
import { userInfo } from 'node:os'
import { backRequest } from '#engine/command-schemas.ts'
import { tellStream } from '#engine/person.ts'
import { parseOrderRef, streams } from '#core/streams.ts'
import { parseMoney } from '#canon/money.ts'
import type { OrderState } from '#core/order/state.ts'
import type { ExchangeAsk } from '#core/return/exchange.ts'
import { knowsOrder } from '#insight/orders.ts'
import { awaitsOf, viewOf } from '#insight/return-view.ts'
import { listReturns, type returnRow } from '#insight/returns.ts'
import type { ReturnState } from '#core/return/state.ts'
import { readState } from '#store/views.ts'
import { type Command, type Options, type Streams, UsageError } from './command.ts'
import { plainLog } from './log.ts'
import { openQuietly } from './open.ts'
import { CONFIG_OPTION, configured, JSON_OPTION } from './shared.ts'

export type Opened = Awaited<ReturnType<typeof openQuietly>>

export const ORDER_OPTION = {
  type: 'string',
  value: 'channel:id',
  description: 'The order, as the ERP has it: shopify-main:1001.',
} as const
export const LINES_OPTION = {
  type: 'string',
  value: 'line=n,…',
  description: 'Pieces by line of the order: 17=1,18=2.',
} as const
export const BY_OPTION = {
  type: 'string',
  value: 'name',
  description: 'Who says so. Unless said, the login of this machine.',
} as const

export const returnCommand: Command = {
  name: 'return',
  actions: {
    list: 'what came back of orders, newest first',
    show: 'one order with its returns and refunds',
    ask: 'let pieces come back',
    receive: 'say what came back, and how it is',
    paid: 'say that what an exchange costs more has been paid',
  },
  options: {
    order: ORDER_OPTION,
    id: { type: 'string', value: 'name', description: 'ask, paid: names the return. receive: names the receipt.' },
    lines: LINES_OPTION,
    reason: { type: 'string', value: 'reason', description: 'ask: why: unwanted, defective, …', default: 'other' },
    exchange: {
      type: 'string',
      value: 'sku=n@price,…',
      description: "ask: what goes out instead, in the order's currency, taxed as it is: MUG=1@12.50.",
    },
    disposition: {
      type: 'string',
      value: 'how',
      description: 'receive: sellable, damaged or missing.',
      default: 'sellable',
    },
    return: { type: 'string', value: 'name', description: 'receive: the return that was asked for.' },
    pool: { type: 'string', value: 'code', description: 'receive: warehouse or store the goods are in.' },
    by: BY_OPTION,
    attention: { type: 'boolean', description: 'list: only those that need somebody.' },
    channel: { type: 'string', value: 'name', description: 'list: only of this channel.' },
    limit: { type: 'string', value: 'n', description: 'list: how many.', default: '50' },
    config: CONFIG_OPTION,
    json: JSON_OPTION,
  },
  examples: [
    { command: 'crossdock return list --attention', does: 'What needs somebody; exit code 1 when there is any.' },
    { command: 'crossdock return show --order shopify-main:1001', does: 'One order with all that came back of it.' },
    {
      command: 'crossdock return ask --order shopify-main:1001 --id RMA-7 --lines 17=1 --reason unwanted',
      does: 'Lets one piece come back.',
    },
    {
      command: 'crossdock return ask --order shopify-main:1001 --id RMA-8 --lines 17=1 --exchange MUG=1@12.50',
      does: 'Lets one piece come back, and a mug goes out instead.',
    },
    {
      command: 'crossdock return receive --order shopify-main:1001 --id c-7 --return RMA-7 --lines 17=1 --pool BER7',
      does: 'Books it into the pool of a store.',
    },
  ],
  async run(options, streams) {
    const { config, io } = configured(options, plainLog(streams.err))
    const opened = await openQuietly(config, io, 'crossdock-beside')
    try {
      if (options.action === 'list') return await list(opened, options, streams)
      if (options.action === 'show') return await show(opened, options, streams)
      return await say(opened, options, streams, await requestOf(opened, options))
    } finally {
      await opened.close()
    }
  },
}

export const nameOf = (options: Options): string => options.text('by') ?? userInfo().username

/** Throws `UsageError`. */
export function orderOf(options: Options): { channel: string; externalId: string } {
  const order = parseOrderRef(options.text('order') ?? '')
  if (!order) throw new UsageError('--order takes the channel and the id of the order: shopify-main:1001.')
  return order
}

/** `17=1,18=2`. Throws `UsageError`. */
export function linesOf(options: Options): { lineId: string; quantity: number }[] {
  return (options.text('lines') ?? '')
    .split(',')
    .filter(Boolean)
    .map((one) => {
      const [, lineId, quantity] = /^(.+)=([1-9]\d{0,5})$/.exec(one.trim()) ?? []
      if (lineId === undefined) throw new UsageError(`--lines takes line=pieces, such as 17=1; '${one}' is none.`)
      return { lineId, quantity: Number(quantity) }
    })
}

async function requestOf(opened: Opened, options: Options): Promise<object> {
  const id = options.text('id')
  if (options.action === 'paid') return { type: 'exchange.paid', exchangeId: id, by: nameOf(options) }
  const lines = linesOf(options)
  if (options.action === 'ask') {
    const exchange = options.text('exchange') ? { exchange: await exchangeOf(opened, options) } : {}
    return { type: 'return.ask', returnId: id, reason: options.text('reason'), lines, ...exchange }
  }
  const disposition = options.text('disposition')
  const [returnId, pool] = [options.text('return'), options.text('pool')]
  const more = { ...(returnId ? { returnId } : {}), ...(pool ? { pool } : {}) }
  return { type: 'return.receive', receiptId: id, ...more, lines: lines.map((line) => ({ ...line, disposition })) }
}

/** `MUG=1@12.50,CUP=2@7`, read in the order's own currency. Throws `UsageError`. */
async function exchangeOf({ engine }: Opened, options: Options): Promise<ExchangeAsk> {
  const { channel, externalId } = orderOf(options)
  const row = await readState(engine.database, streams.order(channel, externalId))
  const { currency = 'EUR' } = (row?.state as unknown as Partial<OrderState> | undefined)?.order ?? {}
  const goods = options.text('exchange')!.split(',').map((one) => {
    const [, sku, quantity, price] = /^(.+)=([1-9]\d{0,5})@(\d+(?:\.\d+)?)$/.exec(one.trim()) ?? []
    const unitPrice = price === undefined ? null : parseMoney(price, currency)
    if (sku === undefined || !unitPrice)
      throw new UsageError(`--exchange takes sku=pieces@price in ${currency}, such as MUG=1@12.50; '${one}' is none.`)
    return { sku, quantity: Number(quantity), unitPrice: unitPrice.amount }
  }) // prettier-ignore
  return { goods, by: nameOf(options) }
}

/** Hands a person's request to the order. @returns the exit code. Throws `UsageError` for one that is not whole. */
export async function say(
  { engine }: Opened,
  options: Options,
  { out, err }: Streams,
  request: object,
): Promise<number> {
  const { channel, externalId } = orderOf(options)
  const checked = backRequest.safeParse(request)
  const [issue] = checked.error?.issues ?? []
  if (issue) throw new UsageError(`${issue.path.join('.')}: ${issue.message}.`)
  if (!(await knowsOrder(engine.database, channel, externalId))) {
    err(`The hub knows no order ${channel}:${externalId}.`)
    return 2
  }
  const command = { type: 'order.askBack', request: checked.data } as { type: string }
  const { key, fresh } = await tellStream(engine, streams.order(channel, externalId), command, engine.io.id())
  out(
    options.flag('json')
      ? JSON.stringify({ key, fresh })
      : 'Handed in. `crossdock return show` says what became of it once the hub has decided.',
  )
  return 0
}

async function list({ engine }: Opened, options: Options, { out }: Streams): Promise<number> {
  const limit = options.number('limit', { from: 1, to: 1_000, default: 50 })
  const attention = options.flag('attention') ? true : undefined
  const page = await listReturns(engine.database, { attention, channel: options.text('channel'), limit })
  const rows = page?.rows ?? []
  if (options.flag('json')) out(JSON.stringify({ rows }))
  else if (rows.length === 0) out('Nothing came back.')
  else for (const row of rows) out(rowText(row))
  return rows.some((row) => row.attention) ? 1 : 0
}

function rowText({ channel, externalId, label, status, attention, awaits }: ReturnType<typeof returnRow>): string {
  const waits = awaits.length > 0 ? `; waits for ${awaits.join(', ')}` : ''
  return `${channel}:${externalId} (${label}): ${status}${attention ? ', needs somebody' : ''}${waits}.`
}

async function show({ engine }: Opened, options: Options, { out, err }: Streams): Promise<number> {
  const { channel, externalId } = orderOf(options)
  const row = await readState(engine.database, streams.returns(channel, externalId))
  if (!row) {
    err(`Nothing of order ${channel}:${externalId} came back, and nobody asked for it.`)
    return 2
  }
  const state = row.state as unknown as ReturnState
  const view = viewOf(state)
  if (options.flag('json')) out(JSON.stringify(view))
  else for (const line of wordsOf(view)) out(line)
  return awaitsOf(state).length > 0 ? 1 : 0
}

const wordsOf = ({ returns, arrivals, refunds, givings, exchanges, awaits }: ReturnType<typeof viewOf>): string[] => [
  ...returns.map(({ returnId, reason, step }) => `Return ${returnId} (${reason}): ${step}.`),
  ...arrivals.map(
    ({ lines, pool, step }) => `${lines.reduce((all, { quantity }) => all + quantity, 0)} pieces in ${pool}: ${step}.`,
  ),
  ...givings.map(
    ({ requestId, amount, stage, by, approvedBy }) =>
      `Refund ${requestId}: ${amount.text} ${amount.currency}, ${stage}, asked by ${by}${approvedBy ? `, approved by ${approvedBy}` : ''}.`,
  ),
  ...exchanges.map(({ exchangeId, step, back, out, owed, goods }) =>
    [
      `Exchange ${exchangeId}: ${goods.map(({ sku, quantity }) => `${quantity} × ${sku}`).join(', ')}`,
      ` for ${out.text} instead of ${back.text} ${back.currency}, ${step}`,
      owed.amount > 0 ? `, ${owed.text} to be paid.` : '.',
    ].join(''),
  ),
  ...refunds.map(
    ({ refundId, amount, step, credit, from, cameBack }) =>
      `${amount.text} ${amount.currency} given back (${from} ${refundId}): ${cameBack ? 'came back, ' : ''}${credit ?? step}.`,
  ),
  awaits.length > 0 ? `Waits for ${awaits.join(', ')}.` : 'Nothing is open.',
]
