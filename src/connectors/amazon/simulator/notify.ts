/** What the marketplace tells the queue: an envelope per type, late, sometimes twice, for who subscribed. */
import type { Listing, Order, Report, World } from './state.ts'

/** With milliseconds, as the envelopes have it. */
const exact = (ms: number): string => new Date(ms).toISOString()

export interface Told {
  /** Members begin with a small letter in these types. */
  small?: boolean
  version: string
  payload: unknown
}

export function notify(world: World, type: string, { small = false, version, payload }: Told): void {
  const { state, io, options } = world
  const subscription = state.subscriptions.get(type)
  const arn = subscription && state.destinations.get(subscription.destinationId)?.arn
  if (!subscription || arn !== options.queue?.arn) return
  const id = `notification-${world.next()}`
  const [NotificationVersion, at] = [small ? '2020-09-04' : '1.0', io.now()]
  const metadata = {
    ApplicationId: `amzn1.sellerapps.app.${options.clientId}`, SubscriptionId: subscription.id,
    PublishTime: exact(at), NotificationId: id,
  } // prettier-ignore
  const envelope = {
    NotificationVersion, NotificationType: type, PayloadVersion: version, EventTime: exact(at), Payload: payload,
    NotificationMetadata: small ? lowered(metadata) : metadata,
  } // prettier-ignore
  const body = JSON.stringify(small ? lowered(envelope) : envelope)
  const times = io.random() < (options.doubled ?? 0.1) ? 2 : 1
  for (let time = 0; time < times; time += 1) {
    const visibleAt = at + world.between(options.notificationMs ?? [500, 5_000])
    state.messages.push({ id: `message-${world.next()}`, body, visibleAt, sentAt: at, received: 0, receipt: null })
  }
  state.counts.notified += 1
}

const lowered = (value: object): object =>
  Object.fromEntries(Object.entries(value).map(([name, one]) => [name.charAt(0).toLowerCase() + name.slice(1), one]))

const STATUS: Readonly<Record<Order['status'], string>> = {
  PENDING: 'Pending',
  UNSHIPPED: 'Unshipped',
  PARTIALLY_SHIPPED: 'PartiallyShipped',
  SHIPPED: 'Shipped',
  CANCELLED: 'Canceled',
  UNFULFILLABLE: 'Unfulfillable',
}

export function tellOrder(world: World, order: Order, reason: string, type = 'OrderStatusChange'): void {
  const { options, io, marketplaceId } = world
  const later = exact(order.createdAt + 3 * 86_400_000)
  const shipped = order.items.reduce((all, item) => all + item.shipped, 0)
  const open = order.items.reduce((all, item) => all + item.ordered - item.cancelled - item.shipped, 0)
  const payload = {
    OrderChangeNotification: {
      NotificationLevel: 'OrderLevel',
      SellerId: options.sellerId,
      AmazonOrderId: order.id,
      OrderChangeType: type,
      OrderChangeTrigger: { TimeOfOrderChange: exact(io.now()), ChangeReason: reason },
      Summary: {
        MarketplaceId: marketplaceId,
        OrderStatus: STATUS[order.status],
        PurchaseDate: exact(order.createdAt),
        DestinationPostalCode: order.buyer.address.postcode,
        FulfillmentType: order.fulfilledBy === 'AMAZON' ? 'AFN' : 'MFN',
        OrderType: 'StandardOrder',
        NumberOfItemsShipped: shipped,
        NumberOfItemsUnshipped: open,
        EarliestDeliveryDate: later,
        LatestDeliveryDate: later,
        EarliestShipDate: later,
        LatestShipDate: later,
        CancelNotifyDate: later,
        OrderPrograms: [],
        ShippingPrograms: [],
        OrderItems: order.items.map((item) => ({
          OrderItemId: item.id,
          SellerSKU: item.sku,
          SupplySourceId: '',
          OrderItemStatus: item.shipped < item.ordered - item.cancelled ? 'Unshipped' : 'Shipped',
          Quantity: item.ordered,
          QuantityShipped: item.shipped,
          IsBuyerRequestedCancel: item.cancelAsked,
          ItemEarliestDeliveryDate: later,
          ItemLatestDeliveryDate: later,
        })),
      },
    },
  }
  notify(world, 'ORDER_CHANGE', { version: '1.0', payload })
}

export function tellQuantity(world: World, { sku, quantity }: Listing): void {
  const payload = { SellerId: world.options.sellerId, FulfillmentChannelCode: 'DEFAULT', Sku: sku, Quantity: quantity }
  notify(world, 'LISTINGS_ITEM_MFN_QUANTITY_CHANGE', { version: '1.0', payload })
}

export function tellIssues(world: World, { sku, asin, broken }: Listing): void {
  const payload = {
    SellerId: world.options.sellerId, MarketplaceId: world.marketplaceId, Asin: asin, Sku: sku,
    Severities: broken ? ['ERROR'] : [], EnforcementActions: broken ? ['LISTING_SUPPRESSED'] : [],
  } // prettier-ignore
  notify(world, 'LISTINGS_ITEM_ISSUES_CHANGE', { version: '2023-12-13', payload })
}

export function tellStatus(world: World, { sku, asin, deleted, createdAt }: Listing): void {
  const payload = {
    SellerId: world.options.sellerId, MarketplaceId: world.marketplaceId, Asin: asin, Sku: sku,
    CreatedDate: exact(createdAt), Status: deleted ? ['DELETED'] : ['BUYABLE', 'DISCOVERABLE'],
  } // prettier-ignore
  notify(world, 'LISTINGS_ITEM_STATUS_CHANGE', { version: '1.0', payload })
}

/** A report is made, or given up. */
export function tellReport(world: World, { id, type, documentId }: Report): void {
  const { sellerId } = world.options
  const payload = {
    reportProcessingFinishedNotification: {
      sellerId, accountId: `amzn1.merchant.o.${sellerId}`, reportId: id, reportType: type,
      processingStatus: documentId === null ? 'CANCELLED' : 'DONE',
      ...(documentId === null ? {} : { reportDocumentId: documentId }),
    },
  } // prettier-ignore
  notify(world, 'REPORT_PROCESSING_FINISHED', { small: true, version: '2020-09-04', payload })
}

export function tellFba(world: World, sku: string): void {
  const stock = world.state.fba.get(sku)
  const listing = world.state.listings.get(sku)
  if (!stock || !listing) return
  const zero = { Working: 0, Shipped: 0, Receiving: 0 }
  const reserved = { WarehouseProcessing: 0, WarehouseTransfer: 0, PendingCustomerOrder: stock.reserved }
  const payload = {
    SellerId: world.options.sellerId,
    FNSKU: `X00${sku}`,
    ASIN: listing.asin,
    SKU: sku,
    FulfillmentInventoryByMarketplace: [
      {
        MarketplaceId: world.marketplaceId,
        ItemName: listing.title,
        FulfillmentInventory: {
          InboundQuantityBreakdown: zero, Fulfillable: stock.fulfillable, Unfulfillable: 0, Researching: 0,
          ReservedQuantityBreakdown: reserved, FutureSupplyBuyable: 0, PendingCustomerOrderInTransit: 0,
        }, // prettier-ignore
        Stores: [],
      },
    ],
  }
  notify(world, 'FBA_INVENTORY_AVAILABILITY_CHANGES', { version: '1.0', payload })
}
