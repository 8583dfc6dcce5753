/**
 * What rarely changes in Odoo and is needed for every order: products by SKU, taxes, warehouses, countries, currencies,
 * delivery methods. Read once, kept for a while, read again when something is missing.
 */
import { z } from 'zod'
import { Fault } from '../../fault.ts'
import type { Io } from '../../io.ts'
import type { Client } from './client.ts'
import type { OdooConfig } from './config.ts'
import { accountOwed } from './gift-cards.ts'
import { link, text } from './values.ts'

const KEEP_MS = 600_000

export interface Directory {
  /** @throws Fault `rejected`, `odoo.sku_unknown` or `odoo.sku_ambiguous`. */
  product(sku: string): Promise<number>
  /** A product that gift cards are sold as. @throws Fault `rejected`, as `product`, or `odoo.gift_card_revenue`. */
  giftCard(sku: string): Promise<number>
  /** Reads those of many SKUs that are not known yet in one call; says nothing about what is missing. */
  prefetch(skus: readonly string[]): Promise<void>
  /** @param rate decimal share, `"0.0825"`. @throws Fault `rejected`, `odoo.tax_unknown`. */
  tax(rate: string, included: boolean, title: string): Promise<number>
  /** @param pool the hub's name. @throws Fault `rejected`, `odoo.warehouse_unknown`. */
  warehouse(pool: string): Promise<Warehouse>
  warehouses(): Promise<Warehouse[]>
  /**
   * The route by which goods leave a warehouse: a line of a sale that has it is taken from there, whatever warehouse
   * the sale names.
   */
  deliveryRoute(pool: string): Promise<number>
  country(code: string): Promise<{ id: number; states: ReadonlyMap<string, number> } | null>
  /**
   * null when no name is given and the currency is the company's own: that needs no price list.
   *
   * @throws Fault `rejected`, `odoo.currency_unknown` or `odoo.pricelist_unknown`.
   */
  pricelist(currency: string, name?: string): Promise<number | null>
  /** By name. @throws Fault `rejected`, `odoo.pricelist_unknown`. */
  priceLists(names: readonly string[]): Promise<{ id: number; name: string; currency: string }[]>
  /** @throws Fault `rejected`, `odoo.payment_term_unknown`. */
  paymentTerm(name: string): Promise<number>
  currency(): Promise<string>
  /** By name; null when no delivery method is set up for the channel's code. */
  carrier(code: string): Promise<number | null>
  journal(): Promise<number | null>
  /** Places inside warehouses that are no shelf of theirs: what lies there is counted by Odoo and cannot be sold. */
  offShelf(warehouse: number): Promise<number[]>
  /** Whether this Odoo can take products apart: the field that says which is there with manufacturing only. */
  knowsKits(): Promise<boolean>
}

export interface Warehouse {
  id: number
  code: string
  pool: string
}

const productRow = z.object({ id: z.number(), default_code: text })
const taxRow = z.object({ id: z.number(), name: z.string(), amount: z.number(), price_include: z.boolean() })
const routeRow = z.object({ id: z.number(), delivery_route_id: link })
const warehouseRow = z.object({ id: z.number(), code: z.string() })
const codeRow = z.object({ id: z.number(), code: z.string() })
const placeRow = z.object({ id: z.number(), warehouse_id: link })
const nameRow = z.object({ id: z.number(), name: z.string() })
const currencyRow = z.object({ id: z.number(), currency_id: link })
const pricelistRow = z.object({ id: z.number(), name: z.string(), currency_id: link })

