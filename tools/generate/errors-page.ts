/** docs/reference/errors.md: kinds of fault with what the engine does about each; codes with cause and cure. */
import { DIRECT_CODES } from '../../src/connectors/direct/codes.ts'
import { MIRAKL_CODES } from '../../src/connectors/mirakl/codes.ts'
import { ODOO_CODES } from '../../src/connectors/odoo/codes.ts'
import { AMAZON_CODES } from '../../src/connectors/amazon/codes.ts'
import { SHOPIFY_CODES } from '../../src/connectors/shopify/codes.ts'
import { WOOCOMMERCE_CODES } from '../../src/connectors/woocommerce/codes.ts'
import { SQUARE_CODES } from '../../src/connectors/square/codes.ts'
import { PAYPAL_CODES } from '../../src/connectors/paypal/codes.ts'
import { SHIPBOB_CODES } from '../../src/connectors/shipbob/codes.ts'
import { SIGNIFYD_CODES } from '../../src/connectors/signifyd/codes.ts'
import { EASYPOST_CODES } from '../../src/connectors/easypost/codes.ts'
import { STRIPE_CODES } from '../../src/connectors/stripe/codes.ts'
import { UBER_CODES } from '../../src/connectors/uber/codes.ts'
import { X12_CODES } from '../../src/connectors/x12/codes.ts'
import { SUPPLIER_CODES } from '../../src/connectors/supplier/codes.ts'
import { TILL_CODES } from '../../src/connectors/till/codes.ts'
import { RETRY_RULES } from '../../src/engine/retry.ts'
import { FAULT_KINDS, type FaultKind } from '../../src/fault.ts'
import { page, table } from './page.ts'

/** Codes by connector, for the page and for the test that holds them against the source. */
export const CODES = {
  direct: DIRECT_CODES,
  odoo: ODOO_CODES,
  shopify: SHOPIFY_CODES,
  mirakl: MIRAKL_CODES,
  woocommerce: WOOCOMMERCE_CODES,
  amazon: AMAZON_CODES,
  square: SQUARE_CODES,
  stripe: STRIPE_CODES,
  easypost: EASYPOST_CODES,
  uber: UBER_CODES,
  paypal: PAYPAL_CODES,
  shipbob: SHIPBOB_CODES,
  signifyd: SIGNIFYD_CODES,
  x12: X12_CODES,
  supplier: SUPPLIER_CODES,
  till: TILL_CODES,
} as const

export const errorsPage = (): string =>
  page(
    'Errors',
    'src/fault.ts, src/engine/retry.ts, src/connectors/*/codes.ts',
    'A *fault* is what goes wrong outside the hub. The connector classifies it; only the engine acts on it, by kind.',
    'A repeat waits anything from nothing to the pause, which doubles each time. A wait the other system asks for is always kept.',
    table(
      ['kind', 'what happened', 'first pause', 'longest pause', 'given up after'],
      (Object.keys(FAULT_KINDS) as FaultKind[]).map((kind) => [`\`${kind}\``, FAULT_KINDS[kind], ...ruleCells(kind)]),
    ),
    'What is given up comes back to the order, the SKU or the parcel it was for, which then asks for a person.',
    ...Object.entries(CODES).flatMap(([name, codes]) => [
      `## ${name}`,
      table(
        ['code', 'cause', 'what to do'],
        Object.entries(codes).map(([code, { cause, cure }]) => [`\`${code}\``, cause, cure]),
      ),
    ]),
    'A refusal of `inventory.set` with a code of Shopify’s own becomes `shopify.` and that code in lower case. A fault without a code of its own carries its kind as code.',
  )

function ruleCells(kind: FaultKind): string[] {
  const { firstMs, longestMs, giveUpAfterMs } = RETRY_RULES[kind]
  return giveUpAfterMs === 0 ? ['never repeated', '', 'at once'] : [firstMs, longestMs, giveUpAfterMs].map(duration)
}

function duration(ms: number): string {
  if (ms >= 3_600_000) return `${ms / 3_600_000} h`
  return ms >= 60_000 ? `${ms / 60_000} min` : `${ms / 1_000} s`
}
