/**
 * The models and fields the simulator knows: those of Odoo 18 that a connector touches, with their types. Odoo 19's
 * renames are applied on top. Written as `name:type`, then `>relation` (`.inverse` for one2many), `!` required, `#`
 * indexed here, `~` computed here and so not stored.
 */

export interface Field {
  name: string
  type: string
  /** The model it points to. */
  to: string
  /** Of a one2many: the field over there. */
  inverse: string
  required: boolean
  indexed: boolean
  computed: boolean
  label: string
}

export interface Model {
  name: string
  label: string
  /** Names of the fields by which records are listed unless asked otherwise. */
  order: string
  fields: ReadonlyMap<string, Field>
}

const MODELS: Readonly<Record<string, readonly [label: string, order: string, fields: string]>> = {
  'res.company': ['Companies', 'id', 'name:char! currency_id:many2one>res.currency tax_calculation_rounding_method:char fiscalyear_lock_date:date'],
  'res.currency': ['Currency', 'id', 'name:char! active:boolean'],
  'res.country': ['Country', 'id', 'name:char! code:char#'],
  'res.country.state': ['Country state', 'id', 'name:char! code:char country_id:many2one>res.country!#'],
  'res.users': ['User', 'id', 'login:char! name:char email:char tz:char active:boolean'],
  'res.partner': ['Contact', 'id', `name:char email:char phone:char mobile:char ref:char# is_company:boolean
    type:selection parent_id:many2one>res.partner# child_ids:one2many>res.partner.parent_id street:char street2:char city:char
    zip:char state_id:many2one>res.country.state country_id:many2one>res.country active:boolean email_normalized:char~`],
  'product.template': ['Product', 'id', `name:char! default_code:char list_price:float type:selection is_storable:boolean
    active:boolean invoice_policy:selection categ_id:many2one>product.category product_variant_ids:one2many>product.product.product_tmpl_id
    taxes_id:many2many>account.tax property_account_income_id:many2one>account.account uom_id:many2one>uom.uom`],
  'product.attribute': ['Product Attribute', 'id', 'name:char! create_variant:selection'],
  'product.template.attribute.value': ['Product Template Attribute Value', 'id', `name:char!
    attribute_id:many2one>product.attribute! product_tmpl_id:many2one>product.template!`],
  'product.product': ['Product Variant', 'id', `product_tmpl_id:many2one>product.template!# default_code:char#
    barcode:char# active:boolean name:char~ type:selection~ is_storable:boolean~ list_price:float~ lst_price:float~
    invoice_policy:selection~ categ_id:many2one~>product.category property_account_income_id:many2one~>account.account taxes_id:many2many~>account.tax qty_available:float~
    free_qty:float~ virtual_available:float~ incoming_qty:float~ outgoing_qty:float~ is_kits:boolean~
    uom_id:many2one~>uom.uom product_template_attribute_value_ids:many2many>product.template.attribute.value`],
  'product.pricelist': ['Pricelist', 'id', 'name:char! currency_id:many2one>res.currency! active:boolean discount:float'],
  'product.pricelist.item': ['Pricelist Rule', 'applied_on, min_quantity desc, categ_id desc, id desc', `pricelist_id:many2one>product.pricelist!#
    applied_on:selection product_id:many2one>product.product product_tmpl_id:many2one>product.template
    categ_id:many2one>product.category min_quantity:float compute_price:selection fixed_price:float percent_price:float
    base:selection date_start:datetime date_end:datetime`],
  'product.supplierinfo': ['Supplier Pricelist', 'sequence, min_qty desc, price, id', `partner_id:many2one>res.partner!#
    product_tmpl_id:many2one>product.template# product_id:many2one>product.product product_code:char product_name:char
    sequence:integer min_qty:float price:float currency_id:many2one>res.currency! delay:integer date_start:date date_end:date
    company_id:many2one>res.company discount:float`],
  'product.category': ['Product Category', 'id', 'name:char! complete_name:char parent_id:many2one>product.category parent_path:char property_account_income_categ_id:many2one>account.account'],
  'ir.attachment': ['Attachment', 'id desc', 'name:char! res_model:char# res_field:char res_id:integer# checksum:char type:selection url:char'],
  'account.payment.term': ['Payment Terms', 'sequence, id', 'name:char! active:boolean sequence:integer'],
  'account.tax': ['Tax', 'sequence, id', `name:char! amount:float! amount_type:selection type_tax_use:selection
    price_include:boolean price_include_override:selection sequence:integer company_id:many2one>res.company active:boolean`],
  'account.tax.repartition.line': ['Tax Repartition Line', 'id', `tax_id:many2one>account.tax!# repartition_type:selection
    document_type:selection account_id:many2one>account.account`],
  'account.account': ['Account', 'id', 'code:char name:char! account_type:selection'],
  'account.journal': ['Journal', 'id', 'name:char! code:char! type:selection company_id:many2one>res.company'],
  'delivery.carrier': ['Shipping Methods', 'id', 'name:char! active:boolean product_id:many2one>product.product'],
  'stock.warehouse': ['Warehouse', 'id', `name:char! code:char! lot_stock_id:many2one>stock.location
    company_id:many2one>res.company out_type_id:many2one>stock.picking.type in_type_id:many2one>stock.picking.type
    delivery_route_id:many2one>stock.route active:boolean`],
  'stock.route': ['Inventory Routes', 'id', 'name:char! active:boolean'],
  'stock.location': ['Inventory Locations', 'id', `name:char! complete_name:char usage:selection
    location_id:many2one>stock.location warehouse_id:many2one>stock.warehouse# scrap_location:boolean
    company_id:many2one>res.company active:boolean`],
  'stock.picking.type': ['Picking Type', 'id', 'name:char! code:selection warehouse_id:many2one>stock.warehouse'],
  'stock.quant': ['Quants', 'id', `product_id:many2one>product.product!# location_id:many2one>stock.location!
    lot_id:many2one>stock.lot quantity:float reserved_quantity:float available_quantity:float~ inventory_quantity:float
    inventory_quantity_set:boolean warehouse_id:many2one~>stock.warehouse`],
  'stock.lot': ['Lot/Serial', 'id', 'name:char! product_id:many2one>product.product'],
  'sale.order': ['Sales Order', 'date_order desc, id desc', `name:char state:selection# locked:boolean
    partner_id:many2one>res.partner!# partner_invoice_id:many2one>res.partner partner_shipping_id:many2one>res.partner
    client_order_ref:char# origin:char# date_order:datetime currency_id:many2one>res.currency
    pricelist_id:many2one>product.pricelist payment_term_id:many2one>account.payment.term
    warehouse_id:many2one>stock.warehouse company_id:many2one>res.company
    order_line:one2many>sale.order.line.order_id carrier_id:many2one>delivery.carrier amount_untaxed:monetary~
    amount_tax:monetary~ amount_total:monetary~ amount_invoiced:monetary~ amount_to_invoice:monetary~
    invoice_status:selection~ delivery_status:selection~ invoice_ids:many2many~>account.move
    picking_ids:one2many>stock.picking.sale_id commitment_date:datetime picking_policy:selection`],
  'sale.order.line': ['Sales Order Line', 'id', `order_id:many2one>sale.order!# sequence:integer product_id:many2one>product.product
    name:text product_uom_qty:float price_unit:float discount:float tax_id:many2many>account.tax price_subtotal:monetary~
    price_tax:float~ price_total:monetary~ qty_delivered:float~ qty_invoiced:float~ qty_to_invoice:float~
    invoice_status:selection~ move_ids:one2many>stock.move.sale_line_id product_uom:many2one>uom.uom
    qty_delivered_method:selection~ route_id:many2one>stock.route customer_lead:float`],
  'uom.uom': ['Product Unit of Measure', 'id', 'name:char! factor:float'],
  'stock.picking': ['Transfer', 'scheduled_date asc, id desc', `name:char state:selection~ origin:char#
    sale_id:many2one>sale.order# partner_id:many2one>res.partner picking_type_id:many2one>stock.picking.type
    picking_type_code:selection~ location_id:many2one>stock.location location_dest_id:many2one>stock.location
    scheduled_date:datetime date_done:datetime carrier_id:many2one>delivery.carrier carrier_tracking_ref:char
    carrier_tracking_url:char carrier_price:float weight:float move_ids:one2many>stock.move.picking_id move_line_ids:one2many~>stock.move.picking_id
    backorder_id:many2one>stock.picking# return_id:many2one>stock.picking#`],
  'stock.return.picking': ['Return Picking', 'id', `picking_id:many2one>stock.picking
    product_return_moves:one2many>stock.return.picking.line.wizard_id`],
  'stock.return.picking.line': ['Return Picking Line', 'id', `wizard_id:many2one>stock.return.picking!# product_id:many2one>product.product
    quantity:float move_id:many2one>stock.move to_refund:boolean`],
  'stock.move': ['Stock Move', 'id', `name:char product_id:many2one>product.product!# product_uom_qty:float product_qty:float~ quantity:float
    picked:boolean state:selection picking_id:many2one>stock.picking# location_id:many2one>stock.location
    location_dest_id:many2one>stock.location sale_line_id:many2one>sale.order.line# is_inventory:boolean reference:char
    origin:char date:datetime date_deadline:datetime origin_returned_move_id:many2one>stock.move to_refund:boolean open_for:integer#`],
  'stock.backorder.confirmation': ['Backorder Confirmation', 'id', 'pick_ids:many2many>stock.picking'],
  'sale.advance.payment.inv': ['Sales Advance Payment Invoice', 'id', 'advance_payment_method:selection sale_order_ids:many2many>sale.order'],
  'account.move': ['Journal Entry', 'date desc, name desc, id desc', `name:char state:selection move_type:selection
    payment_state:selection partner_id:many2one>res.partner partner_shipping_id:many2one>res.partner invoice_origin:char#
    ref:char payment_reference:char invoice_date:date date:date currency_id:many2one>res.currency
    journal_id:many2one>account.journal company_id:many2one>res.company amount_untaxed:monetary~ amount_tax:monetary~
    amount_total:monetary~ amount_residual:monetary~ line_ids:one2many>account.move.line.move_id
    invoice_line_ids:one2many~>account.move.line.move_id reversed_entry_id:many2one>account.move#`],
  'account.move.reversal': ['Account Move Reversal', 'id', `reason:char date:date journal_id:many2one>account.journal
    move_ids:many2many>account.move`],
  'account.move.line': ['Journal Item', 'id', `move_id:many2one>account.move!# name:char display_type:selection
    product_id:many2one>product.product quantity:float price_unit:float discount:float tax_ids:many2many>account.tax
    tax_line_id:many2one>account.tax sale_line_ids:many2many>sale.order.line sale_line:integer# amount_currency:monetary
    balance:monetary~ debit:monetary~ credit:monetary~ price_subtotal:monetary price_total:monetary
    account_id:many2one>account.account partner_id:many2one>res.partner currency_id:many2one>res.currency
    matched:monetary amount_residual:monetary~ reconciled:boolean~`],
  'account.bank.statement.line': ['Bank Statement Line', 'id', `pos_session_id:many2one>pos.session# journal_id:many2one>account.journal!
    payment_ref:char amount:monetary`],
  'mrp.bom': ['Bill of Material', 'sequence, id', `code:char active:boolean type:selection product_tmpl_id:many2one>product.template!#
    product_id:many2one>product.product product_qty:float product_uom_id:many2one>uom.uom! sequence:integer
    company_id:many2one>res.company bom_line_ids:one2many>mrp.bom.line.bom_id`],
  'mrp.bom.line': ['Bill of Material Line', 'sequence, id', `bom_id:many2one>mrp.bom!# product_id:many2one>product.product!
    product_qty:float product_uom_id:many2one>uom.uom! sequence:integer
    bom_product_template_attribute_value_ids:many2many>product.template.attribute.value`],
  'pos.payment.method': ['Point of Sale Payment Methods', 'id', `name:char! journal_id:many2one>account.journal
    is_cash_count:boolean~ active:boolean outstanding_account_id:many2one>account.account`],
  'pos.config': ['Point of Sale Configuration', 'id', `name:char! company_id:many2one>res.company! active:boolean
    payment_method_ids:many2many>pos.payment.method picking_type_id:many2one>stock.picking.type!
    current_session_id:many2one~>pos.session cash_control:boolean~ currency_id:many2one~>res.currency`],
  'pos.session': ['Point of Sale Session', 'id desc', `name:char! state:selection# config_id:many2one>pos.config!#
    user_id:many2one>res.users! start_at:datetime stop_at:datetime opening_notes:text rescue:boolean
    move_id:many2one>account.move cash_register_balance_start:monetary cash_register_balance_end_real:monetary
    cash_register_balance_end:monetary~ cash_register_difference:monetary~ order_count:integer~`],
  'pos.order': ['Point of Sale Orders', 'date_order desc, name desc, id desc', `name:char pos_reference:char uuid:char# state:selection
    session_id:many2one>pos.session!# config_id:many2one>pos.config partner_id:many2one>res.partner date_order:datetime
    amount_total:monetary! amount_tax:monetary! amount_paid:monetary! amount_return:monetary! to_invoice:boolean
    general_note:text sequence_number:integer access_token:char last_order_preparation_change:char
    pricelist_id:many2one>product.pricelist fiscal_position_id:integer
    lines:one2many>pos.order.line.order_id payment_ids:one2many>pos.payment.pos_order_id`],
  'pos.order.line': ['Point of Sale Order Lines', 'id', `uuid:char order_id:many2one>pos.order!# product_id:many2one>product.product!
    qty:float price_unit:float discount:float price_subtotal:monetary price_subtotal_incl:monetary
    tax_ids:many2many>account.tax full_product_name:char pack_lot_ids:many2many>stock.lot`],
  'pos.payment': ['Point of Sale Payments', 'id desc', `uuid:char name:char pos_order_id:many2one>pos.order!#
    payment_method_id:many2one>pos.payment.method! amount:monetary! payment_date:datetime transaction_id:char card_no:char`],
} // prettier-ignore

