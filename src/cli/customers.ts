/**
 * `crossdock customers`: who is one person over several channels. It works on the database, so the hub need not run;
 * what is decided is done by the hub once it does.
 */
import { userInfo } from 'node:os'
import { streams } from '#core/streams.ts'
import { type Engine } from '#engine/engine.ts'
import { tellStream } from '#engine/person.ts'
import {
  type CustomerRow, customerPage, type CustomerStep, findCustomers, listCustomers, previewCustomer, reviewQueue,
} from '#insight/customers.ts' // prettier-ignore
import { listStreams, type StreamFilter } from '#store/views.ts'
import { type Command, type Options, type Streams, UsageError } from './command.ts'
import { plainLog } from './log.ts'
import { openQuietly } from './open.ts'
import { progressLine } from './progress-line.ts'
import { CONFIG_OPTION, configured, JSON_OPTION } from './shared.ts'

export const customers: Command = {
  name: 'customers',
  actions: {
    find: 'records by how their key begins, an e-mail address, or a telephone number',
    show: 'one person: every value with who said it, when, and by which rule it won',
    review: 'pairs that may be one person, with the reasons',
    join: 'two records are one person',
    apart: 'two records are two people, and are not proposed again',
    part: 'take a record out of the person it was joined to',
    look: 'look for the same people among all customers that are known',
  },
  options: {
    config: CONFIG_OPTION,
    key: { type: 'string', value: 'key', description: 'The record, as shopify-main-7 or guest-….' },
    with: { type: 'string', value: 'key', description: 'join, apart: the other record.' },
    email: { type: 'string', value: 'address', description: 'find: by e-mail address.' },
    phone: { type: 'string', value: 'number', description: 'find: by telephone number.' },
    clear: { type: 'boolean', description: 'show: without masks.' },
    limit: { type: 'string', value: 'n', description: 'find, review: how many.', default: '50' },
    preview: { type: 'boolean', description: 'Only say what it would do.' },
    by: { type: 'string', value: 'name', description: 'Who does it. Unless said, the login of this machine.' },
    text: { type: 'string', value: 'text', description: 'Why.' },
    json: JSON_OPTION,
  },
  examples: [
    { command: 'crossdock customers review', does: 'Pairs that wait for a decision; exit code 1 when there is any.' },
    { command: 'crossdock customers find --email ada@example.com', does: 'Every record with that address.' },
    { command: 'crossdock customers show --key shopify-main-7', does: 'The person, masked, with who said what.' },
    { command: 'crossdock customers join --key shopify-main-7 --with outlet-9 --preview', does: 'Says what would come of it.' },
    { command: 'crossdock customers part --key outlet-9 --by Ada --text Mistaken', does: 'Takes it out again.' },
  ], // prettier-ignore
  async run(options, streamsOut) {
    const { config, io } = configured(options, plainLog(streamsOut.err))
    const { engine, close } = await openQuietly(config, io, 'crossdock-beside')
    try {
      const { action } = options
      if (action === 'find') return await find(engine, options, streamsOut)
      if (action === 'show') return await show(engine, options, streamsOut)
      if (action === 'review') return await review(engine, options, streamsOut)
      if (action === 'look') return await look(engine, options, streamsOut)
      return await decide(engine, action as CustomerStep, options, streamsOut)
    } finally {
      await close()
    }
  },
}

const limitOf = (options: Options): number => options.number('limit', { from: 1, to: 1_000, default: 50 })

function keyOf(options: Options, name: 'key' | 'with' = 'key'): string {
  const key = options.text(name)
  if (key === undefined || !/^[\w.-]{1,200}$/.test(key)) throw new UsageError(`--${name} takes the key of a record.`)
  return key
}

async function find({ database, policy }: Engine, options: Options, { out, err }: Streams): Promise<number> {
  const [email, phone] = [options.text('email'), options.text('phone')]
  const rows =
    email === undefined && phone === undefined
      ? (await listCustomers(database, policy, { q: options.text('key'), limit: limitOf(options) }))!.rows
      : await findCustomers(database, policy, { email, phone })
  if (options.flag('json')) out(JSON.stringify({ rows }))
  else for (const row of rows) out(rowText(row))
  if (rows.length === 0) err('Nobody was found.')
  return rows.length > 0 ? 0 : 1
}

const rowText = ({ key, name, channels, status, partOf, partnerId, reviews }: CustomerRow): string =>
  [
    key, name ?? 'no name', channels.join(' '), partOf ? `part of ${partOf}` : status,
    partnerId ? `partner ${partnerId}` : '', reviews > 0 ? `${reviews} to review` : '',
  ].filter(Boolean).join('  ') // prettier-ignore

