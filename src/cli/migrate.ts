/** `crossdock migrate`: brings the database up to this release, or shows what that would do. */
import { migrate, planMigrations, readMigrations } from '#store/migrate.ts'
import { refuseOlder } from '#store/upgrade.ts'
import type { Command } from './command.ts'
import { plainLog } from './log.ts'
import { MIGRATIONS, openStore } from './open.ts'
import { CONFIG_OPTION, configured, JSON_OPTION } from './shared.ts'

export const migrateCommand: Command = {
  name: 'migrate',
  options: {
    config: CONFIG_OPTION,
    plan: { type: 'boolean', description: 'Show what would be applied, and apply nothing.' },
    json: JSON_OPTION,
  },
  examples: [
    { command: 'crossdock migrate --plan', does: 'Shows which migrations are missing.' },
    { command: 'crossdock migrate', does: 'Applies them, each in a transaction of its own.' },
  ],
  async run(options, { out, err }) {
    const { config, io } = configured(options, plainLog(err))
    const { database, close } = await openStore(config, io)
    try {
      const migrations = readMigrations(MIGRATIONS)
      const plan = options.flag('plan')
      const onApplied = ({ name }: { name: string }) => err(`Applied ${name}`)
      const done = plan
        ? await planMigrations(database, migrations)
        : await migrate(database, migrations, { now: io.now, guard: refuseOlder(io.now), onApplied })
      const names = done.map(({ name }) => name)
      if (options.flag('json')) out(JSON.stringify(plan ? { missing: names } : { applied: names }))
      else if (names.length === 0) out('The database is up to date.')
      else out(plan ? `Missing: ${names.join(', ')}` : `Applied ${names.length}.`)
      return 0
    } finally {
      await close()
    }
  },
}
