/** `crossdock catalogue`: what channels show of products against what they should, and having it made so. */
import { offerProducts } from '#engine/offers.ts'
import { cataloguePage, type CatalogueRow, catalogueSize, channelsOf } from '#insight/catalogue.ts'
import { casesOf, caseWords } from './catalogue-cases.ts'
import { type Command, type Options, type Streams, UsageError } from './command.ts'
import { plainLog } from './log.ts'
import { openQuietly } from './open.ts'
import { progressLine } from './progress-line.ts'
import { CONFIG_OPTION, configured, JSON_OPTION } from './shared.ts'

const PAGE = 200

export const catalogue: Command = {
  name: 'catalogue',
  actions: {
    diff: 'every difference, over the whole catalogue; writes nothing',
    cases: 'the mapping desk: words that nothing stands for, and how each channel stands; writes nothing',
    send: 'have what differs written to a channel that is on',
  },
  options: {
    channel: { type: 'string', value: 'name', description: 'Only this channel.' },
    limit: {
      type: 'string',
      value: 'n',
      description: 'diff: how many SKUs are shown; all are counted.',
      default: '50',
    },
    json: JSON_OPTION,
    config: CONFIG_OPTION,
  },
  examples: [
    { command: 'crossdock catalogue diff', does: 'Looks at every product in every channel that is not off.' },
    { command: 'crossdock catalogue diff --channel shopify-main --json', does: 'One channel, for a script; exit code 1 while something differs.' },
    { command: 'crossdock catalogue cases --json', does: 'Unknown SKUs, taxes, locations and tenders; exit code 1 while there are any.' },
    { command: 'crossdock catalogue send --channel shopify-main', does: 'Has the hub write what differs.' },
  ], // prettier-ignore
  async run(options, streams) {
    const { config, io } = configured(options, plainLog(streams.err))
    const opened = await openQuietly(config, io, 'crossdock-beside')
    try {
      if (options.action === 'cases') return await cases(opened, options, streams)
      return options.action === 'send' ? await send(opened, options, streams) : await diff(opened, options, streams)
    } finally {
      await opened.close()
    }
  },
}

type Opened = Awaited<ReturnType<typeof openQuietly>>

interface Counts {
  products: number
  settled: number
  byStatus: Record<string, number>
  byField: Record<string, number>
  byTrouble: Record<string, number>
}

/** Every row there is, one page after the other. */
async function walk(
  { engine }: Opened,
  channel: string | undefined,
  seen: (row: CatalogueRow) => void,
): Promise<Counts> {
  const total = await catalogueSize(engine.database)
  const line = progressLine('products')
  const counts: Counts = { products: 0, settled: 0, byStatus: {}, byField: {}, byTrouble: {} }
  let after: string | undefined
  do {
    const page = await cataloguePage(engine.database, engine.policy, { channel, after, limit: PAGE })
    counts.products += page.scanned
    counts.settled += page.settled
    for (const row of page.rows) {
      add(counts.byStatus, row.status)
      for (const { field, owner } of row.differences) add(counts.byField, `${field} (${owner}'s)`)
      for (const { code, about } of row.troubles) add(counts.byTrouble, `${code}: ${about}`)
      seen(row)
    }
    line.show(counts.products, total)
    after = page.next ?? undefined
  } while (after !== undefined)
  line.end()
  return counts
}

async function cases({ engine }: Opened, options: Options, { out }: Streams): Promise<number> {
  const found = await casesOf(engine)
  if (options.flag('json')) out(JSON.stringify(found))
  else for (const line of caseWords(found)) out(line)
  return found.cases.length > 0 ? 1 : 0
}

const add = (to: Record<string, number>, name: string): void => void (to[name] = (to[name] ?? 0) + 1)

async function diff(opened: Opened, options: Options, { out }: Streams): Promise<number> {
  const channel = options.text('channel')
  const limit = options.number('limit', { from: 0, to: 1_000_000, default: 50 })
  if (channelsOf(opened.engine.policy, channel).length === 0) throw new UsageError(NOTHING_ON)
  const rows: CatalogueRow[] = []
  const counts = await walk(opened, channel, (row) => void (rows.length < limit && rows.push(row)))
  const differs = Object.values(counts.byStatus).some((count) => count > 0)
  if (options.flag('json')) out(JSON.stringify({ ...counts, rows }))
  else for (const line of wordsOf(counts, rows)) out(line)
  return differs ? 1 : 0
}

const NOTHING_ON = 'No such channel has a catalogue that is dry or on. Set policy.catalogue.<channel>.mode: dry first.'

function wordsOf({ products, settled, byStatus, byField, byTrouble }: Counts, rows: readonly CatalogueRow[]): string[] {
  const list = (counts: Record<string, number>) =>
    Object.entries(counts).sort(([, a], [, b]) => b - a).map(([name, count]) => `  ${count} × ${name}`) // prettier-ignore
  return [
    ...rows.flatMap(rowWords),
    `${products} products looked at; ${settled} offers are as they should be. Nothing was written.`,
    ...list(byStatus), ...list(byField), ...list(byTrouble),
  ] // prettier-ignore
}

const STATUS_WORDS = {
  differs: '', held: '', unlisted: 'not listed there', unknown: 'the ERP does not know it', archived: 'archived in the ERP: to be taken off',
} as const // prettier-ignore

const leftTo = { hub: '', channel: ' (left to the channel)' } as const
const shownAs = (theirs: string | null): string => (theirs === null ? 'not known' : `'${theirs}'`)

function rowWords({ sku, channel, status, differences, troubles, failed }: CatalogueRow): string[] {
  const head = STATUS_WORDS[status]
  return [
    ...(head ? [`${channel} ${sku}: ${head}`] : []),
    ...differences.map(
      ({ field, attribute, ours, theirs, owner }) =>
        `${channel} ${sku}: ${attribute ?? field} should be '${ours}', is ${shownAs(theirs)}${leftTo[owner]}`,
    ),
    ...troubles.map(
      ({ code, field, about }) => `${channel} ${sku}: ${field} held, ${code.replaceAll('_', ' ')}: ${about}`,
    ),
    ...(failed === null ? [] : [`${channel} ${sku}: given up, ${failed}; see crossdock dead list`]),
  ]
}

async function send(opened: Opened, options: Options, { out }: Streams): Promise<number> {
  const { engine } = opened
  const channel = options.text('channel')
  if (channel === undefined) throw new UsageError('send takes --channel.')
  if (engine.policy.catalogue?.[channel]?.mode !== 'on')
    throw new UsageError(`policy.catalogue.${channel}.mode is not on.`)
  const skus: string[] = []
  const writes = ({ status, differences }: CatalogueRow) =>
    status === 'archived' || differences.some(({ owner }) => owner === 'hub')
  await walk(opened, channel, (row) => void (writes(row) && skus.push(row.sku)))
  const key = engine.io.id()
  let asked = 0
  for (let at = 0; at < skus.length; at += PAGE)
    asked += await offerProducts(engine, channel, skus.slice(at, at + PAGE), key)
  if (options.flag('json')) out(JSON.stringify({ channel, asked }))
  else out(`${asked} products will be looked at again; the running hub writes what differs to ${channel}.`)
  return 0
}
