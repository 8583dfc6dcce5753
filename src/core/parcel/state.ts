/** What is remembered of a parcel on its way, and what follows from it. */
import type { PARCEL_CASES, ParcelScan, ParcelSeen, ParcelStatus } from '#canon/parcel.ts'

/** What the parcel is for. */
export interface ParcelOf {
  /** `<channel>:<externalId>`. */
  orderRef: string
  /** The ERP's name of the delivery. */
  shipmentId: string
  /** What the carrier's system calls the carrier; absent when it finds out by the number. */
  carrier?: string
  shippedAt: string
  /** When it was promised to be there, in full UTC. */
  promisedBy: string
}

export type CaseKind = (typeof PARCEL_CASES)[number]

/** Something a person has to settle, and by when. */
export interface ParcelCase {
  kind: CaseKind
  owner: string
  detail: string
  dueAt: string
  /** It went to the next one already, since nobody had settled it in time. */
  escalated: boolean
}

export interface ParcelState {
  version: number
  of: ParcelOf | null
  /** Other orders in the same parcel. */
  also: readonly string[]
  /** The newest scan. */
  latest: ParcelScan | null
  /** When the carrier first had it in its hands. */
  handedOverAt: string | null
  estimate: ParcelSeen['estimate'] | null
  case: ParcelCase | null
  /** Kinds of cases that a person has settled: they are not opened again. */
  settled: readonly CaseKind[]
  delivered: boolean
  /** The event that last asked for it to be followed, while there is no answer; null when there is one. */
  asked: number | null
  /** When the clock is looked at next. */
  lookAt: string | null
}

export const initial: ParcelState = {
  version: 0,
  of: null,
  also: [],
  latest: null,
  handedOverAt: null,
  estimate: null,
  case: null,
  settled: [],
  delivered: false,
  asked: null,
  lookAt: null,
}

/** How far on its way, for scans of one moment. */
const RANKS: Readonly<Record<ParcelStatus, number>> = {
  announced: 0,
  in_transit: 1,
  exception: 2,
  out_for_delivery: 3,
  awaits_collection: 4,
  damaged: 5,
  returning: 6,
  failed: 7,
  returned: 8,
  delivered: 9,
}

/** Of two scans of one moment, the one further on its way. */
export const isLater = (one: ParcelScan, other: ParcelScan | null): boolean =>
  other === null || one.at > other.at || (one.at === other.at && RANKS[one.status] > RANKS[other.status])

/** The last one of these and of what was known. */
export const latestOf = (known: ParcelScan | null, scans: readonly ParcelScan[]): ParcelScan | null =>
  scans.reduce<ParcelScan | null>((last, scan) => (isLater(scan, last) ? scan : last), known)

/** A carrier cannot have delivered, lost or moved what it never had: any word but `announced` says it has it. */
export const firstHeld = (known: string | null, scans: readonly ParcelScan[]): string | null =>
  scans.reduce<string | null>(
    (first, { status, at }) => (status !== 'announced' && (first === null || at < first) ? at : first),
    known,
  )

/** Nothing more is expected of it. */
export const isOver = ({ latest, settled }: ParcelState): boolean =>
  latest?.status === 'delivered' ||
  latest?.status === 'returned' ||
  latest?.status === 'failed' ||
  settled.includes('lost')
