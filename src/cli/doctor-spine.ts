/** What `doctor` finds out about the spine: work nobody will do, leases nobody ends, events that are not there. */
import type { Finding } from '#connectors/kit/connector.ts'
import { instantAt } from '#engine/engine.ts'
import { forgotten, gaps, longLeases, orphans, unanswered } from '#store/checks.ts'
import type { Database } from '#store/database.ts'

const FORGOTTEN_MS = 15 * 60_000
const LEASE_MS_MAX = 10 * 60_000
/** Sources of messages that are no connections. */
const OWN_SOURCES = ['core', 'restore']

/** @param connections names of those that are configured. */
export async function checkSpine(
  database: Database,
  nowMs: number,
  connections: readonly string[],
): Promise<Finding[]> {
  const findings: Finding[] = []
  for (const { connection, intents, messages } of await orphans(database, [...connections, ...OWN_SOURCES])) {
    findings.push({
      level: 'error',
      about: 'orphans',
      message: `${intents} calls and ${messages} deliveries are for '${connection}', which is not configured.`,
      cure: `Put the connection '${connection}' back into the configuration until they are done.`,
    })
  }
  for (const one of await forgotten(database, instantAt(nowMs - FORGOTTEN_MS))) {
    findings.push({
      level: 'warning',
      about: 'forgotten calls',
      message: `${one.count} calls of ${one.type} to ${one.connection} are due since ${one.oldest} and nobody makes them (${one.key}).`,
      cure: 'Start a hub on this database. When one runs: look whether the connection waits for a limit, then restart it.',
    })
  }
  for (const { owner, count, until, key } of await longLeases(database, instantAt(nowMs + LEASE_MS_MAX))) {
    findings.push({
      level: 'error',
      about: 'stuck leases',
      message: `${owner} holds ${count} calls until ${until}, longer than any call takes (${key}).`,
      cure: 'The clock of that machine was ahead. Set it right (NTP); after that moment the calls are taken by others.',
    })
  }
  for (const { stream, version, expected } of await gaps(database)) {
    findings.push({
      level: 'error',
      about: 'gaps',
      message: `${stream} has version ${version} where ${expected} should be.`,
      cure: 'Something outside the hub changed its tables. Restore a backup, and find out who writes to this database.',
    })
  }
  for (const { key, state } of await unanswered(database)) {
    findings.push({
      level: 'error',
      about: 'lost answers',
      message: `The call ${key} is ${state}, and its stream was never told.`,
      cure: 'Something outside the hub changed its tables. Try the order again in the console, or restore a backup.',
    })
  }
  if (findings.length > 0) return findings
  return [{ level: 'ok', about: 'spine', message: 'No orphans, no stuck leases, no gaps.' }]
}
