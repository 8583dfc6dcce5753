/** What the marketplace answers: its state in the vendor's words, with every field the contract requires. */
import { decimal } from './trade.ts'
import { type Line, type Market, moment, type Offer, type Order, type Shipment, type TakenBack } from './state.ts'
import { alpha3Of } from '../countries.ts'

type Json = Record<string, unknown>

const optional = (at: number | null): string | null => (at === null ? null : moment(at))

/** Nobody is named before the order is paid for, or let go without. */
const isNamed = ({ state }: Order): boolean =>
  ['SHIPPING', 'SHIPPED', 'TO_COLLECT', 'RECEIVED', 'CLOSED'].includes(state)

const RATE = 20

const taxesOf = (market: Market, amount: number): Json[] =>
  amount === 0
    ? []
    : [
        {
          code: 'VAT',
          amount: decimal(market, amount),
          rate: market.options.taxRate ?? RATE,
          tax_calculation_rule: 'PROPORTIONAL_TO_AMOUNT',
        },
      ]

function takenBack(market: Market, one: TakenBack): Json {
  const plain = ({ code, amount, rate }: Json) => ({ code, amount, rate })
  return {
    id: one.id,
    amount: decimal(market, one.amount),
    shipping_amount: decimal(market, one.shipping),
    quantity: one.quantity,
    reason_code: one.reason ?? '34',
    created_date: moment(one.at),
    commission_amount: 0,
    commission_taxes: [],
    commission_total_amount: 0,
    taxes: taxesOf(market, one.tax).map(plain),
    shipping_taxes: taxesOf(market, one.shippingTax).map(plain),
  }
}

function lineView(market: Market, order: Order, line: Line): Json {
  const price = line.unitPrice * line.quantity
  return {
    order_line_id: line.id,
    order_line_index: line.index,
    order_line_state: line.state,
    order_line_state_reason_code: line.state === 'REFUSED' ? order.reason : null,
    order_line_state_reason_label: line.state === 'REFUSED' ? order.reason : null,
    can_refund: order.debitedAt !== null,
    category_code: '100',
    category_label: 'Goods',
    commission_fee: decimal(market, line.commission),
    commission_rate_vat: 0,
    commission_vat: 0,
    commission_taxes: [],
    total_commission: decimal(market, line.commission),
    created_date: moment(order.createdAt),
    last_updated_date: moment(order.updatedAt),
    debited_date: optional(order.debitedAt),
    received_date: line.state === 'RECEIVED' ? moment(order.updatedAt) : null,
    shipped_date: optional(order.shippedAt),
    description: null,
    offer_id: line.offerId,
    offer_sku: line.sku,
    offer_state_code: '11',
    order_line_additional_fields: [],
    price: decimal(market, price),
    price_unit: decimal(market, line.unitPrice),
    price_additional_info: null,
    product_medias: [],
    product_sku: `P-${line.sku}`,
    product_shop_sku: line.sku,
    product_title: line.title,
    quantity: line.quantity,
    shipping_price: decimal(market, line.shippingPrice),
    shipping_price_additional_unit: null,
    shipping_price_unit: null,
    total_price: decimal(market, price + line.shippingPrice),
    taxes: taxesOf(market, line.tax),
    shipping_taxes: taxesOf(market, line.shippingTax),
    cancelations: line.cancelations.map((one) => takenBack(market, one)),
    refunds: line.refunds.map((one) => ({
      ...takenBack(market, one),
      commission_tax_amount: 0,
      order_refund_id: one.group ?? `r-${one.id}`,
      refund_state: 'REFUNDED',
      state: 'REFUNDED',
    })),
    promotions: [],
    fees: [],
  }
}

function addressView(person: Order['customer']): Json | null {
  const address = person?.address
  if (!address) return null
  const code = alpha3Of(address.countryCode) ?? address.countryCode
  return {
    firstname: person.firstName ?? null,
    lastname: person.lastName ?? 'Customer',
    company: person.company ?? null,
    street_1: address.address1,
    street_2: address.address2 ?? null,
    city: address.city,
    zip_code: address.zip,
    state: address.provinceCode ?? null,
    country: code,
    country_iso_code: code,
    phone: person.phone ?? null,
  }
}

