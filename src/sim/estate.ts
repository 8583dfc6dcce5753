/**
 * A simulated retailer: one shop, one Odoo, a catalogue on both sides, and the configuration that connects the hub to
 * them.
 */
import { createOdoo } from '#connectors/odoo/simulator/index.ts'
import type { OdooSimulator } from '#connectors/odoo/simulator/options.ts'
import { createShopify, type ShopifySimulator } from '#connectors/shopify/simulator/index.ts'
import type { SimulatorIo } from '#connectors/kit/simulator.ts'
import { stringify } from 'yaml'
import { type Config, parseConfig } from '../config.ts'
import type { Outlet, OutletKind } from './outlets/outlet.ts'
import { shopifyOutlet } from './outlets/shopify.ts'
import type { Random } from './random.ts'
import { PLACES, placesInYaml, shelved } from './places.ts'
import {
  openStores,
  poolOf,
  registerOf,
  storeIds,
  type Stores,
  type StoresState,
  TILL_SECRETS,
  TILLS,
} from './stores.ts'
import { TAX_RATE, WAREHOUSE, WEST } from './terms.ts'

export { STORE, TAX_RATE, WAREHOUSE } from './terms.ts'

export const SHOP = 'shopify-main'
export const ERP = 'odoo-main'
/** Hosts of a simulated network. */
export const HOSTS = { shop: 'shop.sim', erp: 'odoo.sim' } as const
const SHOP_DOMAIN = 'dockside-goods.myshopify.com'

/** Secrets of the simulated systems. They open nothing else. */
export const ESTATE_SECRETS: Readonly<Record<string, string>> = {
  'demo:shop-secret': 'simulated-shop-client-secret',
  'demo:odoo-key': 'simulated-odoo-api-key',
  ...TILL_SECRETS,
}

/** Those of an estate with channels beside its shop. */
export const secretsOf = (beside: readonly OutletKind[]): Readonly<Record<string, string>> =>
  Object.assign({}, ESTATE_SECRETS, ...beside.map(({ secrets }) => secrets)) as Record<string, string>

export interface Product {
  sku: string
  title: string
  /** Decimal, in dollars. */
  price: string
  /** In the warehouse everything is sold from. */
  stock: number
  /** In the others and in the stores, by the code of the warehouse. */
  places?: Record<string, number>
}

export interface Estate {
  /** Everywhere it sells. */
  outlets: readonly Outlet[]
  /** The first of them, for what only a Shopify shop has. */
  shop: ShopifySimulator
  erp: OdooSimulator
  products: readonly Product[]
  /** Where goods arrive. */
  warehouses: readonly string[]
  /** Its stores, where it has any. */
  stores: Stores | null
}

export interface EstateOptions {
  skus: number
  /** Pieces per SKU, at least and at most. */
  stock: readonly [number, number]
  schemaSdl?: string
  /** Where it sells beside the shop, and where each of these listens: its host in a simulated network unless said. */
  beside?: readonly OutletKind[]
  urls?: Readonly<Record<string, string>>
  /** How many locations the shop sells from: one unless said. */
  places?: 1 | 2
  /** A second warehouse for the west, and so many stores with a till. */
  chain?: Chain
  /** What the shop lets its apps spend on queries; a small plan's unless said. */
  budget?: { points: number; perSecond: number }
  /** How long the shop remembers an idempotency key; a day unless said. */
  keyLifeMs?: number
}

export interface Chain {
  stores: number
  /** Of all SKUs, how many a store has on its shelves. */
  assortment: number
  /** How often a till sends what it has. */
  uploadEveryMs: number
}

/** What an estate remembers, as plain data. */
export interface EstateState {
  products: readonly Product[]
  /** By the name of their connection. */
  outlets: Readonly<Record<string, unknown>>
  erp: unknown
  stores?: StoresState
}

const WORDS = [
  'Mug', 'Kettle', 'Lamp', 'Blanket', 'Notebook', 'Backpack', 'Candle', 'Clock', 'Vase', 'Apron', 'Basket', 'Bottle',
  'Cushion', 'Tray', 'Teapot', 'Umbrella', 'Scarf', 'Jar', 'Stool', 'Towel',
] as const // prettier-ignore
const COLOURS = ['Blue', 'Red', 'Green', 'Sand', 'Slate', 'White'] as const

