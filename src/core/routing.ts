/**
 * From which pools an order may be served, and which of them first: by where it goes, what it costs from there, what a
 * pool must not send, and who can still send today. Which pools really have the goods is asked for afterwards.
 */
import type { Order } from '#canon/order.ts'

export interface RoutingZone {
  /** ISO 3166-1 alpha-2; empty: every country. */
  countries: readonly string[]
  /** How postcodes begin; empty: every postcode. */
  postcodes: readonly string[]
  /** Pools that may serve it. With costs the cheapest goes first; without, they stand in order of preference. */
  from: readonly { pool: string; cost?: number | undefined }[]
}

export interface CutOff {
  /** Local time until which an order leaves the same day: `14:00`. */
  at: string
  timeZone: string
  /** Days on which goods leave, 1 is Monday. */
  days: readonly number[]
  /** Days on which nothing leaves: `2026-12-25`. */
  notOn: readonly string[]
}

export interface RoutingPolicy {
  /** The first that fits decides. An order that fits none is served from the channel's own pool. */
  zones: readonly RoutingZone[]
  /** Shipping methods that mean: the customer fetches it there. */
  pickUp: Readonly<Record<string, string>>
  /** SKUs a pool must not send; a `*` at the end stands for anything. */
  never: Readonly<Record<string, readonly string[]>>
  cutOffs: Readonly<Record<string, CutOff>>
  /** Whether an order may leave from several pools when none has all of it. A SKU is never taken from two. */
  split: 'never' | 'when_short'
}

export interface Candidate {
  pool: string
  /** SKUs it must not send. */
  never: readonly string[]
}

/** In order of preference; empty when the channel's own pool serves the order. */
export function candidatesFor(order: Order, skus: readonly string[], routing: RoutingPolicy, at: string): Candidate[] {
  const excluded = (pool: string) => skus.filter((sku) => routing.never[pool]?.some((one) => isMeant(one, sku)))
  const fetched = order.shipping.map(({ code }) => routing.pickUp[code]).find((pool) => pool !== undefined)
  if (fetched !== undefined) return [{ pool: fetched, never: excluded(fetched) }]
  const address = order.shippingAddress
  if (!address) return []
  const zone = routing.zones.find(
    ({ countries, postcodes }) =>
      (countries.length === 0 || countries.includes(address.country)) &&
      (postcodes.length === 0 || postcodes.some((start) => plain(address.postcode).startsWith(plain(start)))),
  )
  const preferred = (zone?.from ?? []).toSorted((a, b) => (a.cost ?? 0) - (b.cost ?? 0)).map(({ pool }) => pool)
  const isLate = (pool: string) => {
    const cutOff = routing.cutOffs[pool]
    return cutOff !== undefined && !leavesToday(cutOff, at)
  }
  // Sorting is stable: among those that can send today, and among the others, the preference stands.
  const sorted = preferred.toSorted((a, b) => Number(isLate(a)) - Number(isLate(b)))
  return sorted.map((pool) => ({ pool, never: excluded(pool) }))
}

const plain = (postcode: string): string => postcode.replaceAll(/[\s-]/g, '').toUpperCase()

const isMeant = (pattern: string, sku: string): boolean =>
  pattern.endsWith('*') ? sku.startsWith(pattern.slice(0, -1)) : sku === pattern

/** Whether what is decided at this moment still leaves on the same day, by the pool's own clock. */
export function leavesToday({ at: until, timeZone, days, notOn }: CutOff, at: string): boolean {
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone, year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', hourCycle: 'h23',
  }) // prettier-ignore
  const parts = new Map(format.formatToParts(new Date(at)).map(({ type, value }) => [type, value]))
  const day = `${parts.get('year')}-${parts.get('month')}-${parts.get('day')}`
  const weekday = new Date(`${day}T00:00:00.000Z`).getUTCDay() || 7
  return days.includes(weekday) && !notOn.includes(day) && `${parts.get('hour')}:${parts.get('minute')}` < until
}

/** Every pool the rules name. */
export const poolsIn = ({ zones, pickUp }: RoutingPolicy): string[] => [
  ...zones.flatMap(({ from }) => from.map(({ pool }) => pool)),
  ...Object.values(pickUp),
]