export function openDirectory(client: Client, config: OdooConfig, io: Io): Directory {
  const products = new Map<string, { ids: number[]; until: number }>()
  const countries = new Map<string, Promise<{ id: number; states: Map<string, number> } | null>>()
  const company = [['company_id', '=', config.company]] as const

  const taxes = kept(io, () =>
    client.search('account.tax', taxRow, [...company, ['type_tax_use', '=', 'sale'], ['amount_type', '=', 'percent']], {
      order: 'sequence, id',
    }),
  )
  const carriers = kept(io, () => client.search('delivery.carrier', nameRow, []))
  const currency = kept(io, async () => {
    const [row] = await client.read('res.company', currencyRow, [config.company])
    return row?.currency_id ? row.currency_id[1] : ''
  })
  const kits = kept(io, async () => {
    const kwargs = { allfields: ['is_kits'], attributes: ['type'] }
    return Object.hasOwn((await client.call('product.product', 'fields_get', { kwargs })) as object, 'is_kits')
  })
  const offShelf = kept(io, () =>
    client.search('stock.location', placeRow, [
      ['usage', 'not in', ['internal', 'view']],
      ['warehouse_id', '!=', false],
    ]),
  )
  const giftCards = new Map<number, number>()
  const pricelists = kept(io, () => client.search('product.pricelist', pricelistRow, []))
  const paymentTerms = kept(io, () => client.search('account.payment.term', nameRow, []))
  const warehouses = kept(io, async () => {
    const rows = await client.search('stock.warehouse', warehouseRow, company)
    const pools = new Map(Object.entries(config.warehouses).map(([pool, code]) => [code, pool]))
    return rows.map(({ id, code }) => ({ id, code, pool: pools.get(code) ?? code }))
  })

  async function prefetch(skus: readonly string[]): Promise<void> {
    const wanted = [...new Set(skus)].filter((sku) => !((products.get(sku)?.until ?? 0) > io.now()))
    if (wanted.length === 0) return
    const rows = await client.search('product.product', productRow, [['default_code', 'in', wanted]])
    for (const sku of wanted) {
      const ids = rows.filter((row) => row.default_code === sku).map(({ id }) => id)
      if (ids.length > 0) products.set(sku, { ids, until: io.now() + KEEP_MS })
      else products.delete(sku)
    }
  }

  async function namedPricelist(name: string, wanted: string): Promise<number> {
    const found = await pricelists((rows) => rows.find((row) => row.name === name))
    const code = found?.currency_id ? found.currency_id[1] : ''
    if (found && code === wanted) return found.id
    const why = found ? `is in ${code}, and the order in ${wanted}` : 'does not exist'
    const message = `The price list '${name}' of Odoo ${why}. Correct its name in the order, or the list in Odoo.`
    throw new Fault('rejected', message, { code: 'odoo.pricelist_unknown' })
  }

  async function priceList(name: string) {
    const found = await pricelists((rows) => rows.find((row) => row.name === name))
    if (found?.currency_id) return { id: found.id, name, currency: found.currency_id[1] }
    const message = `Odoo has no price list '${name}', which catalogue.priceLists names. Correct the name.`
    throw new Fault('rejected', message, { code: 'odoo.pricelist_unknown' })
  }

  async function country(code: string) {
    const [row] = await client.search('res.country', codeRow, [['code', '=', code]])
    if (!row) return null
    const states = await client.search('res.country.state', codeRow, [['country_id', '=', row.id]])
    return { id: row.id, states: new Map(states.map((state) => [state.code, state.id])) }
  }

  const self: Directory = {
    prefetch,
    priceLists: (names) => Promise.all(names.map(priceList)),
    async product(sku) {
      await prefetch([sku])
      return one(sku, products.get(sku)?.ids ?? [])
    },
    async giftCard(sku) {
      const id = await self.product(sku)
      if ((giftCards.get(id) ?? 0) > io.now()) return id
      await accountOwed(client, id, sku)
      giftCards.set(id, io.now() + KEEP_MS)
      return id
    },
    async tax(rate, included, title) {
      const found = await taxes((rows) => pickTax(rows, rate, included, title))
      if (found) return found.id
      const kind = included ? 'included in the price' : 'added to the price'
      throw new Fault(
        'rejected',
        `Odoo has no sales tax of ${percent(rate)} % ${kind}. Create it, with its tax account.`,
        {
          code: 'odoo.tax_unknown',
        },
      )
    },
    async warehouse(pool) {
      const found = await warehouses((all) => all.find((each) => each.pool === pool))
      if (found) return found
      throw new Fault('rejected', `Odoo has no warehouse with the code '${config.warehouses[pool] ?? pool}'.`, {
        code: 'odoo.warehouse_unknown',
      })
    },
    async deliveryRoute(pool) {
      const { id } = await self.warehouse(pool)
      const [row] = await client.read('stock.warehouse', routeRow, [id])
      if (row?.delivery_route_id) return row.delivery_route_id[0]
      throw new Fault(
        'rejected',
        `The warehouse ${pool} has no delivery route in Odoo. Choose its delivery steps anew.`,
        {
          code: 'odoo.route_missing',
        },
      )
    },
    warehouses: async () => (await warehouses((all) => all)) ?? [],
    country(code) {
      const known = countries.get(code)
      if (known) return known
      const asked = country(code)
      countries.set(code, asked)
      asked.then(
        (found) => found ?? countries.delete(code),
        () => countries.delete(code),
      )
      return asked
    },
    currency: async () => (await currency((code) => code || undefined)) ?? '',
    async pricelist(wanted, name) {
      if (name !== undefined) return namedPricelist(name, wanted)
      if ((await currency((code) => code || undefined)) === wanted) return null
      const found = await pricelists((rows) => rows.find(({ currency_id }) => currency_id && currency_id[1] === wanted))
      if (found) return found.id
      throw new Fault(
        'rejected',
        `Odoo has no price list in ${wanted}. Create one, so that sales can be in this currency.`,
        {
          code: 'odoo.currency_unknown',
        },
      )
    },
    async paymentTerm(name) {
      const found = await paymentTerms((rows) => rows.find((row) => row.name === name))
      if (found) return found.id
      const message = `Odoo has no payment term '${name}'. Create it, or correct its name in the order.`
      throw new Fault('rejected', message, { code: 'odoo.payment_term_unknown' })
    },
    async carrier(code) {
      const name = config.carriers[code]
      if (name === undefined) return null
      return (await carriers((rows) => rows.find((row) => row.name === name)))?.id ?? null
    },
    offShelf: async (warehouse) =>
      ((await offShelf((rows) => rows)) ?? [])
        .filter(({ warehouse_id }) => warehouse_id && warehouse_id[0] === warehouse)
        .map(({ id }) => id),
    knowsKits: async () => (await kits((known) => known)) ?? false,
    async journal() {
      if (!config.invoiceJournal) return null
      const [row] = await client.search('account.journal', codeRow, [...company, ['code', '=', config.invoiceJournal]])
      if (row) return row.id
      throw new Fault('rejected', `Odoo has no journal with the code '${config.invoiceJournal}'.`, {
        code: 'odoo.journal_unknown',
      })
    },
  }
  return self
}

