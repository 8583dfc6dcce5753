/** Where customers and cashiers type in Square's sales; `name` of a line is typed for an amount of its own. */
import type { TypedMembers } from '#canon/typed-text.ts'

export const TYPED: TypedMembers = new Set([
  'note', 'shipping_note', 'cancel_reason', 'reason', 'ticket_name', 'line_items.name', 'display_name',
  'first_name', 'last_name', 'address_line_1', 'address_line_2', 'address_line_3', 'locality',
]) // prettier-ignore
