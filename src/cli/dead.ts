/**
 * `crossdock dead`: what failed for good, and what people do about it. It works on the database, so the hub need not
 * run; what is retried is done by the hub once it does.
 */
import { readFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import type { Json } from '#canon/json.ts'
import { type Acted, assignTo, commentOn, resolveBy, retryLetter } from '#engine/dead-actions.ts'
import { actOnMany, type BulkAction } from '#engine/dead-bulk.ts'
import { type Denial, isDenial } from '#engine/dead-denials.ts'
import { type Change, editLetter } from '#engine/dead-edit.ts'
import type { Engine } from '#engine/engine.ts'
import { deadLetterPage, listDeadLetters } from '#insight/dead-letters.ts'
import type { LetterFilter } from '#store/dead-letters.ts'
import { type Command, type Options, type Streams, UsageError } from './command.ts'
import { rowText, pageText } from './dead-text.ts'
import { plainLog } from './log.ts'
import { openQuietly } from './open.ts'
import { CONFIG_OPTION, configured, JSON_OPTION } from './shared.ts'
import { overwrittenLine } from './progress-line.ts'

const STATES = ['unresolved', 'open', 'retrying', 'resolved'] as const

export const dead: Command = {
  name: 'dead',
  actions: {
    list: 'what there is, newest first',
    show: 'one, with its payload and what was done about it',
    retry: 'try again: one with --id, or all that fit',
    edit: 'change the body of a message nobody could decide',
    assign: 'say who is at it; without --to nobody is',
    comment: 'write something beside it',
    resolve: 'end it with a reason',
  },
  options: {
    config: CONFIG_OPTION,
    id: { type: 'string', value: 'n', description: 'Number of the dead letter.' },
    state: { type: 'string', value: 'state', description: `One of ${STATES.join(', ')}.`, default: 'unresolved' },
    class: { type: 'string', value: 'class', description: 'Only of this class: value, missing, connection, …' },
    owner: { type: 'string', value: 'name', description: 'Only of this owner.' },
    connection: { type: 'string', value: 'name', description: 'Only of this connection.' },
    what: { type: 'string', value: 'type', description: 'Only of this intent or topic: sale.ensure.' },
    code: { type: 'string', value: 'code', description: 'Only with this code: odoo.tax_unknown.' },
    limit: { type: 'string', value: 'n', description: 'How many to list.', default: '50' },
    latest: { type: 'boolean', description: 'retry: let the stream decide again, instead of the same call once more.' },
    all: { type: 'boolean', description: 'retry, assign, resolve: every one that fits, not one by its number.' },
    set: { type: 'string', value: 'json', description: 'edit: members to set, as {"/line_items/0/sku":"MUG"}.' },
    file: { type: 'string', value: 'file', description: 'edit: a file with the whole new body.' },
    check: { type: 'boolean', description: 'edit: only say whether it would be accepted.' },
    to: { type: 'string', value: 'name', description: 'assign: who is at it now.' },
    text: { type: 'string', value: 'text', description: 'comment: what to write. resolve: the reason.' },
    by: { type: 'string', value: 'name', description: 'Who does it. Unless said, the login of this machine.' },
    json: JSON_OPTION,
  },
  examples: [
    { command: 'crossdock dead list --class missing', does: 'Shows what refers to something that is not there.' },
    { command: 'crossdock dead show --id 12', does: 'Shows one with its payload, comments and what to do next.' },
    { command: 'crossdock dead retry --id 12', does: 'Makes the failed call once more, under the same key.' },
    { command: 'crossdock dead retry --id 12 --latest', does: 'Lets the order decide again on what it knows today.' },
    { command: 'crossdock dead retry --all --code odoo.tax_unknown', does: 'Retries all of one cause, with progress.' },
    { command: `crossdock dead edit --id 7 --set '{"/currency":"EUR"}'`, does: 'Changes one member of a message.' },
    { command: 'crossdock dead assign --id 12 --to Ada', does: 'Says who is at it.' },
    { command: 'crossdock dead comment --id 12 --text "Called."', does: 'Writes something beside it.' },
    { command: 'crossdock dead resolve --id 12 --text "Refunded."', does: 'Ends it with a reason.' },
  ],
  async run(options, streams) {
    const { config, io } = configured(options, plainLog(streams.err))
    const opened = await openQuietly(config, io)
    const kinds = new Map(Object.entries(config.connections).map(([name, { connector }]) => [name, connector]))
    try {
      if (options.action === 'list') return await list(opened.engine, options, streams, kinds)
      if (options.action === 'show') return await show(opened.engine, options, streams, kinds)
      return options.flag('all')
        ? await many(opened.engine, options, streams)
        : await single(opened.engine, options, streams)
    } finally {
      await opened.close()
    }
  },
}

function filterOf(options: Options): LetterFilter {
  const state = STATES.find((one) => one === options.text('state'))
  if (!state) throw new UsageError(`--state takes one of ${STATES.join(', ')}.`)
  const text = (name: string) => options.text(name)
  return {
    state, class: text('class'), owner: text('owner'), connection: text('connection'), what: text('what'),
    code: text('code'),
  } // prettier-ignore
}

type Kinds = ReadonlyMap<string, string>

async function list({ database }: Engine, options: Options, { out, err }: Streams, kinds: Kinds): Promise<number> {
  const limit = options.number('limit', { from: 1, to: 1_000, default: 50 })
  const found = await listDeadLetters(database, { ...filterOf(options), limit }, kinds)
  if (options.flag('json')) out(JSON.stringify(found))
  else {
    for (const row of found!.rows) out(rowText(row))
    const worth = found!.figures.value.map(({ text, currency }) => `${text} ${currency}`).join(', ')
    err(`${found!.figures.count} not resolved${worth ? `, worth ${worth}` : ''}.`)
  }
  return 0
}

async function show({ database }: Engine, options: Options, { out, err }: Streams, kinds: Kinds): Promise<number> {
  const page = await deadLetterPage(database, numberOf(options), kinds)
  if (!page) {
    err('There is no dead letter of this number. See crossdock dead list.')
    return 1
  }
  out(options.flag('json') ? JSON.stringify(page) : pageText(page))
  return 0
}

function numberOf(options: Options): number {
  const id = options.number('id', { from: 1, to: Number.MAX_SAFE_INTEGER, default: 0 })
  if (id === 0) throw new UsageError('--id is needed: the number that crossdock dead list shows first.')
  return id
}

const whoOf = (options: Options): string => (options.text('by') ?? userInfo().username).slice(0, 60)

async function single(engine: Engine, options: Options, { out, err }: Streams): Promise<number> {
  const result = await actOn(engine, numberOf(options), options)
  if (options.flag('json')) out(JSON.stringify(result))
  else if (isDenial(result)) err(`${result.field ? `${result.field}: ` : ''}${result.reason}\n→ ${result.cure}`)
  else out(result.said)
  return isDenial(result) ? 1 : 0
}

function actOn(engine: Engine, id: number, options: Options): Promise<Acted | Denial> {
  const who = whoOf(options)
  switch (options.action) {
    case 'retry':
      return retryLetter(engine, id, { who, mode: options.flag('latest') ? 'latest' : 'step' })
    case 'assign':
      return assignTo(engine, id, { who, assignee: options.text('to') ?? null })
    case 'comment':
      return commentOn(engine, id, { who, text: needed(options, 'text') })
    case 'resolve':
      return resolveBy(engine, id, { who, reason: needed(options, 'text') })
    default:
      return editLetter(engine, id, editOf(options), { who, check: options.flag('check') })
  }
}

function needed(options: Options, name: string): string {
  const given = options.text(name)?.trim()
  if (!given) throw new UsageError(`--${name} is needed.`)
  return given
}

function editOf(options: Options): { body: string } | { changes: Change[] } {
  const file = options.text('file')
  if (file !== undefined) return { body: readFileSync(file, 'utf8') }
  try {
    const members = JSON.parse(needed(options, 'set')) as Record<string, Json>
    return { changes: Object.entries(members).map(([path, value]) => ({ path, value })) }
  } catch (error) {
    if (error instanceof UsageError) throw error
    throw new UsageError(`--set takes JSON such as {"/currency":"EUR"}.`)
  }
}

async function many(engine: Engine, options: Options, { out, err }: Streams): Promise<number> {
  const progress = overwrittenLine()
  const show = (done: number, of: number) => progress.show(`${done} of ${of}`)
  const report = await actOnMany(engine, filterOf(options), { who: whoOf(options), ...bulkOf(options) }, show)
  progress.clear()
  if (options.flag('json')) out(JSON.stringify(report))
  if (isDenial(report)) {
    if (!options.flag('json')) err(`${report.reason}\n→ ${report.cure}`)
    return 1
  }
  const { found, changed, unchanged, refused } = report
  if (!options.flag('json')) {
    out(`${found} fitted: ${changed} done, ${unchanged} had been done before.`)
    for (const { code, count, first } of refused) err(`${count} refused (${code}), the first is number ${first}.`)
  }
  return refused.length > 0 ? 1 : 0
}

function bulkOf(options: Options): BulkAction {
  if (options.action === 'retry') return { action: 'retry', mode: options.flag('latest') ? 'latest' : 'step' }
  if (options.action === 'assign') return { action: 'assign', assignee: options.text('to') ?? null }
  if (options.action === 'resolve') return { action: 'resolve', reason: needed(options, 'text') }
  throw new UsageError(`${options.action} takes one by its number: use --id.`)
}
