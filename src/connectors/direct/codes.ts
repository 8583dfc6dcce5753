/** Every fault code of this connector: what it means and what a person does. Published in docs/reference/errors.md. */

export const DIRECT_CODES: Readonly<Record<string, { cause: string; cure: string }>> = {
  'direct.malformed': {
    cause: 'An order that was handed in cannot be used. Nothing of it was stored.',
    cure: 'The refusal names every place that is wrong: correct the sender.',
  },
}
