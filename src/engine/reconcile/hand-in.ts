/** How findings are mended: through the inbox like everything else, under keys that make a repeat harmless. */
import { canonicalJson } from '#canon/json.ts'
import type { Reading } from '#connectors/kit/connector.ts'
import type { Reader } from '#connectors/kit/reader.ts'
import { FEED_PRIORITY } from '#policy/priorities.ts'
import type { NewInboxRow } from '#store/inbox.ts'
import { type Engine, nowOf } from '../engine.ts'
import type { Finding, Mending } from './definition.ts'

/** What the connection's feed would have delivered of these keys. Findings of which nothing is there are left out. */
export async function handInReadings<F extends Finding>(
  engine: Engine,
  connection: string,
  reader: Reader,
  findings: readonly F[],
): Promise<Mending<F>[]> {
  const mendings: Mending<F>[] = []
  for (const finding of findings) {
    const readings = (await reader.readings?.([finding.key])) ?? []
    if (readings.length > 0)
      mendings.push({ finding, rows: readings.map((one) => deliveryOf(engine, connection, one)) })
  }
  return mendings
}

function deliveryOf(engine: Engine, connection: string, { key, topic, body }: Reading): NewInboxRow {
  const receivedAt = nowOf(engine)
  const bytes = Buffer.from(canonicalJson(body))
  const row = { source: connection, key, kind: 'delivery', topic, correlation: null, priority: FEED_PRIORITY } as const
  return { ...row, body: bytes, receivedAt }
}

/** A command to a stream, once per run. */
export function tellOnce(engine: Engine, runId: number, stream: string, command: { type: string }): NewInboxRow {
  const key = `${runId}/${command.type}/${stream}`
  const body = Buffer.from(JSON.stringify(command))
  const receivedAt = nowOf(engine)
  const row = { source: 'reconcile', key, kind: 'note', topic: stream, priority: FEED_PRIORITY } as const
  return { ...row, body, correlation: stream, receivedAt }
}