/** OR11, one order. */
export function orderView(market: Market, order: Order): Json {
  const sum = (of: (line: Line) => number) =>
    decimal(
      market,
      order.lines.reduce((all, line) => all + of(line), 0),
    )
  const { tracking } = order
  const named = isNamed(order)
  const address = named ? addressView(order.customer) : null
  return {
    order_id: order.id,
    commercial_id: order.id.replace(/-A$/, ''),
    order_state: order.state,
    order_state_reason_code: order.reason,
    order_state_reason_label: order.reason,
    acceptance_decision_date: optional(order.decidedAt),
    can_cancel: false,
    can_shop_ship: order.state === 'SHIPPING',
    created_date: moment(order.createdAt),
    last_updated_date: moment(order.updatedAt),
    currency_iso_code: market.currency,
    customer: {
      customer_id: `C-${order.number}`,
      firstname: order.customer?.firstName ?? 'A',
      lastname: order.customer?.lastName ?? 'Customer',
      locale: 'fr_FR',
      shipping_address: address,
      billing_address: address,
    },
    customer_debited_date: optional(order.debitedAt),
    ...(named ? { customer_notification_email: `notification+${order.number}@notification.mirakl.test` } : {}),
    fulfillment: { center: { code: 'DEFAULT' } },
    fully_refunded: false,
    has_customer_message: false,
    has_incident: false,
    has_invoice: false,
    leadtime_to_ship: 2,
    order_additional_fields: [],
    order_lines: order.lines.map((line) => lineView(market, order, line)),
    order_tax_mode: market.taxIncluded ? 'TAX_INCLUDED' : 'TAX_EXCLUDED',
    paymentType: 'CARD',
    payment_type: 'CARD',
    payment_workflow: order.workflow,
    price: sum((line) => line.unitPrice * line.quantity),
    shipping_carrier_code: tracking.carrierCode,
    shipping_company: tracking.carrier,
    shipping_price: sum((line) => line.shippingPrice),
    shipping_tracking: tracking.number,
    shipping_tracking_url: tracking.url,
    shipping_type_code: order.shipping.code,
    shipping_type_label: order.shipping.title,
    shipping_zone_code: 'FR',
    shipping_zone_label: 'France',
    total_commission: sum((line) => line.commission),
    total_price: sum((line) => line.unitPrice * line.quantity + line.shippingPrice),
  }
}

/** OF21 and OF22. */
export function offerView(market: Market, offer: Offer): Json {
  const origin = decimal(market, offer.price)
  const { discount } = offer
  const now = moment(market.now())
  const runs = discount !== null && discount.from <= now && now < discount.to
  const price = discount && runs ? decimal(market, discount.price) : origin
  const reduced = discount ? decimal(market, discount.price) : origin
  return {
    offer_id: offer.id,
    shop_sku: offer.sku,
    product_sku: `P-${offer.sku}`,
    product_title: offer.title,
    product_references: [],
    category_code: '100',
    category_label: 'Goods',
    active: true,
    all_prices: [
      {
        price,
        unit_origin_price: origin,
        ...(discount
          ? { unit_discount_price: reduced, discount_start_date: discount.from, discount_end_date: discount.to }
          : {}),
        volume_prices: [{ price, quantity_threshold: 1, unit_discount_price: reduced, unit_origin_price: origin }],
      },
    ],
    price,
    total_price: price,
    quantity: offer.quantity,
    channels: [],
    currency_iso_code: market.currency,
    description: '',
    fulfillment: { center: { code: 'DEFAULT' } },
    leadtime_to_ship: 2,
    logistic_class: { code: 'M', label: 'Medium' },
    max_order_quantity: 0,
    min_order_quantity: 0,
    min_quantity_alert: 0,
    min_shipping_price: 0,
    min_shipping_price_additional: 0,
    min_shipping_type: 'standard',
    min_shipping_zone: 'FR',
    package_quantity: 1,
    shipping_deadline: moment(market.now() + 2 * 86_400_000),
    state_code: '11',
  }
}