/** @param before what an estate with the same options remembered: the new one goes on where that one stood. */
export function createEstate(io: SimulatorIo, random: Random, options: EstateOptions, before?: EstateState): Estate {
  const { schemaSdl, budget, keyLifeMs, beside = [], urls = {}, chain, places = 1 } = options
  const products = before?.products ?? newProducts(random, options)
  const warehouses = PLACES.slice(0, places).map(({ warehouse }) => warehouse)
  const apart = beside.flatMap(({ goods = [] }) => goods)
  const tills = beside.flatMap(({ tills: all = [] }) => all)
  const shop = createShopify(
    {
      shop: SHOP_DOMAIN,
      clientId: 'crossdock',
      clientSecret: ESTATE_SECRETS['demo:shop-secret']!,
      locations: PLACES.slice(0, places),
      ...(places > 1 ? { wholeLines: true } : {}),
      ...(schemaSdl ? { schemaSdl } : {}),
      ...(keyLifeMs ? { keyLifeMs } : {}),
      ...(budget ? { bucketSize: budget.points, restoreRate: budget.perSecond } : {}),
    },
    io,
    before?.outlets[SHOP],
  )
  const erp = createOdoo(
    {
      users: [{ login: 'hub@example.com', key: ESTATE_SECRETS['demo:odoo-key']! }],
      warehouses: [
        ...new Set([...warehouses, ...apart.map(({ warehouse }) => warehouse)]),
        ...(chain ? [WEST, ...storeIds(chain.stores).map(poolOf)] : []),
      ],
      products: [
        ...products.map(({ sku, title, price, stock: onHand, places: elsewhere }) => ({
          sku, name: title, price: Number(price), available: { ...shelved(onHand, places), ...elsewhere },
        })), // prettier-ignore
        ...apart.map(({ sku, title, price, stock: onHand, warehouse }) => ({
          sku, name: title, price: Number(price), available: { [warehouse]: onHand },
        })), // prettier-ignore
        ...(chain || tills.length > 0 ? SERVICES : []),
      ],
      tills: [
        ...tills,
        ...storeIds(chain?.stores ?? 0).map((storeId) => ({
          name: registerOf(storeId), warehouse: poolOf(storeId), methods: ['cash', 'card'],
        })), // prettier-ignore
      ],
      accounts: hasTakings(beside) ? [{ code: TAKINGS, kind: 'asset_current' }] : [],
      carriers: ['Standard delivery', 'Express'],
    },
    io,
    before?.erp,
  )
  const others = beside.map((kind) =>
    kind.open(io, { url: urls[kind.name] ?? `http://${kind.host}`, products }, before?.outlets[kind.name]),
  )
  // Everybody starts with nothing on sale: what can be sold comes from the hub.
  const empty = Object.fromEntries(PLACES.slice(0, places).map(({ id }) => [id, 0]))
  if (!before) for (const { sku, title, price } of products) shop.addProduct({ sku, title, price, available: empty })
  const outlets = [shopifyOutlet(SHOP, HOSTS.shop, shop), ...others]
  for (const outlet of outlets) outlet.meet?.(outlets)
  const { stores, uploadEveryMs } = chain ?? { stores: 0, uploadEveryMs: 0 }
  return {
    shop,
    outlets,
    erp,
    products,
    warehouses,
    stores: stores > 0 ? openStores(io, { products, count: stores, uploadEveryMs }, before?.stores) : null,
  }
}

/** What tills need in the ERP: for goods that do not come back to the shelf, and for cents. */
const SERVICES = [
  { sku: 'RETURN', type: 'service' },
  { sku: 'ROUNDING', type: 'service' },
] as const

/** To be kept: what happens in the estate later does not change it, except for the products. */
export const estateState = ({ outlets, erp, products, stores }: Estate): EstateState => ({
  products,
  outlets: Object.fromEntries(outlets.map((outlet) => [outlet.name, outlet.snapshot()])),
  erp: erp.snapshot(),
  ...(stores ? { stores: stores.snapshot() } : {}),
})

function newProducts(random: Random, { skus, stock, chain }: EstateOptions): Product[] {
  const products = Array.from({ length: skus }, (_, index): Product => {
    const [word, colour] = [WORDS[index % WORDS.length]!, COLOURS[Math.floor(index / WORDS.length) % COLOURS.length]!]
    const name = `${word.toUpperCase().slice(0, 4)}-${colour.toUpperCase().slice(0, 3)}`
    const sku = `${name}-${String(index + 1).padStart(3, '0')}`
    const price = `${random.int(4, 90)}.${random.pick(['00', '50', '90', '95', '99'])}`
    return { sku, title: `${colour} ${word.toLowerCase()}`, price, stock: random.int(...stock) }
  })
  if (!chain) return products
  // Every store has its own part of the catalogue, some of it in common with the next.
  const shelves = storeIds(chain.stores).flatMap((storeId, nth) =>
    Array.from({ length: chain.assortment }, (_, index) => [poolOf(storeId), (nth * 5 + index) % skus] as const),
  )
  for (const product of products) product.places = { [WEST]: random.int(...stock) }
  for (const [pool, index] of shelves) products[index]!.places![pool] = random.int(...stock)
  return products
}

export interface Addresses {
  shop: string
  erp: string
  /** Of the channels beside the shop, by the name of their connection. */
  beside?: Readonly<Record<string, string>>
  /** Where the channels' webhooks reach the hub. */
  hub: string
}

