/** What ShipBob shows of orders, shipments and returns, as its contract says. */
import type { OrderRow, ReturnRow, ShipmentRow } from './state.ts'

/** Of the whole order, by its shipments. */
export function statusOf({ shipments }: OrderRow): string {
  const live = shipments.filter(({ status }) => status !== 'Cancelled')
  if (live.length === 0) return 'Cancelled'
  if (live.every(({ status }) => status === 'Completed')) return 'Fulfilled'
  if (live.some(({ status }) => status === 'Completed')) return 'PartiallyFulfilled'
  return live.some(({ status }) => status === 'Exception') ? 'Exception' : 'Processing'
}

export const shipmentView = (row: ShipmentRow, order: OrderRow) => ({
  id: row.id,
  order_id: row.orderId,
  reference_id: order.body.reference_id,
  status: row.status,
  created_date: order.createdAt,
  last_update_at: row.updatedAt,
  actual_fulfillment_date: row.shippedAt,
  require_signature: false,
  is_tracking_uploaded: row.tracking !== null,
  ship_option: order.body['shipping_method'] as string,
  status_details:
    row.reason === null
      ? []
      : [{ id: 1, name: row.reason, description: null, inventory_id: null, exception_fulfillment_center_id: null }],
  tracking: {
    ...(row.tracking ?? { carrier: null, tracking_number: null, tracking_url: null }),
    carrier_service: null,
    shipping_date: row.shippedAt,
  },
  products: row.pieces.map(({ sku, quantity }, index) => ({
    id: index + 1,
    name: sku,
    reference_id: sku,
    sku,
    inventory_items: [
      {
        id: index + 1,
        name: sku,
        quantity,
        quantity_committed: quantity - (row.short.find((one) => one.sku === sku)?.quantity ?? 0),
        is_dangerous_goods: false,
        lot: null,
        expiration_date: null,
        serial_numbers: [],
      },
    ],
  })),
})

export const orderView = (row: OrderRow, channelId: number) => ({
  id: row.id,
  created_date: row.createdAt,
  purchase_date: (row.body['purchase_date'] as string | undefined) ?? null,
  reference_id: row.body.reference_id,
  order_number: (row.body['order_number'] as string | undefined) ?? null,
  status: statusOf(row),
  type: row.body['type'] as string,
  channel: { id: channelId, name: 'Crossdock' },
  shipping_method: row.body['shipping_method'] as string,
  recipient: row.body['recipient'],
  products: (row.body['products'] as Record<string, unknown>[]).map((one, index) => ({ id: index + 1, ...one })),
  tags: [],
  shipments: row.shipments.map((one) => shipmentView(one, row)),
})

export const updatedAt = ({ shipments, createdAt }: OrderRow): string =>
  shipments.reduce((last, one) => (one.updatedAt > last ? one.updatedAt : last), createdAt)

export const returnView = ({ id, reference, items, completedAt }: ReturnRow, channelId: number) => ({
  id,
  reference_id: `R-${id}`,
  store_order_id: reference,
  status: 'Completed',
  return_type: 'Regular',
  insert_date: completedAt,
  completed_date: completedAt,
  channel: { id: channelId, name: 'Crossdock' },
  inventory: items.map(({ sku, quantity, action }, index) => ({
    id: index + 1,
    name: sku,
    sku,
    quantity,
    action_taken: [{ action, action_reason: null, image_url: null, quantity_processed: quantity }],
  })),
})
