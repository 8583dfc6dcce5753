/** Every fault code of this connector: what it means and what a person does. Published in docs/reference/errors.md. */

export const X12_CODES: Readonly<Record<string, { cause: string; cure: string }>> = {
  'x12.bad_file': {
    cause: 'A file of the partner breaks the syntax, its counts, or what was agreed. It was kept in `in/bad`.',
    cure: 'The message names the segment and the reason. Ask the partner for a right one, under a new control number.',
  },
  'x12.channel_unknown': {
    cause: 'The channel has no short name for this partner.',
    cure: 'Name it under `channels` of the connection, then retry.',
  },
  'x12.folder': {
    cause: 'The folder of the partner cannot be read or written.',
    cure: 'Check the path and its permissions. It is tried again.',
  },
  'x12.number_taken': {
    cause: 'Others took the next number at the same moment.',
    cure: 'Nothing to do: it is tried again.',
  },
  'x12.number_too_long': {
    cause: 'X12 has 22 places for an order number, and the short name of the channel with its id is longer.',
    cure: 'Take a shorter name for the channel, or send the order by hand.',
  },
  'x12.unwritable': {
    cause: 'A name, an address or a SKU has no letters that X12 can carry.',
    cure: 'Write it in Latin letters in the channel or in Odoo, then retry.',
  },
}
