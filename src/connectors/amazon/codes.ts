/** Every fault code of this connector: what it means and what a person does. Published in docs/reference/errors.md. */

export const AMAZON_CODES: Readonly<Record<string, { cause: string; cure: string }>> = {
  'amazon.listing_invalid': {
    cause: 'Amazon refused a number because something about the listing is wrong.',
    cure: 'Mend the listing in Seller Central; the message has its words.',
  },
  'amazon.malformed': {
    cause: 'Something that was read does not have the shape it must have.',
    cure: 'Report it with the path in the message; a newer release of the hub may be needed.',
  },
  'amazon.malformed_amount': {
    cause: "An amount is not one in the store's currency.",
    cure: 'Look at the order in Seller Central; check marketplaceId.',
  },
  'amazon.no_answer': {
    cause: 'No answer, or one that broke off. The work may have been done; the next attempt looks first.',
    cure: 'It is tried again. When it stays, check the network.',
  },
  'amazon.not_found': {
    cause: 'Amazon does not know what was asked for.',
    cure: 'Check the seller id and the marketplace; else what was asked for is gone there.',
  },
  'amazon.not_fulfillable': {
    cause: 'The order was cancelled at Amazon before its parcel was told.',
    cure: 'Get the parcel back, or settle it with the buyer.',
  },
  'amazon.not_offered': {
    cause: 'The offer is fulfilled another way than the configured location.',
    cure: 'Look at how the listing is fulfilled in Seller Central.',
  },
  'amazon.queue_missing': { cause: 'The SQS queue is not there.', cure: 'Check queue.url in the configuration.' },
  'amazon.queue_refused': {
    cause: 'The AWS access key was refused, or may not read the queue.',
    cure: 'Check the key, its policy (ReceiveMessage, DeleteMessage, GetQueueAttributes) and the clock.',
  },
  'amazon.refused': { cause: 'Amazon refused the call.', cure: "The message has Amazon's own words." },
  'amazon.report_gone': { cause: 'Amazon gave up making a report.', cure: 'Compare again later.' },
  'amazon.report_waits': { cause: 'A report is still being made.', cure: 'Nothing to do: it is looked for again.' },
  'amazon.server_error': {
    cause: 'Amazon failed.',
    cure: 'It is tried again. When it stays, look at the health dashboard of the selling-partner API.',
  },
  'amazon.shipment_refused': {
    cause: 'Amazon refused a shipment twice, after the order was read anew.',
    cure: 'Open the order in Seller Central; confirm the shipment there when it is right.',
  },
  'amazon.throttled': {
    cause: 'The rate of an operation is used up.',
    cure: 'Nothing to do: it waits as long as it must.',
  },
  'amazon.tracking_missing': {
    cause: 'A parcel has no tracking number, and Amazon takes none without.',
    cure: 'Enter it on the delivery in the ERP, then retry.',
  },
  'amazon.unauthorised': {
    cause: 'The app, its secret or the authorisation of the seller was refused, or a role is missing.',
    cure: 'Check the secret (it must be rotated every 180 days), the authorisation and the roles.',
  },
  'amazon.unexpected_answer': {
    cause: 'An answer has an unexpected shape.',
    cure: 'It is tried again. When it stays, a newer release of the hub may be needed.',
  },
  'amazon.unknown_item': {
    cause: 'The seller has no offer with this SKU any more.',
    cure: 'If it was deleted there: nothing to do. Else create the offer, so that it is read again.',
  },
  'amazon.unknown_order': {
    cause: 'Amazon has no such order.',
    cure: 'Check that the connection is of the right seller and store.',
  },
}
