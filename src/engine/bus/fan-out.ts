/**
 * Who is told of business events, and how. Each subscriber has a place of its own in the journal, kept in the database,
 * so a slow one holds up nobody; what it is behind is the journal itself and takes no memory.
 */
export interface Subscriber {
  name: string
  /** `order.*`, `order.placed`, or `*`. */
  types: readonly string[]
  /** Where events are posted; null: they are read from the bus. */
  url: string | null
  /** The value that signs posts. */
  secret: () => string
  personalData: 'masked' | 'full'
  from: 'now' | 'beginning'
  /** Older events are left out, and counted. */
  backlogMs: number
}

export interface FanOut {
  /** Who tells: a URI. */
  source: string
  subscribers: readonly Subscriber[]
  /** The data of an event with personal data masked by what stands next to each field. */
  mask(data: unknown): unknown
}
