/** How the hub of a storm is configured: five channels that sell from one warehouse, as people would write it. */
import { type Config, parseConfig } from '../../config.ts'

export const SKU = 'LAST-MUG'
export const WAREHOUSE = 'WH'
export const ERP = 'odoo'

/** Secrets of the simulated systems. They open nothing else. */
export const SECRETS = {
  'storm:shopify': 'simulated-shop-client-secret',
  'storm:square': 'simulated-square-token',
  'storm:woo': 'cs_simulated',
  'storm:woo-hook': 'simulated-hook-secret',
  'storm:lwa': 'simulated-lwa-secret',
  'storm:refresh': 'simulated-refresh-token',
  'storm:aws-id': 'SIMULATEDACCESSID',
  'storm:aws': 'simulated-aws-secret',
  'storm:market': 'simulated-market-key',
  'storm:odoo': 'simulated-odoo-api-key',
} as const

export const QUEUE = { url: 'https://sqs.us-east-1.amazonaws.com/1/hub', arn: 'arn:aws:sqs:us-east-1:1:hub' } as const
export const PLACES = {
  shopify: { shop: 'dockside-goods.myshopify.com', clientId: 'crossdock', location: '7001' },
  square: { merchant: 'MLEFBHHSJGVHD', location: 'L1MAIN' },
  woocommerce: { url: 'http://woo.sim/shop', key: 'ck_simulated' },
  amazon: { seller: 'A3TH9S8BH6GOGM', clientId: 'crossdock' },
} as const

export type StockMode = 'exclusive' | 'shared'

export const stormConfig = (mode: StockMode): Config => parseConfig(textFor(mode), 'storm.yaml')

const { shopify, square, woocommerce, amazon } = PLACES
const LOCATIONS = { shopify: shopify.location, square: square.location, woocommerce: 'shop', amazon: 'DEFAULT', mirakl: 'main' } // prettier-ignore

const textFor = (mode: StockMode): string => `
hub: { directory: ./.crossdock, publicUrl: 'http://127.0.0.1:4870', port: 4870 }
erp: ${ERP}
connections:
  shopify:
    connector: shopify
    config:
      shop: ${shopify.shop}
      url: http://shopify.sim
      clientId: ${shopify.clientId}
      clientSecret: storm:shopify
      locations: [{ locationId: '${shopify.location}', pool: ${WAREHOUSE} }]
      requestTimeoutMs: 0
  square:
    connector: square
    config:
      merchantId: ${square.merchant}
      url: http://square.sim
      accessToken: storm:square
      locations: [{ locationId: ${square.location}, pool: ${WAREHOUSE} }]
      requestTimeoutMs: 0
  woocommerce:
    connector: woocommerce
    config:
      url: ${woocommerce.url}
      consumerKey: ${woocommerce.key}
      consumerSecret: storm:woo
      webhookSecret: storm:woo-hook
      pool: ${WAREHOUSE}
      requestTimeoutMs: 0
  amazon:
    connector: amazon
    config:
      sellerId: ${amazon.seller}
      marketplaceId: ATVPDKIKX0DER
      clientId: ${amazon.clientId}
      clientSecret: storm:lwa
      refreshToken: storm:refresh
      url: http://amazon.sim
      queue: { url: '${QUEUE.url}', arn: '${QUEUE.arn}', accessKeyId: storm:aws-id, secretAccessKey: storm:aws }
      locations: [{ locationId: DEFAULT, pool: ${WAREHOUSE} }]
      requestTimeoutMs: 0
  mirakl:
    connector: mirakl
    config:
      url: http://market.sim
      shopKey: storm:market
      location: { locationId: main, pool: ${WAREHOUSE} }
      ordersEveryMinutes: 1
      requestTimeoutMs: 0
  ${ERP}:
    connector: odoo
    config: { url: 'http://odoo.sim', database: retail, user: hub@example.com, apiKey: 'storm:odoo' }
policy:
  stock: { mode: ${mode}, scarceBelow: 0 }
  channels:
${Object.entries(LOCATIONS)
  .map(
    ([name, location]) =>
      `    ${name}: { pool: ${WAREHOUSE}, locations: [{ locationId: '${location}', pool: ${WAREHOUSE} }] }`,
  )
  .join('\n')}
`
