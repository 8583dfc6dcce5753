/** `crossdock restore`: puts a backup in the place of the database, or shows that it could. */
import { resolve } from 'node:path'
import { readMigrations } from '#store/migrate.ts'
import { checkBackup, RESTORE_NAME, restoreBackup, type Restored } from '#store/restore.ts'
import { figuresOf, rowsOf, showProgress } from './backup.ts'
import { type Command, UsageError } from './command.ts'
import { plainLog } from './log.ts'
import { MIGRATIONS, openStore } from './open.ts'
import { CONFIG_OPTION, configured, JSON_OPTION } from './shared.ts'

export const restore: Command = {
  name: 'restore',
  options: {
    from: { type: 'string', value: 'file', description: 'The backup.' },
    check: { type: 'boolean', description: 'Read the whole file and verify it; touch no database.' },
    replace: { type: 'boolean', description: 'Throw away what is in the database now.' },
    config: CONFIG_OPTION,
    json: JSON_OPTION,
  },
  examples: [
    { command: 'crossdock restore --from monday.backup --check', does: 'Verifies counts, checksums and migrations.' },
    { command: 'crossdock restore --from monday.backup', does: 'Restores into an empty database.' },
    { command: 'crossdock restore --from monday.backup --replace', does: 'Gives up what the hub knows now for it.' },
  ],
  async run(options, { out, err }) {
    const from = options.text('from')
    if (from === undefined) throw new UsageError('--from is missing: name the backup.')
    const file = resolve(from)
    const migrations = readMigrations(MIGRATIONS)
    if (options.flag('check')) {
      const contents = await checkBackup(file, migrations)
      if (options.flag('json')) out(JSON.stringify({ file, ...figuresOf(contents) }))
      else out(`${file} is whole: ${rowsOf(contents)} rows as of ${contents.header.at}.`)
      return 0
    }
    const { config, io } = configured(options, plainLog(err))
    const { database, close } = await openStore(config, io, { name: RESTORE_NAME })
    const progress = showProgress()
    try {
      const { now } = io
      const replace = options.flag('replace')
      const restored = await restoreBackup(database, file, { migrations, replace, now, onProgress: progress.show })
      progress.end()
      const { epoch, migrated, doubted, open } = restored
      if (options.flag('json')) out(JSON.stringify({ file, ...figuresOf(restored), epoch, migrated, doubted, open }))
      else for (const line of account(restored)) out(line)
      return 0
    } finally {
      progress.end()
      await close()
    }
  },
}

/** What was done and what a person should look at, in plain words. */
const account = (restored: Restored): string[] => [
  `Restored ${rowsOf(restored)} rows: the hub knows what it knew at ${restored.header.at}.`,
  ...(restored.migrated.length > 0 ? [`Brought up to this release by ${restored.migrated.join(', ')}.`] : []),
  `${restored.open} calls that were open are made again; each looks first whether it is done already.`,
  'Calls carry new keys from now on, so that no system answers one with what it said after the backup.',
  'Feeds go on where they had read then, and catch up on what happened since.',
  `${restored.doubted} stock ledgers read Odoo and their channels again before they publish.`,
  '',
  'What to do now:',
  '  1. Run crossdock doctor, and mend what it names.',
  '  2. Start the hub. Watch Connections in the console until every feed has caught up.',
  '  3. Look at Orders that need attention, and at Stock for SKUs in trouble.',
  'Decisions people made by hand after the backup (retries, cancellations in the console) are gone: make them again.',
]
