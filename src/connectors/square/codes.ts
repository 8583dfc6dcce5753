/** Every fault code of this connector: what it means and what a person does. Published in docs/reference/errors.md. */

export const SQUARE_CODES: Readonly<Record<string, { cause: string; cure: string }>> = {
  'square.conflict': {
    cause: 'The order was changed by somebody else in between.',
    cure: 'Nothing to do: it is read and decided again.',
  },
  'square.key_reused': {
    cause: 'A key was used before with other content.',
    cure: 'It is a bug of the hub, or an older backup was restored: report it.',
  },
  'square.malformed': {
    cause: 'A webhook or answer does not have the shape it must have.',
    cure: 'Check apiVersion in the configuration; else report it with the path in the message.',
  },
  'square.missing_member': {
    cause: 'A signed webhook lacks its event id, its type or its seller.',
    cure: 'Check what stands in front of the hub: it must pass the body on as it is.',
  },
  'square.no_answer': {
    cause: 'No answer, or one that broke off. The work may have been done; the next attempt looks first.',
    cure: 'It is tried again. When it stays, check the network.',
  },
  'square.not_found': {
    cause: 'Square has no such order or item any more.',
    cure: 'If it was deleted there: nothing to do.',
  },
  'square.not_fulfillable': {
    cause: 'The order in Square cannot take the parcel: it is cancelled, or holds fewer pieces than were shipped.',
    cure: 'Compare the parcel with the order in Square, and mark it there by hand.',
  },
  'square.refund_refused': {
    cause: 'The payments of the order hold less than is to be given back, or the bank refused.',
    cure: 'Look at the payments in Square, and give the money in another way.',
  },
  'square.refused': {
    cause: 'Square refused the call.',
    cure: "The message has Square's code and sentence. Check the configuration.",
  },
  'square.server_error': {
    cause: 'Square failed.',
    cure: 'It is tried again. When it stays, look at the status page of Square.',
  },
  'square.throttled': {
    cause: 'Square was called too fast.',
    cure: 'Nothing to do: it waits. When it comes often, lower requestsPerSecond.',
  },
  'square.too_many_counts': {
    cause: 'Somebody counts the item so often that our count could not be found among them.',
    cure: 'It is tried again. Find out what else sets the stock in Square and switch it off.',
  },
  'square.total_differs': {
    cause: 'The lines, charges, tips and tenders of a sale do not make the total that Square says.',
    cure: 'Look at the sale in Square; report it with the figures in the message.',
  },
  'square.unauthorised': {
    cause: 'The token was refused, or lacks a permission.',
    cure: 'Check it; `crossdock doctor` names what is missing.',
  },
  'square.unexpected_answer': {
    cause: 'An answer is no JSON.',
    cure: 'It is tried again. When it stays, check what stands between the hub and Square.',
  },
}
