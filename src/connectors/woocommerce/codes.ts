/** Every fault code of this connector: what it means and what a person does. Published in docs/reference/errors.md. */

export const WOOCOMMERCE_CODES: Readonly<Record<string, { cause: string; cure: string }>> = {
  'woocommerce.clock': {
    cause: 'The shop refused the time in a signature: the two clocks differ by more than 15 minutes.',
    cure: 'Set up time synchronisation (NTP) on both machines.',
  },
  'woocommerce.firewall': {
    cause: 'Something in front of the shop answered instead of it: a firewall, a login page, a security plugin.',
    cure: "Let the hub's address and /wp-json/wc/ through.",
  },
  'woocommerce.malformed': {
    cause: 'A webhook or answer does not have the shape it must have.',
    cure: 'Look for plugins that change answers of the REST API; else report it with the path in the message.',
  },
  'woocommerce.malformed_amount': {
    cause: 'An amount is not one in its currency.',
    cure: "Check the shop's currency options: the number of decimals must be the currency's.",
  },
  'woocommerce.missing_header': {
    cause: 'A signed webhook lacks its topic.',
    cure: 'Check what stands in front of the hub: it must pass all headers on.',
  },
  'woocommerce.moved': {
    cause: 'The shop redirects to another address. Secrets are not sent there.',
    cure: 'Set url to the home URL exactly as the shop has it: scheme, www, port and path count.',
  },
  'woocommerce.no_answer': {
    cause: 'No answer, or one that broke off. The work may have been done; the next attempt looks first.',
    cure: 'It is tried again. When it stays, check the network and the load of the shop.',
  },
  'woocommerce.no_api': {
    cause: 'The shop has no WooCommerce REST API at this address.',
    cure: 'Check url, that WooCommerce is active, and that permalinks are not set to Plain.',
  },
  'woocommerce.nonce': {
    cause: 'The shop has seen the signature before: something between repeated the request.',
    cure: 'Nothing to do: it is signed anew. When it stays, look for a proxy that repeats requests.',
  },
  'woocommerce.not_fulfillable': {
    cause: 'The order is cancelled, refunded or in the trash, and its goods have left.',
    cure: 'Look at the order in the shop, and at the parcel.',
  },
  'woocommerce.not_json': {
    cause: 'Something else than JSON was answered: an error page, or warnings of PHP in front of the answer.',
    cure: 'It is tried again. When it stays, switch WP_DEBUG_DISPLAY off and look at maintenance pages and caches.',
  },
  'woocommerce.refund_refused': {
    cause: 'The shop refused a refund. It says 500 although it is final.',
    cure: 'Refund by hand in the shop: the gateway cannot do it, or the amount is more than is left.',
  },
  'woocommerce.refused': {
    cause: 'The shop refused the call.',
    cure: "The message has the shop's sentence.",
  },
  'woocommerce.server_error': {
    cause: 'The shop failed.',
    cure: "It is tried again. When it stays, look at the shop's fatal-error log (WooCommerce › Status › Logs).",
  },
  'woocommerce.sku_taken': {
    cause: 'Another product has the SKU already.',
    cure: 'The message names it. One SKU may stand for one product only.',
  },
  'woocommerce.stock_not_managed': {
    cause: 'The shop took the number and does not count by it: stock management is switched off.',
    cure: 'Switch it on under WooCommerce › Settings › Products › Inventory.',
  },
  'woocommerce.throttled': {
    cause: 'The host or a firewall asked to slow down.',
    cure: 'Nothing to do: it waits as long as it is told.',
  },
  'woocommerce.unauthorised': {
    cause: 'The key was refused, or may not do this.',
    cure: 'Check key and secret, that the permission is Read/Write, and that url is https or the exact home URL.',
  },
  'woocommerce.unknown_item': {
    cause: 'The shop no longer has the product or variation.',
    cure: 'If it was deleted there: nothing to do. Else save it in the shop once, so that it is read again.',
  },
  'woocommerce.unknown_line': {
    cause: 'A refund names a line that the order in the shop no longer has.',
    cure: 'Give the money back without naming pieces, or in the shop.',
  },
  'woocommerce.unknown_order': {
    cause: 'The shop no longer has the order.',
    cure: 'It was deleted there. The parcel is on its way; nothing can be noted any more.',
  },
}
