/** `crossdock doctor`: looks at everything the hub depends on and says what to do about what is wrong. */
import type { Finding } from '#connectors/kit/connector.ts'
import { countUndecided } from '#store/inbox.ts'
import { countOpen } from '#store/outbox.ts'
import { planMigrations, readMigrations } from '#store/migrate.ts'
import type { Database } from '#store/database.ts'
import { toFault } from '../fault.ts'
import { instantAt } from '#engine/engine.ts'
import type { Config } from '../config.ts'
import type { Io } from '../io.ts'
import type { Command } from './command.ts'
import { checkFleet } from './doctor-fleet.ts'
import { plainLog } from './log.ts'
import { MIGRATIONS, openConnections, openStore } from './open.ts'
import { CONNECTORS } from '#connectors/catalogue.ts'
import { checkRules } from './doctor-rules.ts'
import { checkSpine } from './doctor-spine.ts'
import { CONFIG_OPTION, configured, JSON_OPTION } from './shared.ts'

interface Checked extends Finding {
  /** `policy`, `database`, or the name of a connection. */
  where: string
}

const SIGN = { ok: 'ok     ', warning: 'warning', error: 'ERROR  ' } as const
const CLOCK_SKEW_MAX_MS = 5_000
const END_OF_LIFE_WARNING_DAYS = 90

export const doctor: Command = {
  name: 'doctor',
  options: { config: CONFIG_OPTION, json: JSON_OPTION },
  examples: [
    { command: 'crossdock doctor', does: 'Checks everything; the exit code is 1 when something is broken.' },
    { command: 'crossdock doctor --json', does: 'The same for a script.' },
  ],
  async run(options, { out, err }) {
    const { config, io } = configured(options, plainLog(err, 'error'))
    const findings = [
      ...checkRules(config).map((finding) => ({ where: 'policy', ...finding })),
      ...(await checkDatabase(config, io)),
      ...(await checkConnections(config, io)),
    ]
    if (options.flag('json')) out(JSON.stringify({ findings }))
    else for (const finding of findings) out(describe(finding))
    return findings.some(({ level }) => level === 'error') ? 1 : 0
  },
}

const describe = ({ level, where, about, message, cure }: Checked): string =>
  `${SIGN[level]} ${where} ${about}: ${message}${cure ? `\n        → ${cure}` : ''}`

async function checkDatabase(config: Config, io: Io): Promise<Checked[]> {
  const where = 'database'
  try {
    const { database, version, close } = await openStore(config, io, { name: 'crossdock-doctor', beside: true })
    try {
      const findings: Checked[] = [
        { where, level: 'ok', about: 'reachable', message: `PostgreSQL ${version} answers.` },
      ]
      if (Number.parseInt(version, 10) < 15) {
        findings.push({
          where,
          level: 'error',
          about: 'version',
          message: `PostgreSQL ${version} is too old.`,
          cure: 'Use 15 or newer.',
        })
      }
      return [
        ...findings,
        ...(await checkSchema(database)),
        await checkClock(database, io),
        ...(await checkBacklog(database, io)),
        ...(await checkTables(database, config, io)),
        ...(await checkProcesses(database, io)),
      ]
    } finally {
      await close()
    }
  } catch (error) {
    const cure = 'Check that the server runs, and that the address and password in the configuration are right.'
    return [{ where, level: 'error', about: 'reachable', message: toFault(error).message, cure }]
  }
}

async function checkSchema(database: Database): Promise<Checked[]> {
  const where = 'database'
  try {
    const missing = await planMigrations(database, readMigrations(MIGRATIONS))
    if (missing.length === 0) return [{ where, level: 'ok', about: 'schema', message: 'Up to date.' }]
    const message = `${missing.length} migrations are missing.`
    return [
      { where, level: 'warning', about: 'schema', message, cure: 'Run crossdock migrate, or just start the hub.' },
    ]
  } catch (error) {
    return [{ where, level: 'error', about: 'schema', message: toFault(error).message }]
  }
}

async function checkClock(database: Database, io: Io): Promise<Checked> {
  const before = io.now()
  const [row] = await database.query<{ at: string }>(
    `select to_char(statement_timestamp(), 'YYYY-MM-DD"T"HH24:MI:SS.MSZ') as at`,
  )
  const between = (before + io.now()) / 2
  const skewMs = Math.abs(Date.parse(row?.at ?? '') - between)
  const about = 'clock'
  if (skewMs <= CLOCK_SKEW_MAX_MS)
    return { where: 'database', level: 'ok', about, message: 'Agrees with this machine.' }
  const message = `Differs from this machine by ${Math.round(skewMs / 1_000)} s.`
  return { where: 'database', level: 'warning', about, message, cure: 'Let both follow a time server (NTP).' }
}

async function checkBacklog(database: Database, io: Io): Promise<Checked[]> {
  const where = 'database'
  try {
    const findings: Checked[] = []
    const undecided = await countUndecided(database)
    findings.push({ where, level: 'ok', about: 'inbox', message: `${undecided} waiting to be decided.` })
    for (const { connection, open, oldest } of await countOpen(database)) {
      const minutes = Math.round((io.now() - Date.parse(oldest)) / 60_000)
      const level = minutes > 15 ? 'warning' : 'ok'
      const message = `${open} open for ${connection}, the oldest since ${instantAt(Date.parse(oldest))} (${minutes} min).`
      findings.push({
        where,
        level,
        about: 'outbox',
        message,
        ...(level === 'warning' ? { cure: `Look at the findings for ${connection}.` } : {}),
      })
    }
    return findings
  } catch {
    // Without a schema there is no backlog; the schema's own finding says so.
    return []
  }
}

async function checkTables(database: Database, config: Config, io: Io): Promise<Checked[]> {
  try {
    const found = await checkSpine(database, io.now(), Object.keys(config.connections))
    return found.map((finding) => ({ where: 'database', ...finding }))
  } catch {
    // Tables of a newer schema: the schema's own finding says so.
    return []
  }
}
/** Without a schema there are no processes; the schema's own finding says so. */
const checkProcesses = (database: Database, io: Io): Promise<Checked[]> =>
  checkFleet(database, io).then(
    (findings) => findings.map((finding) => ({ where: 'database', ...finding })),
    () => [],
  )

async function checkConnections(config: Config, io: Io): Promise<Checked[]> {
  const findings: Checked[] = []
  for (const [name, connection] of openConnections(config, io)) {
    const { api } = CONNECTORS[config.connections[name]!.connector]!
    findings.push(endOfLife(name, api, io))
    try {
      findings.push(...(await connection.check()).map((finding) => ({ where: name, ...finding })))
    } catch (error) {
      const { message } = toFault(error)
      const cure = 'Check the address and credentials of this connection, and whether the system runs.'
      findings.push({ where: name, level: 'error', about: 'reachable', message, cure })
    }
  }
  return findings
}

function endOfLife(where: string, api: { version: string; endOfLife?: string }, io: Io): Checked {
  const about = 'api version'
  if (!api.endOfLife) return { where, level: 'ok', about, message: api.version }
  const days = Math.floor((Date.parse(`${api.endOfLife}T00:00:00.000Z`) - io.now()) / 86_400_000)
  const message = `${api.version}, supported by the vendor until ${api.endOfLife}.`
  if (days > END_OF_LIFE_WARNING_DAYS) return { where, level: 'ok', about, message }
  return {
    where,
    level: days < 0 ? 'error' : 'warning',
    about,
    message,
    cure: 'Upgrade Crossdock to a release that speaks a newer version.',
  }
}
