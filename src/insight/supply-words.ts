/** Events of suppliers' lists in plain words: see words.ts. */
import type { SupplierEvent } from '#core/supply/supplier.ts'
import type { SupplyEvent } from '#core/supply/supply.ts'

export type SuppliersEvent = SupplyEvent | SupplierEvent
type Words = {
  readonly [T in SuppliersEvent['type']]: string | ((event: Extract<SuppliersEvent, { type: T }>) => string)
}

const DROPPED_WORDS = {
  person: 'a person put it away',
  superseded: 'a newer one names all there is',
  gone: 'its file is not there any more',
} as const

export const SUPPLY_WORDS: Words = {
  'supply.offered': ({ offer }) => `The supplier offers it for ${offer.price} ${offer.currency}`,
  'supply.stocked': ({ stock }) => (stock === null ? 'The supplier names no stock' : `The supplier has ${stock}`),
  'supply.ended': ({ why }) =>
    why === 'vanished' ? "It is not on the supplier's list any more" : 'The supplier has discontinued it',
  'supply.asked': ({ terms }) =>
    terms.until === null
      ? `It is to be bought for ${terms.price} ${terms.currency}`
      : `Its offer ends on ${terms.until}`,
  'supply.settled': 'The ERP has it so',
  'supply.held': ({ detail }) => detail,
  'supply.cleared': 'There is nothing to look at any more',
  'supplier.listTaken': ({ file, rows, changed, ended, doubled }) =>
    doubled ? `${file} had been taken already` : `${file}: ${rows} rows, ${changed} new or changed, ${ended} ended`,
  'supplier.listWaits': ({ file, why }) => `${file} waits for a person: ${why.join(' ')}`,
  'supplier.listAllowed': ({ file }) => `A person let ${file} through`,
  'supplier.listDropped': ({ file, why }) => `${file} is not taken: ${DROPPED_WORDS[why]}`,
  'supplier.settleFailed': ({ detail }) => `The list could not be settled: ${detail}`,
}