/** ST11 and ST01. */
export const shipmentView = (order: Order, shipment: Shipment): Json => ({
  id: shipment.id,
  order_id: order.id,
  created_date: moment(shipment.at),
  last_updated_date: moment(shipment.at),
  shipped_date: moment(shipment.at),
  status: 'SHIPPED',
  status_customer_debit: 'NO_DEBIT',
  shipment_lines: shipment.lines.map(({ lineId, quantity }) => ({ order_line_id: lineId, quantity })),
  tracking: {
    ...(shipment.tracking.carrierCode ? { carrier_code: shipment.tracking.carrierCode } : {}),
    ...(shipment.tracking.carrier ? { carrier_name: shipment.tracking.carrier } : {}),
    ...(shipment.tracking.number ? { tracking_number: shipment.tracking.number } : {}),
  },
})

/** PC01. */
export const platformView = (market: Market): Json => ({
  platform_name: 'Simulated marketplace',
  tenant_name: 'simulated-prod',
  timezone: 'Europe/Paris',
  modules: {
    mirakl_catalog_integrator: true, mirakl_catalog_manager: false, mirakl_catalog_transformer: false,
    mirakl_platform_services: false, offer_management: true, order_management: true, promotions: false, quotes: false,
    tax_manager: { activated: false, tax_provider: { avalara: false, vertex: false } },
  },
  platform_configuration: {
    customer_model: { b2b: false, b2c: true },
    enhanced_seller_invoicing: { enabled: false },
    platform_model: { drop_ship: false, marketplace: true, one_creditor: false },
  },
  features: {
    catalog: {
      allow_shop_contribution_to_all_channels: true, exclude_invalid_products: true,
      list_of_multiple_values_separator: '|', product_acceptance_by_channel: false,
      product_data_validation_by_channel: false, product_import_only_on_leaf: false,
    },
    circular_economy_data_collection: false,
    competitive_pricing_tool: false,
    direct_payment_customer_store: { activated: false, refund_cancel_authorized: false },
    disable_seller_alternative_carrier: false,
    dropship: {},
    kyc_status_per_seller: false,
    lead_time_to_ship_by_sellers_enabled: 'NO',
    multi_currency: false,
    multi_payout_psp_per_seller: false,
    no_reply_needed: false,
    offer_prices_decimals: '2',
    operator_csv_delimiter: 'SEMICOLON',
    order_conditions: {
      lead_time_to_ship: false, maximum_order_quantity: false, minimum_order_quantity: false,
      package_order_quantity: false,
    },
    order_tax_mode: market.taxIncluded ? 'TAX_INCLUDED' : 'TAX_EXCLUDED',
    order_workflows: {
      no_customer_payment_confirmation: false, order_acceptance: 'NOT_AUTOMATIC', pause_debit_workflow: false,
      pay_on_due_date: false, pay_on_shipment: false, sellers_edit_shipping_origin: false,
      shipping_and_billing_details_before_acceptance: false,
    },
    payment_confirmation: true,
    pricing: {
      channel_pricing: 'DISABLED', discount_period_required: false,
      discount_price_creation_in_the_past_blocked: false, scheduled_pricing: false, volume_discount: false,
      volume_pricing: false,
    },
    product_data_validation_by_channel: false,
    promotion: { cart_promotion_campaign: false, discount_campaign: false, seller_promotion: false },
    returns: {},
    shipment: { multi_part_item_shipment: false, multi_shipment: market.multiShipment },
    shop_tax_options: { tax_identification_number: { mandatory: false } },
    tax_collection: { activated: 'NO', product_tax_code_mandatory: false, tax_collection_by_operator: false },
    tax_id_number: { mandatory: false },
    warehouses: { geolocation: false, restricted_countries: [] },
  },
}) // prettier-ignore
