/**
 * What is remembered of a customer: what each channel said of them, member by member with its time; which other records
 * are the same person; and what the ERP was told. The golden record is worked out from that, and never stored over it.
 */
import type { Consent, Party } from '#canon/order.ts'
import type { Address } from '#canon/primitives.ts'

/** What can be said of a person, each with its own time. */
export const FACTS = ['name', 'email', 'phone', 'externalId', 'marketingConsent'] as const
export type FactName = (typeof FACTS)[number]

/** Everything one channel said under one key, the newest of each. */
export interface Telling {
  /** The key it was said under. */
  record: string
  channel: string
  party: Party
  /** When each member of `party` was last said. */
  times: Readonly<Partial<Record<FactName, string>>>
  /** Newest first. */
  addresses: readonly { address: Address; at: string }[]
  consents: readonly Consent[]
}

/** Another record that may be the same person, as it was judged last. */
export interface Candidate {
  other: string
  score: number
  reasons: readonly Reason[]
  /** `open`: a person decides. `joining`: the rule has. `apart`: a person said that it is somebody else. */
  status: 'open' | 'joining' | 'apart'
  by?: string
  at?: string
}

/** Why two records are held to be the same person, or not. Nothing personal is in it. */
export interface Reason {
  field: 'email' | 'phone' | 'name' | 'address' | 'channel'
  outcome: 'same' | 'alike' | 'differs'
  points: number
}

export interface Member {
  key: string
  /** Of the member's stream when it said so; what is older is no news. */
  version: number
  /** Of the member and of those that were joined to it; none once it was taken out again. */
  tellings: readonly Telling[]
  byHand?: true
}

export interface CustomerState {
  version: number
  key: string
  channel: string
  /** The golden record in short: what the ERP is told. */
  party: Party | null
  /** When a channel last said so. */
  updatedAt: string
  partnerId: string | null
  /** Why the ERP does not have the customer's present data. */
  trouble: string | null
  /** What was said under this key; absent in records of releases before. */
  tellings?: readonly Telling[]
  /** Records that were joined to this one. */
  members?: readonly Member[]
  /** The record this one is part of; null once it was taken out again. */
  into?: { key: string; by: string; at: string } | null
  candidates?: readonly Candidate[]
  /** A person took it out of another record, or said who it is not: from then on only people join it. */
  byHand?: true
  /** Names of the indexes it can be found by. */
  keys?: readonly string[]
}

export const isJoined = ({ into = null }: CustomerState): boolean => into !== null

/** Whether a person decided about it, or about one that was joined to it. */
export const isByHand = ({ byHand, members = [] }: CustomerState): boolean =>
  byHand === true || members.some((one) => one.byHand === true && one.tellings.length > 0)

/**
 * Of two records the lower one is the head: accounts before guests, then by name. Fixed for good, so that joining can
 * never run in a circle; which one it is makes no difference to the golden record.
 */
export const isBelow = (one: string, other: string): boolean => rankOf(one) < rankOf(other)

const rankOf = (key: string): string => `${key.startsWith('guest-') ? 1 : 0}${key}`