const LABELS: Readonly<Record<string, string>> = {
  partner_id: 'Customer', product_id: 'Product', product_uom_qty: 'Quantity', price_unit: 'Unit Price', order_line: 'Order Lines',
  name: 'Name', discount: 'Discount (%)', date_order: 'Order Date', tax_id: 'Taxes', tax_ids: 'Taxes', warehouse_id: 'Warehouse',
} // prettier-ignore

const RENAMED_IN_19: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'sale.order.line': { tax_id: 'tax_ids', product_uom: 'product_uom_id' },
}

/** Fields that exist for the simulator's own sake are not shown to clients. */
export const HIDDEN = new Set(['open_for', 'sale_line', 'matched'])

/** What comes with the module of manufacturing. */
const MANUFACTURING: readonly string[] = ['mrp.bom', 'mrp.bom.line']

/** @param custom fields somebody added in this database: model, name, type. */
export function buildSchema(
  version: 18 | 19,
  custom: Readonly<Record<string, Readonly<Record<string, string>>>> = {},
  manufacturing = true,
): ReadonlyMap<string, Model> {
  const schema = new Map<string, Model>()
  for (const [name, [label, order, text]] of Object.entries(MODELS)) {
    if (!manufacturing && MANUFACTURING.includes(name)) continue
    const fields = new Map<string, Field>()
    const renamed = version >= 19 ? RENAMED_IN_19[name] : undefined
    const own = Object.entries(custom[name] ?? {}).map(([field, type]) => `${field}:${type}`)
    for (const part of [
      'id:integer',
      'write_date:datetime',
      'create_date:datetime',
      'display_name:char~',
      ...text.trim().split(/\s+/),
      ...own,
    ]) {
      const field = parseField(part)
      const as = renamed?.[field.name] ?? field.name
      fields.set(as, { ...field, name: as })
    }
    schema.set(name, { name, label, order, fields })
  }
  return schema
}

function parseField(part: string): Field {
  const [, name = '', type = '', marks = '', relation = '', rest = ''] =
    /^(\w+):(\w+)([~!#]*)(?:>([\w.]+))?([~!#]*)$/.exec(part) ?? []
  const all = marks + rest
  const cut = type === 'one2many' ? relation.lastIndexOf('.') : -1
  return {
    name,
    type,
    to: cut > 0 ? relation.slice(0, cut) : relation,
    inverse: cut > 0 ? relation.slice(cut + 1) : '',
    required: all.includes('!'),
    indexed: all.includes('#'),
    computed: all.includes('~'),
    label: LABELS[name] ?? name,
  }
}
