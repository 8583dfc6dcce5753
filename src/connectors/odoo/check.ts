/**
 * What `doctor` finds out about an Odoo: everything that would otherwise show up as a refused order or a wrong posting.
 */
import { z } from 'zod'
import { Fault } from '../../fault.ts'
import type { Finding } from '../kit/connector.ts'
import { accountOwed } from './gift-cards.ts'
import { kits } from './check-kits.ts'
import { suppliers } from './check-suppliers.ts'
import type { Odoo } from './odoo.ts'
import { link, text } from './values.ts'

const SKEW_MS_MAX = 60_000

type Look = (odoo: Odoo) => Promise<Finding[]>

const ok = (about: string, message: string): Finding => ({ level: 'ok', about, message })
const error = (about: string, message: string, cure: string): Finding => ({ level: 'error', about, message, cure })
const warning = (about: string, message: string, cure: string): Finding => ({ level: 'warning', about, message, cure })

/** Each look stands alone, so that one missing right does not hide the rest. */
export async function check(odoo: Odoo): Promise<Finding[]> {
  const first = await guarded('version', version, odoo)
  if (first.some(({ level }) => level === 'error')) return first
  const findings = [...first]
  for (const [about, look] of Object.entries(LOOKS)) findings.push(...(await guarded(about, look, odoo)))
  return findings
}

async function guarded(about: string, look: Look, odoo: Odoo): Promise<Finding[]> {
  try {
    return await look(odoo)
  } catch (caught) {
    if (!(caught instanceof Fault)) throw caught
    return [error(about, caught.message, CURES[caught.code] ?? 'Read the message; nothing was changed.')]
  }
}

const CURES: Readonly<Record<string, string>> = {
  'odoo.unreachable': 'Check `url`, and that Odoo runs.',
  'odoo.access_denied':
    'Check `user` and `apiKey`; keys of users expire after 90 days unless an administrator made them.',
  'odoo.access_error': 'Give the integration user the groups named in the connector’s README.',
  'odoo.database_unknown': 'Check `database`.',
}

async function version({ client }: Odoo): Promise<Finding[]> {
  const [major, protocol] = [await client.version(), await client.protocol()]
  await client.call('res.users', 'context_get')
  const message = `Odoo ${major} by ${protocol}.`
  if (major < 18) return [error('version', message, 'The connector is made for Odoo 18 and 19.')]
  return [ok('version', message)]
}

/** What each right is for stands in the connector's scopes. */
const RIGHTS = {
  'sale.order': ['read', 'create', 'write'],
  'sale.order.line': ['read', 'create'],
  'res.partner': ['read', 'create', 'write'],
  'product.product': ['read'],
  'account.tax': ['read'],
  'stock.quant': ['read'],
  'stock.picking': ['read', 'write'],
  'stock.move': ['read'],
  'account.move': ['read', 'create', 'write'],
  'account.move.line': ['read', 'write'],
} as const

async function rights({ client }: Odoo): Promise<Finding[]> {
  const missing: string[] = []
  for (const [model, operations] of Object.entries(RIGHTS)) {
    for (const operation of operations) {
      const may = await client.call(model, 'has_access', { ids: [], args: [operation] })
      if (may !== true) missing.push(`${operation} ${model}`)
    }
  }
  if (missing.length === 0) return [ok('permissions', 'The integration user may do all that is needed.')]
  const cure = 'Give it the groups named in the connector’s README.'
  return [error('permissions', `The integration user may not: ${missing.join(', ')}.`, cure)]
}

async function clock({ client, io }: Odoo): Promise<Finding[]> {
  const skewMs = Math.round((await client.serverNow()) - io.now())
  const message = `Odoo’s clock differs from ours by ${skewMs / 1000} s.`
  // The Date header has whole seconds, so one second is nothing.
  if (Math.abs(skewMs) <= SKEW_MS_MAX) return [ok('clock', message)]
  return [warning('clock', message, 'Set both clocks by NTP.')]
}

const MODULES = { 'sale.order': 'sale_management', 'stock.picking': 'sale_stock', 'delivery.carrier': 'stock_delivery' }

async function modules({ client, config }: Odoo): Promise<Finding[]> {
  const findings: Finding[] = []
  for (const [model, module] of Object.entries(MODULES)) {
    try {
      await client.call(model, 'search_count', { args: [[]] })
    } catch (caught) {
      if (!(caught instanceof Fault) || caught.code !== 'odoo.model_unknown') throw caught
      findings.push(error('modules', `The module ${module} is not installed.`, `Install ${module}.`))
    }
  }
  const fields = z.record(z.string(), z.unknown())
  const got = fields.parse(
    await client.call('stock.picking', 'fields_get', { args: [['sale_id', 'carrier_tracking_ref'], ['type']] }),
  )
  const lacking = Object.entries({ sale_id: 'sale_stock', carrier_tracking_ref: 'stock_delivery' })
    .filter(([field]) => !(field in got))
    .map(([field, module]) => error('modules', `Deliveries have no field ${field}.`, `Install ${module}.`))
  findings.push(...lacking)
  if (config.lang !== 'en_US') {
    findings.push(
      warning('language', `Messages come in ${config.lang}.`, 'Set `lang` to en_US: some are recognised by text.'),
    )
  }
  return findings.length > 0 ? findings : [ok('modules', 'All modules are there.')]
}

