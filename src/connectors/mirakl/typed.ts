/** Where customers and operators type in a marketplace's orders. */
import type { TypedMembers } from '#canon/typed-text.ts'

export const TYPED: TypedMembers = new Set([
  'order_additional_fields', 'order_line_additional_fields', 'additional_info', 'internal_additional_info',
  'delivery_info', 'message', 'street_1', 'street_2', 'company', 'company_2', 'city', 'firstname', 'lastname',
]) // prettier-ignore
