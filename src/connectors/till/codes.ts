/** Every fault code of this connector: what it means and what a person does. Published in docs/reference/errors.md. */

export const TILL_CODES: Readonly<Record<string, { cause: string; cure: string }>> = {
  'till.folder': {
    cause: 'The folder in which stores drop files cannot be read.',
    cure: 'Create it, and let the hub read and write there.',
  },
  'till.unreadable': {
    cause: 'An upload is neither JSONL nor a JSON list, or its gzip is broken.',
    cure: 'Nothing was stored. Send it again; docs/tills.md says how.',
  },
}
