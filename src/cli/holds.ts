/**
 * `crossdock holds`: orders that are held, and what people decide about them. It works on the database, so the hub need
 * not run; what is decided is done by the hub once it does.
 */
import { userInfo } from 'node:os'
import { HOLD_KINDS, type HoldKind } from '#core/order/hold-kinds.ts'
import type { HoldCommand } from '#core/order/holds.ts'
import type { OrderState } from '#core/order/state.ts'
import { parseOrderRef, streams } from '#core/streams.ts'
import { type Engine, nowOf } from '#engine/engine.ts'
import { holdRefusal } from '#engine/holds.ts'
import { tellStream } from '#engine/person.ts'
import { type HoldRow, holdsOf, holdSteps, listHolds } from '#insight/holds.ts'
import { readState } from '#store/views.ts'
import { type Command, type Options, type Streams, UsageError } from './command.ts'
import { plainLog } from './log.ts'
import { openQuietly } from './open.ts'
import { CONFIG_OPTION, configured, JSON_OPTION } from './shared.ts'

const SORTS = ['due', 'age', 'value'] as const

export const holds: Command = {
  name: 'holds',
  actions: {
    list: 'what is held, the least time left first',
    show: 'one order: why, whose business it is, and what each decision would do',
    hold: 'hold an order that is not on its way to the ERP yet',
    release: 'let an order go from one hold; where two people are needed, ask for it or agree',
    keep: 'leave it held, with a new clock; what was asked for is taken back',
    cancel: 'cancel the order here; the channel is not told',
  },
  options: {
    config: CONFIG_OPTION,
    order: { type: 'string', value: 'ref', description: 'The order, as shopify-main:1042.' },
    kind: { type: 'string', value: 'kind', description: `One of ${HOLD_KINDS.join(', ')}.` },
    owner: { type: 'string', value: 'name', description: 'list: only of this owner.' },
    channel: { type: 'string', value: 'name', description: 'list: only of this channel.' },
    asked: { type: 'boolean', description: 'list: only what waits for a second person.' },
    sort: { type: 'string', value: 'what', description: `list: by ${SORTS.join(', ')}.`, default: 'due' },
    limit: { type: 'string', value: 'n', description: 'list: how many.', default: '50' },
    text: { type: 'string', value: 'text', description: 'Why; needed to hold an order.' },
    minutes: { type: 'string', value: 'n', description: 'hold, keep: its clock, unless the policy says.' },
    preview: { type: 'boolean', description: 'Only say what it would do.' },
    by: { type: 'string', value: 'name', description: 'Who does it. Unless said, the login of this machine.' },
    json: JSON_OPTION,
  },
  examples: [
    {
      command: 'crossdock holds list --owner fraud --sort value',
      does: 'The dearest orders that fraud has to decide.',
    },
    { command: 'crossdock holds show --order shopify-main:1042', does: 'Why it is held, and what each decision does.' },
    {
      command: 'crossdock holds release --order shopify-main:1042 --kind fraud --preview',
      does: 'Says what would come of letting it go.',
    },
    {
      command: 'crossdock holds release --order shopify-main:1042 --kind fraud --by Ada --text "Called."',
      does: 'Asks to let it go, or agrees when somebody else has asked.',
    },
    {
      command: 'crossdock holds hold --order shopify-main:1042 --text "Called." --minutes 60',
      does: 'Holds it for an hour.',
    },
  ],
  async run(options, streamsOut) {
    const { config, io } = configured(options, plainLog(streamsOut.err))
    const { engine, close } = await openQuietly(config, io)
    try {
      return options.action === 'list'
        ? await list(engine, options, streamsOut)
        : await one(engine, options, streamsOut)
    } finally {
      await close()
    }
  },
}

function kindOf(options: Options): HoldKind | undefined {
  const given = options.text('kind')
  if (given === undefined) return undefined
  const kind = HOLD_KINDS.find((known) => known === given)
  if (!kind) throw new UsageError(`--kind takes one of ${HOLD_KINDS.join(', ')}.`)
  return kind
}

async function list({ database }: Engine, options: Options, { out, err }: Streams): Promise<number> {
  const sort = SORTS.find((known) => known === options.text('sort'))
  if (!sort) throw new UsageError(`--sort takes one of ${SORTS.join(', ')}.`)
  const limit = options.number('limit', { from: 1, to: 1_000, default: 50 })
  const asked = options.flag('asked') ? true : undefined
  const filter = { owner: options.text('owner'), channel: options.text('channel'), kind: kindOf(options), asked }
  const found = await listHolds(database, { ...filter, sort, limit })
  if (options.flag('json')) out(JSON.stringify(found))
  else {
    for (const row of found.holds) out(rowText(row))
    err(`${found.all} held${found.more ? ', and more than could be looked at' : ''}.`)
  }
  return 0
}

