/** Every fault code of this connector: what it means and what a person does. Published in docs/reference/errors.md. */

export const MIRAKL_CODES: Readonly<Record<string, { cause: string; cure: string }>> = {
  'mirakl.acceptance_refused': {
    cause: 'The marketplace did not take the decision about an order, and the order still waits for one.',
    cure: "Decide it in the marketplace's back office before its time is over; the hub hears of it.",
  },
  'mirakl.forbidden': {
    cause: 'The key may not do this, or the shop is suspended.',
    cure: "Look at the shop's state and at the role of the key's user in the back office.",
  },
  'mirakl.malformed': {
    cause: 'An order or offer does not have the shape it must have.',
    cure: 'Report it with the path in the message; a newer release of the hub may be needed.',
  },
  'mirakl.no_answer': {
    cause: 'No answer, or one that broke off. The work may have been done; the next attempt looks first.',
    cure: 'It is tried again. When it stays, check the network.',
  },
  'mirakl.not_found': {
    cause: 'The marketplace has no such thing (any more).',
    cure: 'Look for it in the back office.',
  },
  'mirakl.not_shippable': {
    cause: 'The order is not in a state in which it takes a parcel.',
    cure: 'Look at the order in the back office: it may be cancelled, or not paid for yet.',
  },
  'mirakl.partial_shipment': {
    cause: 'A parcel holds a part of an order, and the marketplace takes orders whole.',
    cure: 'Enter the tracking number by hand when the last parcel leaves; set partialShipments if the marketplace can.',
  },
  'mirakl.price_refused': {
    cause: 'The marketplace refused the price of an offer when it worked the file off.',
    cure: 'The message has its reason. Correct the price list, or the limits of the marketplace; then retry.',
  },
  'mirakl.refused': {
    cause: 'The marketplace refused the call.',
    cure: 'The message has its code; look at the order or offer in the back office.',
  },
  'mirakl.refund_reason': {
    cause: 'The marketplace wants a reason with every refund, and the configuration has no code for this one.',
    cure: 'Set refundReasons, at least `other`, with codes from the back office; then give the money again.',
  },
  'mirakl.refund_refused': {
    cause: 'The marketplace refused a refund: it is more than is left of a line, or the order takes none.',
    cure: 'The message has its code. Look at the order in the back office and give the money there.',
  },
  'mirakl.same_file': {
    cause: 'Two numbers, or two prices, for one SKU were to go in one file.',
    cure: 'Nothing to do: the second goes with the next file.',
  },
  'mirakl.server_error': {
    cause: 'The marketplace failed.',
    cure: 'It is tried again. When it stays, ask the marketplace.',
  },
  'mirakl.shipment_refused': {
    cause: 'The marketplace refused the shipment of a parcel.',
    cure: 'Compare the parcel with what is open of the order over there, and enter it by hand.',
  },
  'mirakl.throttled': {
    cause: 'The operation was called as often as it may be.',
    cure: 'Nothing to do: it waits as long as it is told.',
  },
  'mirakl.unauthorised': {
    cause: "The shop's key was refused.",
    cure: 'Make a new key in the back office and put it where the reference points.',
  },
  'mirakl.unexpected_answer': {
    cause: 'An answer has an unexpected shape.',
    cure: 'It is tried again. When it stays, a newer release of the hub may be needed.',
  },
  'mirakl.unknown_offer': {
    cause: 'The marketplace has the offer no more.',
    cure: 'If it was deleted there: nothing to do. Else import it again.',
  },
  'mirakl.unknown_order': {
    cause: 'The marketplace has no such order.',
    cure: 'The parcel is on its way; nothing can be noted. Ask the marketplace.',
  },
}
