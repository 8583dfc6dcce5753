/** `crossdock backup`: a consistent copy of the hub's database in one file, while the hub runs. */
import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import { instantAt } from '#engine/engine.ts'
import { writeBackup } from '#store/backup.ts'
import type { Contents } from '#store/backup-file.ts'
import { type Command, UsageError } from './command.ts'
import { plainLog } from './log.ts'
import { openStore } from './open.ts'
import { CONFIG_OPTION, configured, JSON_OPTION } from './shared.ts'
import { overwrittenLine } from './progress-line.ts'

export const backup: Command = {
  name: 'backup',
  options: {
    to: { type: 'string', value: 'file', description: 'Where to write it. Never overwrites.' },
    config: CONFIG_OPTION,
    json: JSON_OPTION,
  },
  examples: [
    { command: 'crossdock backup --to monday.backup', does: 'Writes a file that only you may read.' },
    { command: 'crossdock restore --from monday.backup --check', does: 'Shows that the file can be used.' },
  ],
  async run(options, { out, err }) {
    const to = options.text('to')
    if (to === undefined) throw new UsageError('--to is missing: name the file to write.')
    const file = resolve(to)
    const { config, io } = configured(options, plainLog(err))
    const { database, close } = await openStore(config, io, { name: 'crossdock-backup', beside: true })
    const progress = showProgress()
    try {
      const contents = await writeBackup(database, file, { at: instantAt(io.now()), onProgress: progress.show })
      progress.end()
      const { size } = statSync(file)
      if (options.flag('json')) out(JSON.stringify({ file, bytes: size, ...figuresOf(contents) }))
      else out(`Wrote ${rowsOf(contents)} rows of ${Object.keys(contents.tables).length} tables to ${file}.`)
      return 0
    } finally {
      progress.end()
      await close()
    }
  },
}

export const rowsOf = ({ tables }: Contents): number => Object.values(tables).reduce((all, { rows }) => all + rows, 0)

/** What a script wants to know of a backup. */
export const figuresOf = ({ header, tables }: Contents) => ({
  at: header.at,
  server: header.server,
  migrations: header.migrations.map(({ name }) => name),
  rows: Object.fromEntries(Object.entries(tables).map(([table, { rows }]) => [table, rows])),
})

/** How far it is, for people at a terminal. */
export function showProgress(): { show(table: string, rows: number): void; end(): void } {
  const { show, clear } = overwrittenLine()
  return { show: (table, rows) => show(`${table}: ${rows} rows`), end: clear }
}
