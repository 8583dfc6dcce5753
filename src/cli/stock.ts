/** `crossdock stock`: what is there of each SKU and what each channel shows; of one SKU also the sums behind it. */
import type { Mode } from '#core/stock/ledger.ts'
import type { StockCommand } from '#core/stock/stock.ts'
import { streams } from '#core/streams.ts'
import { tellStream } from '#engine/person.ts'
import { listStock, stockPage } from '#insight/stock.ts'
import { type Command, type Options, UsageError } from './command.ts'
import { plainLog } from './log.ts'
import { openQuietly } from './open.ts'
import { CONFIG_OPTION, configured, JSON_OPTION } from './shared.ts'

type Page = NonNullable<Awaited<ReturnType<typeof stockPage>>>
type Row = Page['stock']

const LIMIT = { from: 1, to: 10_000, default: 50 }
const PAGE = 500

export const stock: Command = {
  name: 'stock',
  options: {
    sku: {
      type: 'string',
      value: 'sku',
      description: 'Only this SKU, with the sums behind its numbers. Needs --pool.',
    },
    pool: { type: 'string', value: 'code', description: 'Only this pool.' },
    mode: { type: 'string', value: 'mode', description: 'Only what is `exclusive`, or `shared`.' },
    set: {
      type: 'string',
      value: 'mode',
      description:
        'Says how the SKU is shared from now on: `exclusive`, as for a flash sale, `shared`, or `policy` to leave it to that again.',
    },
    attention: { type: 'boolean', description: 'Only what a person has to look at.' },
    waiting: { type: 'boolean', description: 'Only where a number waits for orders of its channel.' },
    limit: { type: 'string', value: 'n', description: 'How many to list.', default: String(LIMIT.default) },
    config: CONFIG_OPTION,
    json: JSON_OPTION,
  },
  examples: [
    {
      command: 'crossdock stock --attention',
      does: 'Lists what needs a person; the exit code is 1 when something does.',
    },
    { command: 'crossdock stock --pool WH --sku MUG', does: 'Shows one SKU with the sums behind its numbers.' },
    {
      command: 'crossdock stock --pool WH --sku MUG --set exclusive',
      does: 'A flash sale: each channel sells from its own share until `--set policy`.',
    },
    { command: 'crossdock stock --waiting --json', does: 'What waits for orders of a channel, for a script.' },
  ],
  async run(options, { out, err }) {
    const { config, io } = configured(options, plainLog(err))
    const sku = options.text('sku')
    const pool = options.text('pool')
    if (sku !== undefined && pool === undefined) throw new UsageError('--sku needs --pool.')
    const wanted = options.text('set')
    if (wanted !== undefined && (sku === undefined || !['exclusive', 'shared', 'policy'].includes(wanted)))
      throw new UsageError('--set takes exclusive, shared or policy, and needs --pool and --sku.')
    const { engine, close } = await openQuietly(config, io, 'crossdock-beside')
    try {
      if (sku === undefined) {
        const rows = await listed(options, (filter) => listStock(engine.database, filter, engine.policy))
        if (options.flag('json')) out(JSON.stringify({ rows }))
        else if (rows.length === 0) out('No SKU fits.')
        else for (const line of rows.flatMap(linesOf)) out(line)
        return rows.some(({ attention }) => attention) ? 1 : 0
      }
      const page = await stockPage(engine.database, pool!, sku, engine.policy)
      if (!page) {
        err(`Nothing is known of '${sku}' in '${pool}'. See \`crossdock stock --pool ${pool}\`.`)
        return 2
      }
      if (wanted !== undefined) {
        const command: StockCommand = { type: 'stock.mode', mode: wanted === 'policy' ? null : (wanted as Mode) }
        await tellStream(engine, streams.stock(pool!, sku), command, io.id())
        const words = wanted === 'policy' ? `Policy decides how ${sku} is shared.` : `${sku} becomes ${wanted}.`
        out(options.flag('json') ? JSON.stringify({ pool, sku, mode: wanted }) : words)
        return 0
      }
      if (options.flag('json')) out(JSON.stringify(page))
      else for (const line of [...linesOf(page.stock), ...sumsOf(page), ...promisesOf(page)]) out(line)
      return page.stock.attention ? 1 : 0
    } finally {
      await close()
    }
  },
}

async function listed(
  options: Options,
  read: (filter: Parameters<typeof listStock>[1]) => ReturnType<typeof listStock>,
) {
  const mode = options.text('mode')
  if (mode !== undefined && mode !== 'exclusive' && mode !== 'shared')
    throw new UsageError(`--mode is exclusive or shared, not '${mode}'.`)
  const most = options.number('limit', LIMIT)
  const rows: Row[] = []
  let cursor: string | undefined
  do {
    const page = await read({
      pool: options.text('pool'),
      mode,
      attention: options.flag('attention') || undefined,
      waiting: options.flag('waiting') || undefined,
      cursor,
      limit: Math.min(PAGE, most - rows.length),
    })
    rows.push(...(page?.rows ?? []))
    cursor = page?.next ?? undefined
  } while (cursor !== undefined && rows.length < most)
  return rows
}

function linesOf({ pool, sku, status, onHand, free, held, available, mode, channels, incidents }: Row): string[] {
  const head = `${pool}/${sku}`
  if (status !== 'stocked')
    return [`${head}: ${status === 'unknown' ? 'unknown to the ERP' : 'not counted by the ERP'}.`]
  const shared = mode === 'shared' ? ' Shared.' : ''
  const said = channels.flatMap(({ name, shown, bound, share, trouble, waits, standing }) => [
    `  ${name} shows ${shown ?? '-'}, may sell ${bound ?? '-'}, share ${share}. ${standing}`,
    ...(trouble ? [`    ${trouble}`] : []),
    ...(waits ? [`    ${waits}`] : []),
  ])
  return [
    `${head}: ${onHand ?? '-'} on hand, ${free ?? '-'} free, ${held} held, ${available ?? '-'} to promise.${shared}`,
    ...incidents.map((words) => `  To look at: ${words}`),
    ...said,
  ]
}

const promisesOf = ({ presale }: Page): string[] =>
  (presale?.promises ?? []).map(({ channel, externalId, pieces, date }) => {
    const when = date === null ? 'and nothing is expected for it any more' : `for ${date}`
    return `Promised: ${pieces} to ${channel} ${externalId} ${when}.`
  })

const sumsOf = ({ sums, holds }: Page): string[] => [
  ...sums.flatMap(({ title, steps, result }) => [
    `${title}:`,
    ...steps.map(({ words, pieces }) => `  ${String(pieces).padStart(7)}  ${words}`),
    `= ${String(result.pieces).padStart(7)}  ${result.words}`,
  ]),
  ...holds.map(({ kind, channel, externalId, quantity, waiting }) => {
    const whose = kind === 'route' ? `${channel} ${externalId}, served from here` : `${channel} ${externalId}`
    return `Held: ${quantity} for ${whose}${waiting ? ', not given yet' : ''}.`
  }),
]
