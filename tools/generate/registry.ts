/**
 * The files that are written from what the code knows, so that they cannot say something else. To add one: write a
 * function that returns its text, and a line below. `node tools/generate.ts` writes them, `--check` compares.
 */
import { directOrder } from '../../src/connectors/direct/body.ts'
import { invoiceReference, shipment, stockLevel } from '../../src/canon/goods.ts'
import { channelListing, erpProduct } from '../../src/canon/product.ts'
import { order } from '../../src/canon/order.ts'
import { receipt, tillRecord } from '../../src/canon/receipt.ts'
import { commandsPage } from './commands-page.ts'
import { asyncApiDocument } from './asyncapi.ts'
import { configurationPage } from './configuration-page.ts'
import { connectorsPage } from './connectors-page.ts'
import { errorsPage } from './errors-page.ts'
import { eventsPage } from './events-page.ts'
import { metricsPage } from './metrics-page.ts'
import { natsHub, natsLeaf } from './nats.ts'
import { openApiDocument } from './openapi.ts'
import { orderPage } from './order-page.ts'
import { roomsPage } from './rooms-page.ts'
import { jsonSchema } from './schemas.ts'

export interface Generated {
  /** From the root of the project. */
  path: string
  content(): Promise<string> | string
}

export const GENERATED: readonly Generated[] = [
  { path: 'docs/reference/rooms.md', content: roomsPage },
  { path: 'docs/reference/configuration.md', content: configurationPage },
  { path: 'docs/reference/commands.md', content: commandsPage },
  { path: 'docs/reference/connectors.md', content: connectorsPage },
  { path: 'docs/reference/order-statuses-and-exceptions.md', content: orderPage },
  { path: 'docs/reference/events.md', content: eventsPage },
  { path: 'docs/reference/errors.md', content: errorsPage },
  { path: 'docs/reference/metrics.md', content: metricsPage },
  { path: 'docs/reference/openapi.json', content: openApiDocument },
  { path: 'docs/reference/asyncapi.json', content: asyncApiDocument },
  { path: 'deploy/nats/hub-1.conf', content: () => natsHub(1) },
  { path: 'deploy/nats/hub-2.conf', content: () => natsHub(2) },
  { path: 'deploy/nats/hub-3.conf', content: () => natsHub(3) },
  { path: 'deploy/nats/shop.conf', content: natsLeaf },
  { path: 'docs/reference/schemas/order.json', content: () => jsonSchema('order', order) },
  { path: 'docs/reference/schemas/direct-order.json', content: () => jsonSchema('direct-order', directOrder) },
  { path: 'docs/reference/schemas/receipt.json', content: () => jsonSchema('receipt', receipt) },
  { path: 'docs/reference/schemas/till-record.json', content: () => jsonSchema('till-record', tillRecord) },
  { path: 'docs/reference/schemas/erp-product.json', content: () => jsonSchema('erp-product', erpProduct) },
  { path: 'docs/reference/schemas/channel-listing.json', content: () => jsonSchema('channel-listing', channelListing) },
  { path: 'docs/reference/schemas/stock-level.json', content: () => jsonSchema('stock-level', stockLevel) },
  { path: 'docs/reference/schemas/shipment.json', content: () => jsonSchema('shipment', shipment) },
  {
    path: 'docs/reference/schemas/invoice-reference.json',
    content: () => jsonSchema('invoice-reference', invoiceReference),
  },
]
