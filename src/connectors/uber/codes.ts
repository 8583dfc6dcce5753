/** Every fault code of this connector: what it means and what a person does. Published in docs/reference/errors.md. */

export const UBER_CODES: Readonly<Record<string, { cause: string; cure: string }>> = {
  'uber.address_refused': {
    cause: 'Uber does not understand an address.',
    cure: 'Mend the address of the delivery in the ERP, or that of the warehouse under policy.labels.',
  },
  'uber.blocked': {
    cause: 'The account may not send couriers, or there is no such organization.',
    cure: 'Check customerId; ask Uber why the account is blocked.',
  },
  'uber.duplicate': {
    cause: 'Uber says that there is such a delivery already, and it is not the one of this reference.',
    cure: "Look for it in Uber's dashboard; then retry.",
  },
  'uber.ended': {
    cause: 'The courier under this reference was called off already.',
    cure: 'Nothing to do: another one is asked for under a reference of its own, or a carrier.',
  },
  'uber.malformed': {
    cause: 'A webhook or answer does not have the shape it must have.',
    cure: 'Report it with the path in the message.',
  },
  'uber.no_answer': {
    cause: 'No answer, or one that broke off. A courier may have been sent; the next attempt looks first.',
    cure: 'It is tried again. When it stays, check the network.',
  },
  'uber.no_courier': {
    cause: 'All couriers are busy.',
    cure: 'The policy says what happens: another carrier, or a person.',
  },
  'uber.no_phone': {
    cause: 'The warehouse or the customer has no telephone number, or none that can be dialled.',
    cure: 'Add it to the delivery address in the ERP, or to the warehouse under policy.labels.',
  },
  'uber.no_returns': {
    cause: 'A return was to be fetched by a courier.',
    cure: 'Name a carrier under policy.labels, so that returns get a label.',
  },
  'uber.not_cancelled': { cause: 'Uber does not call the courier off any more.', cure: 'Ask Uber by hand.' },
  'uber.not_found': {
    cause: 'Uber has no such delivery.',
    cure: 'Check the number of the delivery, and that customerId is of the same organization.',
  },
  'uber.quote_gone': {
    cause: 'The price was too old, or used already.',
    cure: 'It is tried again with a new one. Report it when it stays.',
  },
  'uber.refused': {
    cause: 'Uber refused the call.',
    cure: "The message has Uber's code and the members that are wrong.",
  },
  'uber.server_error': { cause: 'Uber failed.', cure: 'It is tried again. When it stays, look at its status page.' },
  'uber.suspended': {
    cause: 'The account is past due, or has nothing to pay with.',
    cure: "Pay, or mend the means of payment in Uber's dashboard.",
  },
  'uber.throttled': {
    cause: 'Uber was called too fast.',
    cure: 'Nothing to do: it waits. When it comes often, lower requestsPerSecond.',
  },
  'uber.token': {
    cause: 'A token that was just given was refused.',
    cure: 'Check that the application is allowed eats.deliveries.',
  },
  'uber.too_dear': { cause: 'A courier costs more than maxCost.', cure: 'The policy says what happens.' },
  'uber.too_far': { cause: 'No courier goes there.', cure: 'Leave such postcodes out under local.postcodes.' },
  'uber.too_late': { cause: 'A courier takes longer than withinMinutes.', cure: 'The policy says what happens.' },
  'uber.too_many': {
    cause: 'More deliveries are under way than are looked through for one.',
    cure: 'Use an organization of its own for each region.',
  },
  'uber.unauthorised': { cause: 'No token was given.', cure: 'Check clientId, its secret and its scope.' },
  'uber.unexpected_answer': {
    cause: 'An answer is no JSON, or has no token.',
    cure: 'It is tried again. When it stays, check what stands between the hub and Uber.',
  },
}
