/**
 * The shops' edge: tills publish to the NATS server in their shop, a leaf node with a domain of its own, and go on when
 * the line is down. The hub keeps a mirror of that stream; what comes through it enters by the same door as a webhook.
 */
import type { JsMsg } from '@nats-io/jetstream'
import { HOOK_PRIORITY } from '#policy/priorities.ts'
import type { NewInboxRow } from '#store/inbox.ts'
import { toFault } from '../../fault.ts'
import { connectionNamed, type Engine } from '../engine.ts'
import type { Line } from './line.ts'
import { edgeSettings, ensureStream, mirrorSettings, type Topology } from './topology.ts'

export interface Edge {
  /** Name of the shop, in lower case. */
  shop: string
  /** The domain of its leaf node. */
  domain: string
  /** Whose deliveries its tills send. */
  connection: string
}

/**
 * Makes the stream at the leaf and its mirror at the hub, unless they are there. Throws while the leaf has never been
 * reached; later its line may be down.
 */
export async function prepareEdge(line: Line, topology: Topology, { shop, domain }: Edge): Promise<void> {
  const manager = await line.manager()
  const mirror = mirrorSettings(topology, shop, domain)
  const there = await manager.streams.info(mirror.name).then(() => true, () => false) // prettier-ignore
  if (there) return
  await ensureStream(await line.manager(domain), edgeSettings(topology))
  await ensureStream(manager, mirror)
}

/** Verified and named like a webhook. Null when it is refused: it stays in the mirror, and the log says why. */
export function edgeRow(engine: Engine, { connection, shop }: Edge, message: JsMsg): NewInboxRow | null {
  const receivedAt = new Date(message.time).toISOString()
  const headers = Object.fromEntries(
    (message.headers?.keys() ?? []).map((name) => [name.toLowerCase(), message.headers!.get(name)]),
  )
  try {
    const received = connectionNamed(engine, connection).receive?.({ headers, body: message.data, receivedAt })
    if (!received || 'ignore' in received) return null
    const { key, topic } = received
    return {
      source: connection, key, kind: 'delivery', topic, body: message.data, correlation: null, receivedAt,
      priority: HOOK_PRIORITY,
    } // prettier-ignore
  } catch (error) {
    const { kind, message: reason } = toFault(error)
    if (kind === 'forged') engine.meter.add('forged')
    engine.io.log('warn', 'a delivery of a shop was refused', { shop, connection, kind, reason })
    return null
  }
}
