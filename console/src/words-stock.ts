/** Words for channels, for how stock is shared among them, and for tills. */
import type { StockHold, StockRow, Till } from './types.ts'
import type { Word } from './words.ts'

/** Connectors by the names their vendors use. */
const SYSTEMS: Readonly<Record<string, string>> = {
  shopify: 'Shopify',
  odoo: 'Odoo',
  woocommerce: 'WooCommerce',
  amazon: 'Amazon',
  mirakl: 'Mirakl marketplace',
  square: 'Square tills',
  till: 'Tills of the stores',
  direct: 'Orders by API',
  easypost: 'EasyPost',
  paypal: 'PayPal',
  shipbob: 'ShipBob',
  // Of a connection that the hub knows by its name alone.
  woo: 'WooCommerce',
}

/** A connector the console has no name for is shown as it is called. */
export const systemOf = (kind: string): string => SYSTEMS[kind] ?? kind.charAt(0).toUpperCase() + kind.slice(1)

export const MODES: Readonly<Record<StockRow['mode'], Word & { means: string }>> = {
  exclusive: {
    text: 'Exclusive',
    tone: 'plain',
    means: 'Each channel sells from its own share. Nothing is sold twice.',
  },
  shared: {
    text: 'Shared',
    tone: 'info',
    means: 'Every channel sees all there is, less its buffer. It may oversell by as much as news are late.',
  },
}

type Writes = StockRow['channels'][number]['writes']
/** How a channel takes a new number. */
export const WRITES: Readonly<Record<Writes, Word & { means: string }>> = {
  swap: { text: 'Swap', tone: 'plain', means: 'It changes the number only if it is still the one we know.' },
  plain: { text: 'Put', tone: 'plain', means: 'It takes any number: what it sold before has to be learnt first.' },
  later: { text: 'Later', tone: 'plain', means: 'It accepts the number now and shows it in its own time.' },
}

export const HOLD_KINDS: Readonly<Record<StockHold['kind'], string>> = {
  order: 'sold',
  reservation: 'set aside',
  route: 'for an order of another pool',
}

export const TILL_STATES: Readonly<Record<Till['status'], Word>> = {
  new: { text: 'Not heard yet', tone: 'plain' },
  open: { text: 'Day open', tone: 'good' },
  gap: { text: 'Records missing', tone: 'warn' },
  closed: { text: 'Day closed', tone: 'plain' },
}

export const POSTINGS = {
  receipt: 'each receipt by itself',
  day: 'one sum per day',
  none: 'nothing is posted',
} as const
