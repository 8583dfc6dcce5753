/** What changes in an order that the ERP has: its lines, where its goods leave from; and what is told again. */
import type { EditEvent } from '#core/order/edit.ts'
import type { OrderEvent } from '#core/order/order.ts'
import type { MovedPieces, MoveEvent } from '#core/order/moving.ts'
import type { RouteEvent } from '#core/route/route.ts'

type Told =
  | EditEvent
  | MoveEvent
  | Extract<OrderEvent, { type: 'order.resent' }>
  | Extract<RouteEvent, { type: 'route.unpinned' }>

const listed = (moved: readonly MovedPieces[]): string =>
  moved.map(({ sku, quantity, from }) => `${quantity} × ${sku} (at ${from})`).join(', ')

export const MOVE_WORDS: {
  readonly [T in Told['type']]: string | ((event: Extract<Told, { type: T }>) => string)
} = {
  'order.changeRequested': 'The ERP is asked to change its sale',
  'order.changeCarried': 'The sale in the ERP is what the order is now',
  'order.changeRefused': ({ outcome }) =>
    outcome === 'failed' ? 'The change of the sale failed' : 'The sale was not changed: a person has to look',
  'order.changeDropped': 'Pieces were taken off after everything had left: they are returned goods',
  'order.changeRetried': 'The ERP is asked again to change its sale',
  'order.moveAsked': ({ pieces: moved, to, by }) => `${by} has ${listed(moved)} leave from ${to}`,
  'order.moveGranted': ({ sku, to }) => `${to} has set ${sku} aside`,
  'order.moveRecalled': ({ from }) => `${from} is asked to send nothing of it`,
  'order.moveSent': ({ pieces: moved, to }) => `The ERP's delivery of ${listed(moved)} ends, and one from ${to} begins`,
  'order.moved': ({ pieces: moved, to }) => `${listed(moved)} leaves from ${to}, and is let go where it was`,
  'order.moveRefused': ({ skus, to }) => `${skus.join(', ')} stays: it cannot leave from ${to}`,
  'order.moveFailed': ({ to }) => `The ERP could not be told that it leaves from ${to}`,
  'route.unpinned': ({ pool, skus }) => `${pool} has not enough of ${skus.join(', ')}`,
  'order.resent': 'The channel is told of all parcels again',
}
