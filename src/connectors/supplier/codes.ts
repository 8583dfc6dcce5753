/** Every fault code of this connector: what it means and what a person does. Published in docs/reference/errors.md. */

export const SUPPLIER_CODES: Readonly<Record<string, { cause: string; cure: string }>> = {
  'supplier.bad_list': {
    cause: 'A list of the supplier cannot be read, or breaks off. Nothing of it was taken; it was kept in `in/bad`.',
    cure: 'The message names the line, the field and the reason. Ask for a right one, or correct `format`.',
  },
  'supplier.folder': {
    cause: 'The folder of the supplier cannot be read or written.',
    cure: 'Check the path and its permissions. It is tried again.',
  },
  'supplier.host_key': {
    cause: 'The server shows another host key than the one agreed on. Nothing was sent to it.',
    cure: 'Ask the supplier whether the key was changed, by another way than this server; then correct hostKey.',
  },
  'supplier.known_missing': {
    cause:
      'What the hub remembers of the last list (`known` in the folder) is gone, so the next one has nothing to be compared with.',
    cure: 'Bring the folder back from a backup. Or begin anew: put an empty file in the place that the message names; then every row is handed in again, and what vanished meanwhile does not end.',
  },
  'supplier.sftp': {
    cause: "The supplier's server cannot be reached, or broke off.",
    cure: 'It is tried again. When it stays, ask the supplier.',
  },
  'supplier.sftp_login': {
    cause: 'The server refuses the user, the password or the key.',
    cure: 'Correct them, or ask the supplier.',
  },
}