async function warehouses({ directory, config }: Odoo): Promise<Finding[]> {
  const all = await directory.warehouses()
  const missing = Object.values(config.warehouses).filter((code) => !all.some((each) => each.code === code))
  if (missing.length > 0) {
    const cure = 'Correct `warehouses` in the configuration or the codes in Odoo.'
    return [error('warehouses', `No warehouse has the code ${missing.join(', ')}.`, cure)]
  }
  return [
    ok('warehouses', `Pools: ${all.map(({ pool, code }) => (pool === code ? pool : `${pool} (${code})`)).join(', ')}.`),
  ]
}

const productRow = z.object({ id: z.number(), default_code: text, type: z.string(), invoice_policy: z.string() })

async function products(odoo: Odoo): Promise<Finding[]> {
  const { client, config } = odoo
  const skus = [config.products.shippingSku, config.products.discountSku]
  const rows = await client.search('product.product', productRow, [['default_code', 'in', skus]])
  const findings = skus.flatMap((sku): Finding[] => {
    const found = rows.filter(({ default_code }) => default_code === sku)
    const cure = `Create a service product with the internal reference ${sku}, invoiced on what is ordered.`
    if (found.length !== 1) return [error('products', `${found.length} products have the reference ${sku}.`, cure)]
    const [{ type, invoice_policy } = { type: '', invoice_policy: '' }] = found
    if (type === 'service' && invoice_policy === 'order') return []
    return [error('products', `The product ${sku} is ${type}, invoiced on ${invoice_policy} quantities.`, cure)]
  })
  findings.push(...(await giftCards(odoo)))
  return findings.length > 0 ? findings : [ok('products', 'The products for shipping and discounts are there.')]
}

/** Only a shop that sells gift cards needs their product. */
async function giftCards({ client, config }: Odoo): Promise<Finding[]> {
  const sku = config.products.giftCardSku
  const [found] = await client.search('product.product', productRow, [['default_code', '=', sku]])
  if (!found) return []
  try {
    await accountOwed(client, found.id, sku)
    return []
  } catch (caught) {
    if (!(caught instanceof Fault) || caught.code !== 'odoo.gift_card_revenue') throw caught
    return [error('products', caught.message, 'Set the income account of the product, or of its category.')]
  }
}

const taxRow = z.object({ id: z.number(), name: z.string(), amount: z.number() })
const shareRow = z.object({ id: z.number(), tax_id: link, account_id: link })

/** A new tax has no account of its own and is booked as income, without a word. */
async function taxes({ client, config }: Odoo): Promise<Finding[]> {
  const sale = [
    ['company_id', '=', config.company],
    ['type_tax_use', '=', 'sale'],
  ] as const
  const all = await client.search('account.tax', taxRow, sale)
  const shares = await client.search('account.tax.repartition.line', shareRow, [
    ['tax_id', 'in', all.map(({ id }) => id)],
    ['repartition_type', '=', 'tax'],
  ])
  const bare = all.filter(
    ({ id, amount }) =>
      amount !== 0 && shares.some(({ tax_id, account_id }) => tax_id && tax_id[0] === id && !account_id),
  )
  if (bare.length === 0) return [ok('taxes', `${all.length} sales taxes, all with an account.`)]
  const cure = 'Set the account on the tax lines of both its distributions, for invoices and for refunds.'
  return [error('taxes', `Without an account, so booked as income: ${bare.map(({ name }) => name).join(', ')}.`, cure)]
}

async function rounding({ client, config }: Odoo): Promise<Finding[]> {
  const row = z.object({ id: z.number(), tax_calculation_rounding_method: z.string() })
  const [company] = await client.read('res.company', row, [config.company])
  if (company?.tax_calculation_rounding_method === 'round_per_line') return [ok('rounding', 'Tax is rounded per line.')]
  const cure = 'Set it to round per line, as the channels do; otherwise invoices differ by cents.'
  return [warning('rounding', 'Tax is rounded on the whole document.', cure)]
}

async function sender({ client, config }: Odoo): Promise<Finding[]> {
  const row = z.object({ id: z.number(), email: text })
  const [user] = await client.search('res.users', row, [['login', '=', config.user]])
  if (user?.email) return [ok('e-mail', 'The integration user has an e-mail address.')]
  return [error('e-mail', 'The integration user has no e-mail address.', 'Give it one: payments fail without.')]
}

const LOOKS: Readonly<Record<string, Look>> = {
  'permissions': rights,
  clock,
  modules,
  warehouses,
  products,
  taxes,
  rounding,
  'e-mail': sender,
  kits,
  suppliers,
}
