/** `crossdock map`: try a changed mapping table on what is recorded, before anybody decides by it. */
import { readFileSync } from 'node:fs'
import type { MappingTables } from '#core/mapping/mapping.ts'
import { type MappingPreview, previewMapping } from '#engine/replay/mapping-preview.ts'
import { readTable } from '#policy/mapping.ts'
import { type Command, UsageError } from './command.ts'
import { plainLog } from './log.ts'
import { openQuietly } from './open.ts'
import { progressLine } from './progress-line.ts'
import { CONFIG_OPTION, configured, JSON_OPTION } from './shared.ts'

const TABLES = ['skus', 'shippingMethods'] as const

export const map: Command = {
  name: 'map',
  actions: { preview: 'translate recorded deliveries again with another table, and show what would differ' },
  options: {
    channel: { type: 'string', value: 'name', description: 'Whose deliveries.' },
    table: { type: 'string', value: 'name', description: `Which table: ${TABLES.join(' or ')}.`, default: 'skus' },
    file: { type: 'string', value: 'file', description: 'The table as a CSV file with the columns from and to.' },
    days: { type: 'string', value: 'n', description: 'Only what was decided in the last so many days.', default: '30' },
    limit: {
      type: 'string',
      value: 'n',
      description: 'How many differences are shown; all are counted.',
      default: '20',
    },
    json: JSON_OPTION,
    config: CONFIG_OPTION,
  },
  examples: [
    { command: 'crossdock map preview --channel shopify-main --file skus.csv', does: 'Shows what recorded orders and products would say.' },
    { command: 'crossdock map preview --channel shopify-main --table shippingMethods --file methods.csv --json', does: 'Another table, for a script.' },
  ], // prettier-ignore
  async run(options, { out, err }) {
    const connection = options.text('channel')
    const file = options.text('file')
    const name = TABLES.find((one) => one === options.text('table'))
    if (connection === undefined || file === undefined) throw new UsageError('preview takes --channel and --file.')
    if (!name) throw new UsageError(`--table takes one of: ${TABLES.join(', ')}.`)
    const table = tableIn(file)
    const days = options.number('days', { from: 1, to: 36_500, default: 30 })
    const limit = options.number('limit', { from: 0, to: 100_000, default: 20 })
    const { config, io } = configured(options, plainLog(err))
    const { engine, close } = await openQuietly(config, io, 'crossdock-beside')
    try {
      if (!engine.connections.has(connection)) throw new UsageError(`No connection is called '${connection}'.`)
      const today: MappingTables = engine.policy.mappings?.[connection] ?? { skus: {}, shippingMethods: {} }
      const from = new Date(io.now() - days * 86_400_000).toISOString()
      const line = progressLine('deliveries')
      const tables = { ...today, [name]: table }
      const preview = await previewMapping(engine, { connection, tables, from, limit, onProgress: line.show })
      line.end()
      if (options.flag('json')) out(JSON.stringify({ channel: connection, table: name, ...preview }))
      else for (const text of wordsOf(preview)) out(text)
      return 0
    } finally {
      await close()
    }
  },
}

function tableIn(file: string): Record<string, string> {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    throw new UsageError(`The file ${file} cannot be read (${(error as NodeJS.ErrnoException).code}).`)
  }
  const { table, problems } = readTable(text)
  if (problems.length === 0) return table
  throw new UsageError(problems.map(({ line, message }) => `${file}:${line}: ${message}`).join('\n'))
}

function wordsOf({ deliveries, changed, unreadable, words, first }: MappingPreview): string[] {
  return [
    ...first.map(
      ({ inbox, topic, stream, path, before, after }) =>
        `message ${inbox} (${topic}) ${stream} ${path || 'goes to'}: '${before ?? ''}' becomes '${after ?? ''}'`,
    ),
    ...Object.entries(words).sort(([, a], [, b]) => b - a).map(([word, count]) => `  ${count} × ${word}`), // prettier-ignore
    `${changed} of ${deliveries} recorded deliveries would say something else. Nothing was changed.`,
    ...(unreadable > 0 ? [`${unreadable} could not be read by either table; see crossdock dead list.`] : []),
  ]
}
