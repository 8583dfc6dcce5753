/** Every fault code of this connector: what it means and what a person does. Published in docs/reference/errors.md. */

export const PAYPAL_CODES: Readonly<Record<string, { cause: string; cure: string }>> = {
  'paypal.amount_precision': {
    cause: 'PayPal takes no amount with decimals in this currency.',
    cure: 'Round the amount: forints, yen and Taiwan dollars are whole there.',
  },
  'paypal.beyond_captured': {
    cause: 'More was to be given back or captured than is left at PayPal: somebody else was first.',
    cure: 'Compare the refunds in PayPal with those of the order.',
  },
  'paypal.card_number': {
    cause: 'A webhook holds what looks like a card number. It was refused and not stored.',
    cure: 'Find who writes card numbers into notes or ids of payments, and take it out there.',
  },
  'paypal.conflict': { cause: 'The same call is under way.', cure: 'Nothing to do: it is tried again.' },
  'paypal.currency_differs': {
    cause: 'The payment is in another currency than what was asked for.',
    cure: 'Ask for it in the currency of the payment.',
  },
  'paypal.disputed': {
    cause: 'The payment is disputed, so PayPal gives nothing back on it.',
    cure: 'Answer the dispute in PayPal, or accept it there.',
  },
  'paypal.expired': {
    cause: 'The authorisation has run out.',
    cure: 'Ask the customer to pay again; authorise sooner, or capture sooner.',
  },
  'paypal.forged': {
    cause: 'The signature of a webhook does not fit, or its certificate is not one of PayPal.',
    cure: 'Check webhookId, certificateHosts and what stands in front of the hub: it must pass the bytes on as they are.',
  },
  'paypal.invoice_twice': {
    cause: 'The account takes an invoice number once only.',
    cure: "Let PayPal accept several payments per invoice number: 'Payment receiving preferences'.",
  },
  'paypal.malformed': {
    cause: 'A webhook or answer does not have the shape it must have.',
    cure: 'Report it with the path in the message.',
  },
  'paypal.missing_member': {
    cause: 'A signed webhook lacks its id or its type.',
    cure: 'Check what stands in front of the hub: it must pass the body on as it is.',
  },
  'paypal.no_answer': {
    cause: 'No answer, or one that broke off. The work may have been done; the next attempt looks first.',
    cure: 'It is tried again. When it stays, check the network.',
  },
  'paypal.no_certificate': {
    cause: 'The certificate a webhook is signed with could not be fetched.',
    cure: 'PayPal sends the webhook again, and the feeds read it. When it stays, let the hub reach certificateHosts.',
  },
  'paypal.no_funds': {
    cause: 'The balance does not suffice for the refund.',
    cure: 'Pay into the account, then ask for the refund anew.',
  },
  'paypal.not_capturable': {
    cause: 'The payment is not, or no longer, waiting to be captured, or somebody else captured a part of it.',
    cure: 'Look at the payment in PayPal, and decide anew.',
  },
  'paypal.not_found': {
    cause: 'PayPal knows no such payment.',
    cure: 'Check that the app is of the same account, and of the sandbox or not, as the payment.',
  },
  'paypal.refused': { cause: 'PayPal refused the call.', cure: "The message has PayPal's issue and debug_id." },
  'paypal.server_error': {
    cause: 'PayPal failed.',
    cure: 'It is tried again. When it stays, give the debug_id to the support of PayPal.',
  },
  'paypal.throttled': {
    cause: 'PayPal was called too fast.',
    cure: 'Nothing to do: it waits. When it comes often, lower requestsPerSecond.',
  },
  'paypal.token': {
    cause: 'PayPal refused the token twice.',
    cure: 'Check the client id and its secret.',
  },
  'paypal.too_late': {
    cause: 'The payment is too old to be given back: 180 days.',
    cure: 'Send the money in another way, and write down how.',
  },
  'paypal.unauthorised': {
    cause: 'The client id or secret was refused, or the app lacks a feature.',
    cure: 'Check them; the features it needs are in the README of the connector.',
  },
  'paypal.unexpected_answer': {
    cause: 'An answer is no JSON, or lacks what it must have.',
    cure: 'It is tried again. When it stays, check what stands between the hub and PayPal.',
  },
}