/** How often a number is looked for that a channel has accepted; a simulated day is short. */
const LOOKS = 3

/** What a hub between them is told, besides where they are. */
export interface Setting {
  directory?: string
  port?: number
  beside?: readonly OutletKind[]
  places?: 1 | 2
  chain?: Chain
}

export const configFor = (addresses: Addresses, setting: Setting = {}): Config =>
  parseConfig(configTextFor(addresses, setting), 'estate.yaml')

/** The configuration of a hub between them, as people would write it. */
export const configTextFor = (
  { shop, erp, hub, beside: urls = {} }: Addresses,
  { directory = './.crossdock', port = 4870, beside = [], chain, places = 1 }: Setting = {},
): string => `
hub:
  directory: ${JSON.stringify(directory)}
  publicUrl: ${hub}
  port: ${port}
erp: ${ERP}
connections:
  ${SHOP}:
    connector: shopify
    config:
      shop: ${SHOP_DOMAIN}
      url: ${shop}
      clientId: crossdock
      clientSecret: demo:shop-secret
      locations: ${placesInYaml(places)}
      notifyCustomers: false
  ${ERP}:
    connector: odoo
    config:
      url: ${erp}
      database: retail
      user: hub@example.com
      apiKey: demo:odoo-key
${bookingOf(beside)}${connectionsOf(beside, urls)}${chain ? inYaml(tillsOf(chain), 2) : ''}policy:
${beside.length > 0 ? `  stock: { looks: ${LOOKS} }\n` : ''}  channels:
    ${SHOP}:
      pool: ${WAREHOUSE}
      locations: ${placesInYaml(places)}
      taxRates: ['${TAX_RATE}']
      shippingMethods: [standard, express]
${rulesOf(beside, chain)}`

const connectionsOf = (beside: readonly OutletKind[], urls: Readonly<Record<string, string>>): string =>
  inYaml(
    Object.fromEntries(beside.map((kind) => [kind.name, kind.connection(urls[kind.name] ?? `http://${kind.host}`)])),
    2,
  )

/** The account in Odoo on which the money waits that a provider holds. */
const TAKINGS = '101410'
const bookingOf = (beside: readonly OutletKind[]): string =>
  hasTakings(beside) ? inYaml({ redemptions: { match: true } }, 6) : ''
const hasTakings = (beside: readonly OutletKind[]): boolean => beside.some(({ payments }) => payments)

/** What follows the rules of the shop: its routing, the other channels, the stores, the payments. */
const rulesOf = (beside: readonly OutletKind[], chain: Chain | undefined): string =>
  [
    chain ? inYaml({ routing: ROUTING }, 6) : '',
    hasTakings(beside) ? inYaml({ takings: { account: TAKINGS } }, 6) : '',
    channelRules(beside, chain),
    storeRules(beside, chain),
    paymentRules(beside),
  ].join('')

const channelRules = (beside: readonly OutletKind[], chain: Chain | undefined): string => {
  const routed = chain ? { routing: ROUTING } : {}
  return inYaml(
    Object.fromEntries(beside.flatMap(({ name, rules }) => (rules ? [[name, { ...rules, ...routed }]] : []))),
    4,
  )
}

const storeRules = (beside: readonly OutletKind[], chain: Chain | undefined): string => {
  const stores = Object.assign({}, ...beside.map((kind) => kind.stores), chain && storesOf(chain).stores) as object
  return Object.keys(stores).length > 0 ? inYaml({ stores }, 2) : ''
}

const paymentRules = (beside: readonly OutletKind[]): string => {
  const rules = beside.flatMap(({ name, payments }) => (payments ? [[name, payments] as const] : []))
  return rules.length > 0 ? `  payments:\n${inYaml(Object.fromEntries(rules), 4)}` : ''
}

/** The west is served from the west, as far as it lies there. */
const ROUTING = {
  zones: [
    { postcodes: ['9'], from: [{ pool: WEST }, { pool: WAREHOUSE }] },
    { from: [{ pool: WAREHOUSE }, { pool: WEST }] },
  ],
}

const tillsOf = ({ stores }: Chain) => ({
  [TILLS]: {
    connector: 'till',
    config: { stores: Object.fromEntries(storeIds(stores).map((id) => [id, { keys: Object.keys(TILL_SECRETS) }])) },
  },
})

const storesOf = ({ stores }: Chain) => ({
  stores: Object.fromEntries(storeIds(stores).map((id) => [id, { pool: poolOf(id), posting: 'receipt' }])),
})

/** Members of a mapping, as lines that stand so far in. */
function inYaml(members: object, indent: number): string {
  if (Object.keys(members).length === 0) return ''
  return stringify(members).replace(/^(?=.)/gm, ' '.repeat(indent))
}
