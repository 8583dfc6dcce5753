/** What the hub keeps on the bus: the names of its streams and subjects, and the settings they are made with. */
import { createHash } from 'node:crypto'
import { JetStreamApiError } from '@nats-io/jetstream'
import type { JetStreamManager, StreamConfig } from '@nats-io/jetstream'

export interface Topology {
  /** Before every subject; in capitals before every stream. */
  prefix: string
  /** Copies of each stream: 3 survive the loss of one node. */
  replicas: number
  /** What the stream of deliveries may hold. When it is full, deliveries go to the database. */
  maxBytes: number
}

/**
 * Deliveries of one key keep their order; this many processes can read at once. Fixed, since keys would change place.
 */
export const PARTITIONS = 8

const SECOND_NS = 1_000_000_000
const DAY_NS = 86_400 * SECOND_NS
const STREAM_NOT_FOUND = 10_059
const NAME_IN_USE = 10_058

const capitals = ({ prefix }: Topology): string => prefix.toUpperCase().replaceAll('-', '_')

export const intakeStream = (topology: Topology): string => `${capitals(topology)}_IN`
export const eventStream = (topology: Topology): string => `${capitals(topology)}_EVENTS`
/** At the leaf: what its tills say. */
export const edgeStream = (topology: Topology): string => `${capitals(topology)}_EDGE`
/** At the hub: the copy of that. */
export const mirrorStream = (topology: Topology, shop: string): string =>
  `${capitals(topology)}_EDGE_${shop.toUpperCase().replaceAll('-', '_')}`

/** Which partition a delivery belongs to. */
export const partitionOf = (source: string, key: string): number =>
  createHash('sha1').update(`${source}/${key}`).digest().readUInt32BE(0) % PARTITIONS

export const intakeSubject = ({ prefix }: Topology, connection: string, partition: number): string =>
  `${prefix}.in.${connection}.${partition}`
export const partitionSubjects = ({ prefix }: Topology, partition: number): string => `${prefix}.in.*.${partition}`
export const eventSubject = ({ prefix }: Topology, type: string): string => `${prefix}.events.${type}`
/** @param pattern `order.*`, `order.placed`, or `*` for all. */
export const eventSubjects = ({ prefix }: Topology, pattern: string): string =>
  `${prefix}.events.${pattern === '*' ? '>' : pattern}`
/** What a till publishes to at its leaf. */
export const edgeSubject = ({ prefix }: Topology, connection: string, shop: string): string =>
  `${prefix}.edge.${connection}.${shop}`

type Settings = Partial<StreamConfig> & { name: string }

/** Read deliveries are taken away; when it is full it refuses, since the oldest are those that nobody has read. */
export const intakeSettings = (topology: Topology): Settings => ({
  name: intakeStream(topology),
  subjects: [`${topology.prefix}.in.*.*`],
  storage: 'file',
  retention: 'limits',
  discard: 'new',
  num_replicas: topology.replicas,
  max_bytes: topology.maxBytes,
  duplicate_window: 120 * SECOND_NS,
})

/** A week of events for whoever reads them; a subscriber that stays away longer has missed some. */
export const eventSettings = (topology: Topology): Settings => ({
  name: eventStream(topology),
  subjects: [`${topology.prefix}.events.>`],
  storage: 'file',
  retention: 'limits',
  discard: 'old',
  num_replicas: topology.replicas,
  max_bytes: topology.maxBytes,
  max_age: 7 * DAY_NS,
  duplicate_window: 120 * SECOND_NS,
})

/** At the leaf, which is one machine. A month: longer than any line is down. */
export const edgeSettings = (topology: Topology): Settings => ({
  name: edgeStream(topology),
  subjects: [`${topology.prefix}.edge.>`],
  storage: 'file',
  retention: 'limits',
  discard: 'new',
  num_replicas: 1,
  max_bytes: topology.maxBytes,
  max_age: 31 * DAY_NS,
  duplicate_window: 120 * SECOND_NS,
})

/** @param domain of the leaf node. */
export const mirrorSettings = (topology: Topology, shop: string, domain: string): Settings => ({
  name: mirrorStream(topology, shop),
  storage: 'file',
  retention: 'limits',
  num_replicas: topology.replicas,
  max_age: 31 * DAY_NS,
  mirror: { name: edgeStream(topology), external: { api: `$JS.${domain}.API`, deliver: '' } },
})

/** Makes the stream unless it is there. One that is there stays as people set it. */
export async function ensureStream(manager: JetStreamManager, settings: Settings): Promise<void> {
  try {
    await manager.streams.info(settings.name)
  } catch (error) {
    if (!(error instanceof JetStreamApiError) || error.code !== STREAM_NOT_FOUND) throw error
    await manager.streams.add(settings).catch((failure: unknown) => {
      // Another process was quicker.
      if (!(failure instanceof JetStreamApiError) || failure.code !== NAME_IN_USE) throw failure
    })
  }
}