/** Looks in what is kept; reads again when that is too old or what is looked for is not there. */
function kept<T>(io: Io, read: () => Promise<T>) {
  let held: { value: T; until: number } | null = null
  return async <R>(find: (value: T) => R | undefined): Promise<R | undefined> => {
    if (held && held.until > io.now()) {
      const found = find(held.value)
      if (found !== undefined) return found
    }
    held = { value: await read(), until: io.now() + KEEP_MS }
    return find(held.value)
  }
}

function one(sku: string, ids: readonly number[]): number {
  if (ids.length === 1) return ids[0]!
  if (ids.length === 0) {
    throw new Fault('rejected', `Odoo has no active product with the internal reference '${sku}'. Create it there.`, {
      code: 'odoo.sku_unknown',
    })
  }
  throw new Fault('rejected', `${ids.length} products in Odoo have the internal reference '${sku}'. Leave it on one.`, {
    code: 'odoo.sku_ambiguous',
  })
}

/** `"0.0825"` is 8.25. */
export const percent = (rate: string): number => Number((Number(rate) * 100).toFixed(4))

function pickTax(taxes: readonly z.infer<typeof taxRow>[], rate: string, included: boolean, title: string) {
  const amount = percent(rate)
  const fit = taxes.filter((tax) => Math.abs(tax.amount - amount) < 0.00005 && tax.price_include === included)
  return fit.find(({ name }) => name === title) ?? fit[0]
}
