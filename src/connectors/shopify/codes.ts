/** Every fault code of this connector: what it means and what a person does. Published in docs/reference/errors.md. */

export const SHOPIFY_CODES: Readonly<Record<string, { cause: string; cure: string }>> = {
  'shopify.access_denied': {
    cause: 'The app lacks a permission, or the shop is closed.',
    cure: 'Grant the scope, release a version of the app and install it again; `crossdock doctor` names what is missing.',
  },
  'shopify.concurrent': {
    cause: 'An earlier attempt under the same key still runs at Shopify.',
    cure: 'Nothing to do: it is tried again.',
  },
  'shopify.fulfilment_refused': {
    cause: 'Shopify refused the fulfilment twice, after its state was read anew.',
    cure: 'Open the order in the shop: it may be on hold or cancelled. Mend that, then retry.',
  },
  'shopify.key_mismatch': {
    cause: 'A key was used before with other numbers.',
    cure: 'It is a bug of the hub, or an older backup was restored: report it.',
  },
  'shopify.listing_refused': {
    cause: 'Shopify refused to show a product so.',
    cure: "The message has Shopify's sentence: mend the product in the ERP or the mapping, then `crossdock dead retry`.",
  },
  'shopify.malformed': {
    cause: 'A webhook or answer does not have the shape it must have.',
    cure: 'Check the API version of the subscription; else report it with the path in the message.',
  },
  'shopify.malformed_amount': {
    cause: 'An amount is not one in its currency.',
    cure: 'Look at the order in the shop; report it with the path in the message.',
  },
  'shopify.missing_header': {
    cause: 'A signed webhook lacks its topic, event id or shop.',
    cure: 'Check what stands in front of the hub: it must pass all headers on.',
  },
  'shopify.no_answer': {
    cause: 'No answer, or one that broke off. The work may have been done; the next attempt looks first.',
    cure: 'It is tried again. When it stays, check the network.',
  },
  'shopify.not_fulfillable': {
    cause: 'The shop has less to fulfil than was shipped.',
    cure: 'Compare the parcel with the order in the shop, and fulfil the rest by hand.',
  },
  'shopify.not_stocked': {
    cause: 'The item is not stocked at the location.',
    cure: 'Activate it there in the shop.',
  },
  'shopify.refused': {
    cause: 'Shopify refused the call.',
    cure: "Check the shop's domain and the API version; the message has Shopify's sentence.",
  },
  'shopify.server_error': {
    cause: 'Shopify failed.',
    cure: 'It is tried again. When it stays, look at the status page of Shopify.',
  },
  'shopify.subscription_refused': {
    cause: 'Shopify refused a webhook subscription.',
    cure: '`hub.publicUrl` must be an https address that Shopify reaches.',
  },
  'shopify.throttled': {
    cause: 'The query budget is used up.',
    cure: 'Nothing to do: it waits as long as it is told.',
  },
  'shopify.unauthorised': {
    cause: 'The client id or secret was refused.',
    cure: 'Check both, and that the app is installed in the shop.',
  },
  'shopify.unexpected_answer': {
    cause: 'An answer has an unexpected shape.',
    cure: 'It is tried again. When it stays, a newer release of the hub may be needed.',
  },
  'shopify.unknown_item': {
    cause: 'The shop no longer has the inventory item.',
    cure: 'If the product was deleted there: nothing to do. Else save it in the shop once, so that it is read again.',
  },
  'shopify.refund_beyond': {
    cause: 'The payments of the order hold less than was to be given back.',
    cure: 'Look at the payments in the shop: somebody may have given it back there.',
  },
  'shopify.refund_refused': {
    cause: 'Shopify refused to give money back.',
    cure: "The message has Shopify's sentence. Give it back in the shop by hand, or ask for another amount.",
  },
  'shopify.unknown_order': {
    cause: 'The shop no longer has the order.',
    cure: 'It was deleted there. The parcel is on its way; nothing can be noted any more.',
  },
}
