/** What the hub asks of Shopify's stock, each as an ensure. Fulfilments stand in `fulfilment.ts`. */
import { Fault } from '../../fault.ts'
import type { Ask, Answer } from '#core/intents.ts'
import type { Sent } from '../kit/connector.ts'
import type { Caller } from './graphql.ts'
import { gid } from './ids.ts'
import { readAvailable, setAvailable } from './operations.ts'
import { quotable } from './wire.ts'

/**
 * What can be sold at one location right now, by the shop's own clock, and whether that has never changed: then nothing
 * was ever sold from there. Throws `rejected` for an item or place that is not there. Of a shop with several locations
 * most items are stocked at some of them: at the others it is nothing.
 */
export async function inventoryRead(
  graphql: Caller,
  ask: Ask<'inventory.read'>,
  placed = false,
): Promise<Answer<'inventory.read'>> {
  const { data, at } = await graphql.timed(readAvailable, {
    item: gid('InventoryItem', ask.inventoryItemId),
    location: gid('Location', ask.locationId),
  })
  const { inventoryItem } = data
  if (!inventoryItem)
    throw rejected('unknown_item', `The shop has no inventory item for ${ask.sku} any more. Read its products again.`)
  const { createdAt = '', quantities = [] } = inventoryItem.inventoryLevel ?? {}
  const known = (wanted: string) => quantities.find(({ name }) => name === wanted)
  const available = known('available')
  if (available) {
    const untouched = (available.updatedAt ?? createdAt) <= createdAt && known('committed')?.quantity === 0
    return { available: available.quantity, ...(at === null ? {} : { at }), ...(untouched ? { untouched } : {}) }
  }
  if (placed) return { available: 0, ...(at === null ? {} : { at }), untouched: true }
  throw rejected(
    'not_stocked',
    `${ask.sku} is not stocked at location ${ask.locationId}. Activate it there in the shop.`,
  )
}

/**
 * Compare-and-set under the intent's own key: a repeat gives the first answer. After a stale compare nothing was
 * changed, and the answer says what is there now.
 */
export async function inventorySet(
  graphql: Caller,
  { key, ask }: Sent<'inventory.set'>,
): Promise<Answer<'inventory.set'>> {
  const { inventorySetQuantities: answer } = await graphql.call(setAvailable, {
    key,
    input: {
      name: 'available',
      reason: 'correction',
      referenceDocumentUri: `gid://crossdock/Stock/${encodeURIComponent(ask.sku)}`,
      quantities: [
        {
          inventoryItemId: gid('InventoryItem', ask.inventoryItemId),
          locationId: gid('Location', ask.locationId),
          quantity: ask.to,
          changeFromQuantity: ask.from,
        },
      ],
    },
  })
  const [error] = answer.userErrors
  if (!error) return { outcome: 'set' }
  switch (error.code) {
    case 'CHANGE_FROM_QUANTITY_STALE':
    case 'COMPARE_QUANTITY_STALE':
    // The first attempt under this key was refused and its answer lost: it was stale then, and nothing was changed.
    case 'IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED':
      return { outcome: 'stale', available: (await inventoryRead(graphql, ask)).available }
    case 'IDEMPOTENCY_CONCURRENT_REQUEST':
      throw new Fault('conflict', `An earlier attempt to set ${ask.sku} is still running at Shopify.`, {
        code: 'shopify.concurrent',
      })
    case 'IDEMPOTENCY_KEY_PARAMETER_MISMATCH':
      throw rejected('key_mismatch', `Bug: the key for setting ${ask.sku} was used before with other numbers.`)
    default:
      throw rejected(
        error.code?.toLowerCase() ?? 'refused',
        `Shopify refused to set ${ask.sku}: ${quotable(error.message)}`,
      )
  }
}

export const rejected = (code: string, message: string): Fault =>
  new Fault('rejected', message, { code: `shopify.${code}` })
