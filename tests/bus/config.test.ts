/** What is wrong with the bus or a subscriber in the configuration is told with its line. */
import { expect, test } from 'vitest'
import { hubConf } from '#engine/bus/server-conf.ts'
import { type ConfigError, parseConfig } from '../../src/config.ts'

const BASE = `erp: odoo
connections:
  odoo: { connector: odoo }
  shop:
    connector: shopify
    intake: bus
policy: { channels: { shop: { pool: WH } } }
`
const BUS = 'bus: { servers: [nats://127.0.0.1:4222] }\n'

function problemsOf(text: string) {
  try {
    parseConfig(text)
    return []
  } catch (error) {
    return (error as ConfigError).problems.map(({ line, path, message }) => ({ line, path, message }))
  }
}

test('a connection on a bus that is not there', () => {
  expect(problemsOf(BASE)).toMatchObject([{ line: 6, path: 'connections.shop.intake' }])
  expect(problemsOf(BASE + BUS)).toEqual([])
})

test.each([
  ['credentials in an address', 'bus: { servers: ["nats://user:pass@host:4222"] }', 'bus.servers.0'],
  ['no servers', 'bus: { servers: [] }', 'bus.servers'],
  ['two copies, which no majority survives', 'bus: { servers: [nats://a:1], replicas: 2 }', 'bus.replicas'],
  ['a shop of no connection', 'bus: { servers: [nats://a:1], edges: { harbour: { domain: d, connection: x } } }', 'bus.edges.harbour.connection'],
  ['an unknown option', 'bus: { servers: [nats://a:1], copies: 3 }', 'bus'],
])('%s', (_, text, path) => {
  expect(problemsOf(BASE + text)).toMatchObject([{ line: 8, path }])
}) // prettier-ignore

test.each([
  ['neither url nor bus', '{ types: [order.placed] }', 'subscribers.erp'],
  ['both', "{ types: [order.placed], url: 'https://a.example', secret: 'env:A', bus: true }", 'subscribers.erp'],
  ['a url and no secret', "{ types: ['*'], url: 'https://a.example' }", 'subscribers.erp'],
  ['two patterns on the bus', "{ types: ['order.*', 'stock.*'], bus: true }", 'subscribers.erp.types'],
  ['people on the bus', "{ types: ['*'], bus: true, personalData: full }", 'subscribers.erp.personalData'],
  ['no event', "{ types: ['Order placed'], bus: true }", 'subscribers.erp.types.0'],
])('a subscriber with %s', (_, subscriber, path) => {
  expect(problemsOf(`${BASE}${BUS}subscribers:\n  erp: ${subscriber}\n`)).toMatchObject([{ line: 10, path }])
})

test('no password stands in the configuration of a server', () => {
  const node = {
    name: 'a', host: 'h', clientPort: 1, clusterPort: 2, leafPort: 3, storeDirectory: '/s', storeMax: '1GB', routes: [],
  } // prettier-ignore
  expect(hubConf(node, { user: 'crossdock', passwordVariable: 'NATS_PASSWORD' })).toContain('password: $NATS_PASSWORD')
})
