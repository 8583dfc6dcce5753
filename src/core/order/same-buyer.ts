/** Whether two orders are for one person at one place, however each channel writes that. */
import type { Party } from '#canon/order.ts'
import type { Address } from '#canon/primitives.ts'

const plain = (written = ''): string =>
  written.normalize('NFKC').trim().toLowerCase().replaceAll(/[\s.,]+/g, ' ').trim() // prettier-ignore

/** Without what a carrier does not read: the telephone number, and the province, which some channels leave out. */
export const isSamePlace = (one: Address, other: Address): boolean =>
  one.country === other.country &&
  one.postcode.replaceAll(/[\s-]+/g, '').toUpperCase() === other.postcode.replaceAll(/[\s-]+/g, '').toUpperCase() &&
  (['name', 'company', 'street', 'street2', 'city'] as const).every((part) => plain(one[part]) === plain(other[part]))

/** By the channel's own customer, or by the e-mail address. Two who gave neither are not known to be one. */
export function isSameBuyer(one: Party | null, other: Party | null): boolean {
  if (!one || !other) return false
  if (one.key === other.key) return true
  return one.email !== undefined && other.email !== undefined && plain(one.email) === plain(other.email)
}
