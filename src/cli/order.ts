/**
 * `crossdock order`: what people do with one order, shown first in every system and done only as it was shown. It works
 * on the database, so the hub need not run; what is asked for is done by the hub once it does.
 */
import { ACTION_AFTER, actionSteps } from '#insight/action-view.ts'
import { createMask } from '#insight/masking.ts'
import { heldOrder } from '#insight/holds.ts'
import { orderPage } from '#insight/orders.ts'
import { actionOf, cureOfAction } from '#api/order-action.ts'
import { type OrderAction, orderAction } from '#api/contract-actions.ts'
import { doAction, lookAtAction } from '#engine/action.ts'
import type { Engine } from '#engine/engine.ts'
import { Fault } from '../fault.ts'
import { type Command, type Options, type Streams, UsageError } from './command.ts'
import { plainLog } from './log.ts'
import { openQuietly } from './open.ts'
import { BY_OPTION, nameOf, ORDER_OPTION, orderOf } from './return.ts'
import { CONFIG_OPTION, configured, JSON_OPTION } from './shared.ts'

type Kinds = ReadonlyMap<string, string>
type OrderLine = NonNullable<Awaited<ReturnType<typeof orderPage>>>['lines'][number]

export const order: Command = {
  name: 'order',
  actions: {
    show: 'where it stands, where its goods leave from, and what is in its way',
    cancel: 'cancel it here and in the ERP; the channel is not told',
    hold: 'keep it from the ERP until somebody lets it go',
    release: 'let it go from one hold',
    reroute: 'have its goods, or some of them, leave from another warehouse',
    split: 'have some of its goods leave from another warehouse, and the rest from where it is',
    merge: 'have other orders of the buyer leave in one parcel with it, under its label',
    unmerge: 'send it by itself again',
    resend: 'tell the channel of all its parcels again',
    retry: 'try again what failed',
  },
  options: {
    order: ORDER_OPTION,
    to: {
      type: 'string',
      value: 'warehouse',
      description: 'reroute, split: code of the warehouse it is to leave from.',
    },
    with: {
      type: 'string',
      value: 'channel:id,…',
      description: 'merge: the orders that leave in its parcel, as each channel names them.',
    },
    sku: { type: 'string', value: 'sku,…', description: 'reroute, split: only these. Without it reroute moves all.' },
    kind: { type: 'string', value: 'kind', description: 'release: what it is held for, as show says.' },
    reason: { type: 'string', value: 'reason', description: 'cancel: customer, inventory, fraud, …', default: 'staff' },
    text: { type: 'string', value: 'text', description: 'Why; needed to hold an order.' },
    by: BY_OPTION,
    preview: { type: 'boolean', description: 'Only show what it would do, and the token that has exactly that done.' },
    token: { type: 'string', value: 'token', description: 'Of a preview: do just what it showed, or nothing.' },
    config: CONFIG_OPTION,
    json: JSON_OPTION,
  },
  examples: [
    {
      command: 'crossdock order show --order shopify-main:1001',
      does: 'Where each line leaves from, and what it waits for.',
    },
    {
      command: 'crossdock order reroute --order shopify-main:1001 --to ST1 --preview',
      does: 'What would be set aside, let go and asked of whom; nothing is done.',
    },
    {
      command: 'crossdock order split --order shopify-main:1001 --to ST1 --sku TRAY',
      does: 'The tray leaves from ST1, the rest from where it is. Exit code 1 when it cannot.',
    },
    {
      command: 'crossdock order merge --order shopify-main:1001 --with woo:77 --preview',
      does: 'What one parcel for both would change: labels, deliveries, nothing else.',
    },
    { command: 'crossdock order resend --order shopify-main:1001', does: 'The channel is told of its parcels again.' },
  ],
  async run(options, out) {
    const { config, io } = configured(options, plainLog(out.err))
    const kinds = new Map(Object.entries(config.connections).map(([name, { connector }]) => [name, connector]))
    const wanted = options.action === 'show' ? null : wantedOf(options)
    const { engine, close } = await openQuietly(config, io)
    try {
      return wanted ? await act(engine, kinds, wanted, options, out) : await show(engine, kinds, options, out)
    } finally {
      await close()
    }
  },
}