function rowText({ channel, externalId, label, kind, owner, dueAt, atExpiry, value, asked, reasons }: HoldRow): string {
  const worth = value ? `${value.text} ${value.currency}` : 'no value'
  const waits = asked ? `; ${asked.by} asks to let it go` : ''
  const why = reasons.map(({ detail }) => detail).join(' ')
  return `${channel}:${externalId} ${label}  ${worth}  ${kind}, ${owner} until ${dueAt} (then ${atExpiry})${waits}\n  ${why}`
}

async function one(engine: Engine, options: Options, out: Streams): Promise<number> {
  const ref = options.text('order')
  const parsed = ref === undefined ? null : parseOrderRef(ref)
  if (!parsed) throw new UsageError('--order is needed: the channel and the id there, as shopify-main:1042.')
  const stream = streams.order(parsed.channel, parsed.externalId)
  const row = await readState(engine.database, stream)
  if (!row) {
    out.err(`There is no order ${ref}.`)
    return 1
  }
  const state = row.state as unknown as OrderState
  return options.action === 'show' ? show(state, options, out) : decide(engine, stream, state, options, out)
}

function show(state: OrderState, options: Options, { out, err }: Streams): number {
  const held = holdsOf(state).map((hold) => ({ ...hold, steps: holdSteps(state, hold.kind) }))
  if (options.flag('json')) out(JSON.stringify({ holds: held }))
  else if (held.length === 0) err('The order is not held.')
  for (const { kind, owner, since, dueAt, atExpiry, asked, reasons, steps } of options.flag('json') ? [] : held) {
    out(`${kind}: ${owner}, since ${since}, until ${dueAt} (then ${atExpiry})`)
    for (const { detail, cure } of reasons) out(`  ${detail} → ${cure}`)
    if (asked) out(`  ${asked.by} asked to let it go at ${asked.at}${asked.note ? `: ${asked.note}` : ''}`)
    for (const { step, does, possible } of steps) out(`  ${possible ? step : `(${step})`}: ${does}`)
  }
  return 0
}

const PREVIEWS: Readonly<Record<string, string>> = {
  hold: 'The order stays here until somebody lets it go, or its clock runs out.',
}

async function decide(
  engine: Engine,
  stream: string,
  state: OrderState,
  options: Options,
  { out, err }: Streams,
): Promise<number> {
  const { action } = options
  const command = commandOf(options, nowOf(engine))
  const why = command.type === 'order.cancel' ? null : holdRefusal(engine, stream, state, command)
  if (why) {
    err(`${why.reason} (${why.refused})`)
    return 1
  }
  const kind = kindOf(options) ?? state.onHold?.[0]?.kind
  const does = PREVIEWS[action] ?? (kind && holdSteps(state, kind).find(({ step }) => step === action)?.does) ?? ''
  const preview = options.flag('preview')
  if (!preview) await tellStream(engine, stream, command, engine.io.id())
  const said = preview ? 'Nothing was done.' : 'Noted; the hub does it.'
  out(options.flag('json') ? JSON.stringify({ done: !preview, does }) : `${does} ${said}`.trim())
  return 0
}

function commandOf(options: Options, at: string): HoldCommand | { type: 'order.cancel'; reason: string; at: string } {
  const by = (options.text('by') ?? userInfo().username).trim().slice(0, 100)
  if (by === '') throw new UsageError('--by takes a name.')
  const note = (options.text('text') ?? '').trim().slice(0, 500)
  if (options.action === 'cancel') return { type: 'order.cancel', reason: 'staff', at }
  const given =
    options.text('minutes') === undefined ? 0 : options.number('minutes', { from: 1, to: 525_600, default: 1 })
  const minutes = given === 0 ? {} : { minutes: given }
  if (options.action === 'hold') {
    if (note === '') throw new UsageError('--text is needed: why the order is held.')
    return { type: 'order.hold', by, reason: note, ...minutes }
  }
  const kind = kindOf(options)
  if (!kind) throw new UsageError('--kind is needed: what the order is held for, as crossdock holds show says.')
  if (options.action === 'keep') return { type: 'order.keepHold', kind, by, note, ...minutes }
  return { type: 'order.releaseHold', kind, by, note }
}