async function show({ database, policy }: Engine, options: Options, { out, err }: Streams): Promise<number> {
  const page = await customerPage(database, policy, keyOf(options), options.flag('clear'))
  if (!page) {
    err('The hub knows no such customer.')
    return 2
  }
  if (options.flag('json')) {
    out(JSON.stringify(page))
    return 0
  }
  const { person, partOf, candidates } = page
  out(`${page.key}${partOf ? `, part of ${partOf.key} since ${partOf.at} by ${partOf.by}` : ''}`)
  for (const { field, value, channel, record, at, rule, others } of person.facts) {
    out(`  ${field}: ${value}  ${rule}, ${channel} (${record}) ${at}`)
    for (const one of others) out(`    not: ${one.value}  ${one.channel} (${one.record}) ${one.at}`)
  }
  for (const { text, channel, at } of person.addresses) out(`  address: ${text}  ${channel} ${at}`)
  for (const { medium, purpose, granted, rule, channel, at } of person.consents)
    out(`  ${medium} for ${purpose}: ${granted ? 'yes' : 'no'}  ${rule}, ${channel} ${at}`)
  for (const { key, channels, through } of person.records)
    out(`  record ${key}  ${channels.join(' ')}${through ? `, through ${through}` : ''}`)
  for (const one of candidates) out(`  ${one.status}: ${one.other}  ${reasonText(one)}`)
  return 0
}

const reasonText = ({
  score,
  reasons,
}: {
  score: number
  reasons: readonly { field: string; outcome: string; points: number }[]
}) => `${score} of 100: ${reasons.map(({ field, outcome, points }) => `${field} ${outcome} (${points})`).join(', ')}`

async function review({ database, policy }: Engine, options: Options, { out, err }: Streams): Promise<number> {
  const { pairs, next } = (await reviewQueue(database, policy, { limit: limitOf(options) }))!
  if (options.flag('json')) out(JSON.stringify({ pairs, more: next !== null }))
  else for (const pair of pairs) out(`${pair.key}  ${pair.other}  ${reasonText(pair)}`)
  if (!options.flag('json')) err(`${pairs.length} to review${next ? ', and more' : ''}.`)
  return pairs.length > 0 ? 1 : 0
}

async function decide(engine: Engine, step: CustomerStep, options: Options, { out, err }: Streams): Promise<number> {
  const key = keyOf(options)
  const other = step === 'part' ? undefined : keyOf(options, 'with')
  const by = (options.text('by') ?? userInfo().username).trim().slice(0, 100)
  if (by === '') throw new UsageError('--by takes a name.')
  const said = { by, note: (options.text('text') ?? '').trim().slice(0, 500) }
  const found = await previewCustomer(engine.database, engine.policy, step, key, other)
  if (!found) {
    err('The hub knows no such customer.')
    return 2
  }
  const done = found.possible && !options.flag('preview')
  const commands = {
    join: { type: 'customer.join', with: other, ...said },
    apart: { type: 'customer.keepApart', other, ...said },
    part: { type: 'customer.part', ...said },
  }
  if (done) await tellStream(engine, streams.customer(key), commands[step], engine.io.id())
  if (options.flag('json')) out(JSON.stringify({ done, ...found }))
  else for (const line of [...found.does, done ? 'Noted; the hub does it.' : 'Nothing was done.']) out(line)
  return found.possible ? 0 : 1
}

const PAGE = 500

/** Customers that were known before the policy was: each is asked to look for itself again. */
async function look(engine: Engine, options: Options, { out, err }: Streams): Promise<number> {
  const { database, policy, io } = engine
  if (!policy.customers || policy.customers.match === 'off') {
    err('Nobody is looked for: set policy.customers.match to review or auto first.')
    return 2
  }
  const [row] = await database.query<{ count: number }>(`select count(*) as count from stream where kind = 'customer'`)
  const run = io.id()
  const line = progressLine('customers')
  let done = 0
  let after: StreamFilter['after']
  for (;;) {
    const page = await listStreams(database, { kind: 'customer', after, limit: PAGE })
    for (const { stream } of page) await tellStream(engine, stream, { type: 'customer.look' }, run)
    done += page.length
    line.show(done, row?.count ?? done)
    const last = page.at(-1)
    if (!last || page.length < PAGE) break
    after = { createdAt: last.created_at, stream: last.stream }
  }
  line.end()
  out(
    options.flag('json')
      ? JSON.stringify({ told: done })
      : `${done} customers are looked for; see crossdock customers review.`,
  )
  return 0
}