/** Throws `UsageError` for what is missing. */
function wantedOf(options: Options): OrderAction {
  const [by, note] = [nameOf(options), options.text('text') ?? '']
  const skus = options.text('sku')?.split(',').map((one) => one.trim()).filter(Boolean) // prettier-ignore
  const said: Readonly<Record<string, object>> = {
    cancel: { reason: options.text('reason') },
    hold: { by, reason: note },
    release: { kind: options.text('kind'), by, note },
    reroute: { to: options.text('to'), ...(skus ? { skus } : {}), by, note },
    merge: { with: options.text('with')?.split(',').map((one) => one.trim()).filter(Boolean), by, note }, // prettier-ignore
    unmerge: { by, note },
    split: { to: options.text('to'), skus, by, note },
  }
  const parsed = orderAction.safeParse({ do: options.action, ...said[options.action] })
  if (parsed.success) return parsed.data
  const names: Readonly<Record<string, string>> = { skus: 'sku', note: 'text', reason: options.action === 'hold' ? 'text' : 'reason' } // prettier-ignore
  const field = String(parsed.error.issues[0]?.path[0] ?? '')
  throw new UsageError(`--${names[field] ?? field} is needed for this, or is not what it takes.`)
}

async function show(engine: Engine, kinds: Kinds, options: Options, { out, err }: Streams): Promise<number> {
  const { channel, externalId } = orderOf(options)
  const page = await orderPage(engine.database, channel, externalId, kinds)
  if (!page) return unknown(err, channel, externalId)
  const { summary, lines, exceptions, holds, sale, can, together } = page
  const may = Object.entries(can).flatMap(([name, possible]) => (possible ? [name] : []))
  if (options.flag('json')) {
    out(JSON.stringify({ summary, lines, exceptions, holds, sale, can, together }))
    return 0
  }
  out(`${channel}:${externalId} ${summary.label}: ${summary.status}${sale ? `, sale ${sale.saleName}` : ''}`)
  for (const { sku, title, quantity, shipped, from, promise } of lines) {
    const ahead = promise ? `, ${promise.pieces} not here yet: ${comes(promise)}` : ''
    out(
      `  ${quantity} × ${sku ?? title}${from ? `, from ${from}` : ''}${shipped > 0 ? `, ${shipped} sent` : ''}${ahead}`,
    )
  }
  if (together) out(`  in one parcel with ${together.others.join(', ') || together.lead}`)
  for (const { detail, cure } of exceptions) out(`  ${detail} → ${cure}`)
  for (const { kind, owner, dueAt } of holds) out(`  held for ${kind}: ${owner}, until ${dueAt}`)
  out(may.length > 0 ? `It can be: ${may.join(', ')}.` : 'Nothing can be done with it.')
  return 0
}

/** Of pieces that were sold before they were here. */
function comes({ date, first }: NonNullable<OrderLine['promise']>): string {
  if (date === null) return `promised for ${first ?? 'no day'}, and nothing is expected`
  return first !== null && date > first ? `expected on ${date} instead of ${first}` : `expected on ${date}`
}

function unknown(err: Streams['err'], channel: string, externalId: string): number {
  err(`The hub knows no order ${channel}:${externalId}.`)
  return 1
}

async function act(
  engine: Engine,
  kinds: Kinds,
  wanted: OrderAction,
  options: Options,
  { out, err }: Streams,
): Promise<number> {
  const place = orderOf(options)
  const action = await actionOf(engine, place, wanted)
  if (!action) {
    const others = wanted.do === 'merge' ? `, or not one of ${wanted.with.join(', ')}` : ''
    return unknown(err, place.channel, `${place.externalId}${others}`)
  }
  const given = options.text('token')
  const shown = given === undefined ? await lookAtAction(engine, action) : null
  const mask = createMask()
  mask.learn(await heldOrder(engine.database, place.channel, place.externalId))
  const steps = shown && !shown.refused ? actionSteps(shown, mask, kinds) : []
  const says = !options.flag('json')
  for (const { system, does, lasts } of says ? steps : [])
    out(`${system}: ${does}${lasts ? ` It lasts. ${lasts}` : ''}`)
  if (shown?.refused) {
    const { refused: code, reason } = shown.refused
    if (says) err(`${mask.text(reason)} ${cureOfAction(code)} (${code})`)
    else
      out(
        JSON.stringify({ done: false, refused: { code, reason: mask.text(reason), cure: cureOfAction(code) }, steps }),
      )
    return 1
  }
  const token = given ?? shown!.token
  const preview = options.flag('preview')
  if (!preview) {
    const why = await refusalOf(engine, action, token)
    if (why !== null) {
      err(why)
      return 1
    }
  }
  if (!says) out(JSON.stringify({ done: !preview, steps, after: ACTION_AFTER[wanted.do], token }))
  else out(preview ? `${ACTION_AFTER[wanted.do]}\nNothing was done. To have just this done: --token ${token}` : 'Noted; the hub does it.') // prettier-ignore
  return 0
}

/** @returns why nothing was done; null when it was. */
async function refusalOf(
  engine: Engine,
  action: Parameters<typeof doAction>[1],
  token: string,
): Promise<string | null> {
  try {
    await doAction(engine, action, token)
    return null
  } catch (error) {
    if (error instanceof Fault && error.kind === 'rejected') return `${error.message} (${error.code})`
    throw error
  }
}
