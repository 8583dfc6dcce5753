/** `crossdock retention`: what is hot, what is archived and until when; and the work itself, on command. */
import { instantAt } from '#engine/engine.ts'
import { keep, type Kept, sentence } from '#engine/retention.ts'
import type { Retention } from '#policy/retention.ts'
import { ARCHIVED, archivedMonths, hotSize } from '#store/archive.ts'
import type { Database } from '#store/database.ts'
import { showProgress } from './backup.ts'
import type { Command } from './command.ts'
import { plainLog } from './log.ts'
import { openQuietly, openStore } from './open.ts'
import { CONFIG_OPTION, configured, JSON_OPTION } from './shared.ts'

export const retentionCommand: Command = {
  name: 'retention',
  options: {
    run: { type: 'boolean', description: 'Move what is settled to the archive and drop months that are old enough.' },
    config: CONFIG_OPTION,
    json: JSON_OPTION,
  },
  examples: [
    { command: 'crossdock retention', does: 'Shows sizes, and for each month when it is dropped. Changes nothing.' },
    { command: 'crossdock retention --run', does: 'Does now what a running hub does every hour.' },
  ],
  async run(options, { out, err }) {
    const { config, io } = configured(options, plainLog(err))
    const json = options.flag('json')
    if (options.flag('run')) {
      const opened = await openQuietly(config, io)
      const progress = showProgress()
      try {
        const windowsMax = Number.MAX_SAFE_INTEGER
        const kept: Kept = await keep(opened.engine, config.retention, { windowsMax, onProgress: progress.show })
        progress.end()
        out(json ? JSON.stringify(kept) : sentence(kept))
        return 0
      } finally {
        progress.end()
        await opened.close()
      }
    }
    const { database, close } = await openStore(config, io, { name: 'crossdock-retention', beside: true })
    try {
      const held = await holdings(database, config.retention)
      if (json) out(JSON.stringify(held))
      else for (const line of described(held)) out(line)
      return 0
    } finally {
      await close()
    }
  },
}

async function holdings(database: Database, { hotDays, keepDays }: Retention) {
  const hot = []
  for (const table of ARCHIVED) hot.push({ table, ...(await hotSize(database, table)) })
  const archived = (await archivedMonths(database)).map((month) => ({
    ...month,
    dropsAt: keepDays === 'for ever' ? null : instantAt(Date.parse(month.end) + keepDays * 24 * 60 * 60_000),
  }))
  return { hotDays, keepDays, hot, archived }
}

function described({ hotDays, keepDays, hot, archived }: Awaited<ReturnType<typeof holdings>>): string[] {
  const size = (bytes: number) => `${(bytes / 2 ** 20).toFixed(1)} MB`.padStart(12)
  const about = (rows: number) => `about ${rows} rows`.padStart(20)
  return [
    `What is settled for ${hotDays} days moves to the archive; the archive is kept ${typeof keepDays === 'number' ? `${keepDays} days` : keepDays}.`,
    ...hot.map(({ table, rows, bytes }) => `${table.padEnd(18)}${about(rows)}${size(bytes)}`),
    ...archived.map(({ table, month, rows, bytes, dropsAt }) => {
      const until = dropsAt === null ? 'kept' : `dropped after ${dropsAt.slice(0, 10)}`
      return `${`${table} ${month}`.padEnd(18)}${about(rows)}${size(bytes)}  ${until}`
    }),
  ]
}
