/** What a connection says of uploads by stores, so that their door can answer with the exact line. */
import type { Json } from '#canon/json.ts'
import type { Message } from './connector.ts'

/** A line of an upload that was not taken, and why. */
export interface LineProblem {
  /** From 1. */
  line: number
  registerId: string | null
  sequence: number | null
  code: string
  /** JSON pointer within the record. */
  pointer: string
  /** For a person, without personal data. */
  detail: string
}

export interface TillUpload {
  /** One for each register. */
  messages: Message[]
  problems: LineProblem[]
  /** Which line a record stands on, by `<register>/<sequence>`. */
  lines: ReadonlyMap<string, number>
}

export interface Tills {
  /** Stores whose uploads are taken here. */
  stores: readonly string[]
  /** What an upload of the store says. Pure. Throws `malformed`. */
  look(store: string, body: Uint8Array, receivedAt: string): TillUpload
}

/** What a till's records stand under in the header of a request. */
export const STORE_HEADER = 'crossdock-store'
export const SIGNATURE_HEADER = 'crossdock-signature'

export type StoredUpload = { store: string; lines: Json }
