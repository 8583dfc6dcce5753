/** `crossdock match`: review what unknown SKUs of a channel probably are; decisions go into the table of SKUs. */
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { type Matches, matchesOf } from '#insight/matches.ts'
import { catalogueSize } from '#insight/catalogue.ts'
import { readTable, tableRow } from '#policy/mapping.ts'
import { type Command, type Options, type Streams, UsageError } from './command.ts'
import { plainLog } from './log.ts'
import { openQuietly } from './open.ts'
import { progressLine } from './progress-line.ts'
import { CONFIG_OPTION, configured, JSON_OPTION } from './shared.ts'

export const match: Command = {
  name: 'match',
  actions: {
    list: 'proposals by barcode, SKU and name; writes nothing',
    accept: 'put one decision, or all that are certain, into the file',
    reject: 'put into the file that a SKU is nothing of ours',
  },
  options: {
    channel: { type: 'string', value: 'name', description: 'The channel.' },
    sku: { type: 'string', value: 'sku', description: "accept, reject: the channel's SKU." },
    to: { type: 'string', value: 'sku', description: "accept: the ERP's SKU. Unless said, the one that is proposed." },
    all: { type: 'boolean', description: 'accept: every proposal with one candidate and the same barcode.' },
    file: {
      type: 'string',
      value: 'file',
      description: 'accept, reject: the CSV file under policy.mappings.<channel>.skus.',
    },
    json: JSON_OPTION,
    config: CONFIG_OPTION,
  },
  examples: [
    { command: 'crossdock match list --channel shopify-main', does: 'Shows what each unknown SKU probably is, and by what.' },
    { command: 'crossdock match accept --channel shopify-main --all --file mappings/skus.csv', does: 'Accepts those with the same barcode.' },
    { command: 'crossdock match accept --channel shopify-main --sku MUG-B --to MUG --file mappings/skus.csv', does: 'Decides about one.' },
    { command: 'crossdock match reject --channel shopify-main --sku GIFT --file mappings/skus.csv', does: 'It is nothing of ours.' },
  ], // prettier-ignore
  async run(options, streams) {
    const channel = options.text('channel')
    if (channel === undefined) throw new UsageError('--channel is missing.')
    if (options.action !== 'list' && options.text('file') === undefined)
      throw new UsageError(`${options.action} takes --file.`)
    const { config, io } = configured(options, plainLog(streams.err))
    const { engine, close } = await openQuietly(config, io, 'crossdock-beside')
    try {
      if (!(channel in engine.policy.channels)) throw new UsageError(`No channel is called '${channel}'.`)
      const total = await catalogueSize(engine.database)
      const line = progressLine('products')
      const matches = await matchesOf(engine.database, engine.policy, channel, (done) => line.show(done, total))
      line.end()
      return options.action === 'list' ? list(matches, options, streams) : decide(matches, options, streams)
    } finally {
      await close()
    }
  },
}

function list({ unknown, proposals }: Matches, options: Options, { out }: Streams): number {
  if (options.flag('json')) out(JSON.stringify({ unknown, proposals }))
  else {
    for (const { sku, name, by, candidates } of proposals)
      out(`${sku} (${name}) by ${by}: ${candidates.map((one) => `${one.sku} (${one.name})`).join(' or ')}`)
    out(
      `${unknown} SKUs of the channel are unknown to the ERP; ${proposals.length} have a proposal. Nothing was written.`,
    )
  }
  return 0
}

function decide({ proposals }: Matches, options: Options, { out }: Streams): number {
  const rows = decisions(proposals, options)
  const file = options.text('file')!
  const there = existsSync(file) ? readFileSync(file, 'utf8') : null
  const { table, problems } = readTable(there ?? 'from,to\n')
  if (problems[0]) throw new UsageError(`${file}:${problems[0].line}: ${problems[0].message}`)
  const twice = rows.find(([sku]) => Object.hasOwn(table, sku))
  if (twice) throw new UsageError(`${file} decides about ${twice[0]} already. Change that row.`)
  const text = rows.map(([sku, to]) => `${tableRow(sku, to)}\n`).join('')
  if (there === null) writeFileSync(file, `from,to\n${text}`)
  else appendFileSync(file, there.endsWith('\n') ? text : `\n${text}`)
  if (options.flag('json')) out(JSON.stringify({ file, decided: rows.length }))
  else
    out(
      `${rows.length} decisions are in ${file}. Try them with crossdock map preview; the hub takes them at its next start.`,
    )
  return 0
}

function decisions(proposals: Matches['proposals'], options: Options): [sku: string, to: string][] {
  const sku = options.text('sku')
  if (options.action === 'accept' && options.flag('all'))
    return proposals.flatMap(({ sku: theirs, by, candidates }) =>
      by === 'barcode' && candidates.length === 1 ? [[theirs, candidates[0]!.sku] as [string, string]] : [],
    )
  if (sku === undefined)
    throw new UsageError(`${options.action} takes --sku${options.action === 'accept' ? ' or --all' : ''}.`)
  if (options.action === 'reject') return [[sku, '']]
  const found = proposals.find((one) => one.sku === sku)?.candidates ?? []
  const to = options.text('to') ?? (found.length === 1 ? found[0]!.sku : undefined)
  if (to === undefined) throw new UsageError(`There is not one proposal for ${sku}. Say which it is with --to.`)
  return [[sku, to]]
}
