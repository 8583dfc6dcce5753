/** Every fault code of this connector: what it means and what a person does. Published in docs/reference/errors.md. */

export const STRIPE_CODES: Readonly<Record<string, { cause: string; cure: string }>> = {
  'stripe.amount_precision': {
    cause: 'Stripe takes no amount with that many digits in this currency.',
    cure: 'Round the amount: of dinars and rials the last of three digits must be 0.',
  },
  'stripe.beyond_captured': {
    cause: 'More was to be given back or captured than is left at Stripe: somebody else was first.',
    cure: 'Compare the refunds in Stripe with those of the order.',
  },
  'stripe.card_number': {
    cause: 'A webhook holds what looks like a card number. It was refused and not stored.',
    cure: 'Find who writes card numbers into metadata or descriptions, and take it out in Stripe.',
  },
  'stripe.conflict': { cause: 'The same call is under way.', cure: 'Nothing to do: it is tried again.' },
  'stripe.currency_differs': {
    cause: 'The payment is in another currency than what was asked for.',
    cure: 'Ask for it in the currency of the payment.',
  },
  'stripe.key_reused': {
    cause: 'A key was used before with other content.',
    cure: 'It is a bug of the hub, or an older backup was restored: report it.',
  },
  'stripe.malformed': {
    cause: 'A webhook or answer does not have the shape it must have.',
    cure: 'Check apiVersion in the configuration and of the webhook endpoint; else report it with the path in the message.',
  },
  'stripe.missing_member': {
    cause: 'A signed webhook lacks its id or its type.',
    cure: 'Check what stands in front of the hub: it must pass the body on as it is.',
  },
  'stripe.no_answer': {
    cause: 'No answer, or one that broke off. The work may have been done; the next attempt looks first.',
    cure: 'It is tried again. When it stays, check the network.',
  },
  'stripe.not_capturable': {
    cause: 'The payment is not, or no longer, waiting to be captured, or somebody else captured a part of it.',
    cure: 'Look at the payment in Stripe, and decide anew.',
  },
  'stripe.not_found': {
    cause: 'Stripe knows no such payment.',
    cure: 'Check that the key is of the same account and mode as the payment.',
  },
  'stripe.refused': {
    cause: 'Stripe refused the call.',
    cure: "The message has Stripe's code and sentence.",
  },
  'stripe.server_error': {
    cause: 'Stripe failed.',
    cure: 'It is tried again. When it stays, look at the status page of Stripe.',
  },
  'stripe.stored_error': {
    cause: 'Stripe failed, and repeats that failure under the same key for a day.',
    cure: 'It is looked for again every hour. After a day retry it: the key is free then, and what was done is found.',
  },
  'stripe.throttled': {
    cause: 'Stripe was called too fast.',
    cure: 'Nothing to do: it waits. When it comes often, lower requestsPerSecond.',
  },
  'stripe.unauthorised': {
    cause: 'The key was refused, or lacks a permission.',
    cure: 'Check it; the permissions it needs are in the README of the connector.',
  },
  'stripe.unexpected_answer': {
    cause: 'An answer is no JSON.',
    cure: 'It is tried again. When it stays, check what stands between the hub and Stripe.',
  },
}
