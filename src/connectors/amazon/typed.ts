/** Where buyers type in Amazon's orders. */
import type { TypedMembers } from '#canon/typed-text.ts'

export const TYPED: TypedMembers = new Set([
  'buyerName', 'buyerCompanyName', 'companyName', 'deliveryAddress.name', 'addressLine1', 'addressLine2',
  'addressLine3', 'city', 'giftMessage', 'message', 'addressInstruction',
  'dropOffLocation', 
]) // prettier-ignore
