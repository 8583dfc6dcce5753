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
  'x12.host_key': {
    cause: 'The server shows another host key than the one agreed on. Nothing was sent to it.',
    cure: 'Ask the partner whether the key was changed, by another way than this server; then correct hostKey.',
  },
  'x12.sftp': {
    cause: "The partner's server cannot be reached, or broke off.",
    cure: 'It is tried again. When it stays, ask the partner.',
  },
  'x12.sftp_login': {
    cause: 'The server refuses the user, the password or the key.',
    cure: 'Correct them, or ask the partner.',
  },
  'x12.unwritable': {
    cause: 'A name, an address or a SKU has no letters that X12 can carry.',
    cure: 'Write it in Latin letters in the channel or in Odoo, then retry.',
  },
}
