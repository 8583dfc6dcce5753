/** What people call the systems outside. */

/** Where a capital letter is not enough; `woo` is how connections to WooCommerce are mostly named. */
const NAMES: Readonly<Record<string, string>> = {
  woo: 'WooCommerce',
  woocommerce: 'WooCommerce',
  easypost: 'EasyPost',
  paypal: 'PayPal',
  shipbob: 'ShipBob',
}

/** By its connector when that is known, else by the first part of the connection's name. */
export function systemName(connection: string, kinds: ReadonlyMap<string, string>): string {
  const kind = kinds.get(connection) ?? connection.split('-')[0]!
  return NAMES[kind] ?? kind.slice(0, 1).toUpperCase() + kind.slice(1)
}
