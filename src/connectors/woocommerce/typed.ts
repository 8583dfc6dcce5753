/** Where customers and agents type in WooCommerce's orders; fields of check-outs are `meta_data`. */
import type { TypedMembers } from '#canon/typed-text.ts'

export const TYPED: TypedMembers = new Set([
  'customer_note', 'meta_data', 'reason', 'fee_lines.name', 'first_name', 'last_name', 'company', 'address_1',
  'address_2', 'city',
]) // prettier-ignore
