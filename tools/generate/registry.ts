/**
 * The files that are written from what the code knows, so that they cannot say something else. To add one: write a
 * function that returns its text, and a line below. `node tools/generate.ts` writes them, `--check` compares.
 */
import { channelListing, erpProduct } from '../../src/canon/product.ts'
import { order } from '../../src/canon/order.ts'
import { faultsPage } from './faults-page.ts'
import { roomsPage } from './rooms-page.ts'
import { jsonSchema } from './schemas.ts'

export interface Generated {
  /** From the root of the project. */
  path: string
  content(): Promise<string> | string
}

export const GENERATED: readonly Generated[] = [
  { path: 'docs/reference/rooms.md', content: roomsPage },
  { path: 'docs/reference/faults.md', content: faultsPage },
  { path: 'docs/reference/schemas/order.json', content: () => jsonSchema('order', order) },
  { path: 'docs/reference/schemas/erp-product.json', content: () => jsonSchema('erp-product', erpProduct) },
  { path: 'docs/reference/schemas/channel-listing.json', content: () => jsonSchema('channel-listing', channelListing) },
]
