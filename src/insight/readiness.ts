/** Whether the hub can work right now: its database answers, and has the tables this release needs. */
import { fileURLToPath } from 'node:url'
import { type Database, isRetryable } from '#store/database.ts'
import { planMigrations, readMigrations } from '#store/migrate.ts'
import { plainly } from './masking.ts'

const FOLDER = fileURLToPath(new URL('../store/migrations/', import.meta.url))

export interface Readiness {
  ready: boolean
  database: 'ok' | 'unreachable'
  migrations: 'current' | 'missing' | 'unknown'
  detail: string
}

export async function readiness(database: Database): Promise<Readiness> {
  try {
    const missing = await planMigrations(database, readMigrations(FOLDER))
    if (missing.length === 0) return { ready: true, database: 'ok', migrations: 'current', detail: 'Ready.' }
    const names = missing.map(({ name }) => name).join(', ')
    const detail = `The database lacks ${names}. Run 'crossdock migrate'.`
    return { ready: false, database: 'ok', migrations: 'missing', detail }
  } catch (error) {
    const passing = isRetryable(error)
    const detail = passing
      ? 'The database does not answer. Check that PostgreSQL runs.'
      : plainly((error as Error).message)
    return { ready: false, database: passing ? 'unreachable' : 'ok', migrations: 'unknown', detail }
  }
}

/** Whether a failure is the database's and passes by itself. */
export const isPassing = isRetryable
