/** docs/reference/connectors.md: what each connector can do, as its face says. */
import { CONNECTORS } from '../../src/connectors/catalogue.ts'
import type { Connection, Connector } from '../../src/connectors/kit/connector.ts'
import type { IntentType } from '../../src/core/intents.ts'
import { INTENT_WORDS } from '../../src/insight/call-words.ts'
import { realIo } from '../../src/io.ts'
import { page, table } from './page.ts'

/** What each connector needs to be opened. Nothing is called: the face only has to be seen. */
const CONFIGS: Readonly<Record<string, unknown>> = {
  direct: { key: 'env:KEY' },
  shopify: { shop: 'example.myshopify.com', clientId: 'id', clientSecret: 'env:SECRET' },
  mirakl: { url: 'https://marketplace.example.com', shopKey: 'env:KEY', location: { locationId: 'main', pool: 'WH' } },
  amazon: {
    sellerId: 'A1',
    marketplaceId: 'ATVPDKIKX0DER',
    clientId: 'id',
    clientSecret: 'env:SECRET',
    refreshToken: 'env:TOKEN',
    queue: {
      url: 'https://sqs.us-east-1.amazonaws.com/1/crossdock',
      arn: 'arn:aws:sqs:us-east-1:1:crossdock',
      accessKeyId: 'env:AWS_ID',
      secretAccessKey: 'env:AWS_SECRET',
    },
  },
  odoo: { url: 'https://odoo.example.com', database: 'retail', user: 'hub', apiKey: 'env:KEY' },
  woocommerce: {
    url: 'https://shop.example.com', consumerKey: 'key', consumerSecret: 'env:SECRET', webhookSecret: 'env:HOOK', pool: 'WH',
  },
  stripe: { secretKey: 'env:KEY' },
  paypal: { clientId: 'id', clientSecret: 'env:SECRET' },
  signifyd: { teamKey: 'env:KEY' },
  shipbob: { token: 'env:KEY', channelId: 1 },
  x12: { folder: 'edi', warehouse: 'EDI', us: { id: 'RETAILER' }, them: { id: 'WAREHOUSE' }, channels: {} },
  supplier: { folder: 'acme', supplier: { name: 'Acme' }, format: { columns: { article: 'A', price: 'P' }, currency: 'USD' } },
  square: { merchantId: 'ML', accessToken: 'env:TOKEN' },
  easypost: { apiKey: 'env:KEY' },
  uber: { customerId: 'cus_1', clientId: 'id', clientSecret: 'env:SECRET' },
  till: { stores: { 'store-1': { keys: ['env:KEY'] } }, folder: 'tills' },
} // prettier-ignore

const INTENTS = Object.keys(INTENT_WORDS) as IntentType[]

export function connectorsPage(): string {
  const all = Object.entries(CONNECTORS).map(([name, connector]) => ({
    name,
    connector,
    connection: opened(name, connector),
  }))
  const names = all.map(({ name }) => name)
  return page(
    'Connectors',
    'src/connectors/*/index.ts',
    'What each connector does. An *intent* is something the hub asks of a system; a *feed* reads what webhooks lose. Intents of one *lane* never run at the same time.',
    table(
      ['', ...names],
      [
        ['API version', ...all.map(({ connector }) => connector.api.version)],
        ['supported by the vendor until', ...all.map(({ connector }) => connector.api.endOfLife ?? 'not announced')],
        ['takes webhooks', ...all.map(({ connection }) => (connection.receive ? 'yes' : 'no'))],
        ...INTENTS.map((intent) => [`\`${intent}\``, ...all.map(({ connection }) => intentCell(connection, intent))]),
      ],
    ),
    ...all.flatMap(({ name, connector, connection }) => [
      `## ${name}`,
      `[What it does and how to set it up](../../src/connectors/${name}/README.md)`,
      regular(connection),
      ...permissions(connector.scopes),
    ]),
  )
}

const permissions = (scopes: Readonly<Record<string, string>>): string[] =>
  Object.keys(scopes).length === 0
    ? []
    : [table(['permission', 'why'], Object.entries(scopes).map(([scope, why]) => [`\`${scope}\``, why]))] // prettier-ignore

const opened = (name: string, { config, open }: Connector<unknown>): Connection =>
  open(config.parse(CONFIGS[name]), { name, io: realIo(), hookUrl: `https://hub.example.com/hooks/${name}` })

function intentCell({ outbound }: Connection, intent: IntentType): string {
  const one = outbound[intent]
  if (!one) return ''
  const more = [one.batch && one.batch > 1 ? `${one.batch} at a time` : '', one.serial ? `lane \`${one.serial}\`` : '']
  return ['yes', ...more.filter((word) => word !== '')].join(', ')
}

function regular({ feeds, upkeep }: Connection): string {
  const rows = (kind: string, all: Readonly<Record<string, { everyMs: number }>>) =>
    Object.entries(all).map(([name, { everyMs }]) => [kind, `\`${name}\``, `${everyMs / 1_000} s`])
  return table(['regular work', 'name', 'every'], [...rows('feed', feeds), ...rows('upkeep', upkeep)])
}
