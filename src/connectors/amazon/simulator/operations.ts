/** The operations of the simulated API: each takes a checked request and gives a status with a body. */
import { LISTINGS_REPORT, SETTLEMENT_REPORT } from '../reports.ts'
import { tellOrder } from './notify.ts'
import { patchesIn, submit } from './changes.ts'
import { listingView, orderView } from './views.ts'
import { moment, type Order, type Report, type World } from './state.ts'

export interface Asked {
  path: Readonly<Record<string, string>>
  query: URLSearchParams
  body: Record<string, unknown>
  /** Where documents can be fetched: the host the request was for. */
  origin: string
}

export interface Answer {
  status: number
  body?: unknown
}

type Operation = (world: World, asked: Asked) => Answer

const ok = (body: unknown, status = 200): Answer => ({ status, body })
export const refuse = (status: number, code: string, message: string, details = ''): Answer => ({
  status,
  body: { errors: [{ code, message, details }] },
})
const invalid = (message: string): Answer => refuse(400, 'InvalidInput', message)
const missing = (message: string): Answer => refuse(404, 'NotFound', message)

const setOf = (query: URLSearchParams, name: string): Set<string> =>
  new Set(query.getAll(name).flatMap((one) => one.split(',')))

/** Amazon lists nothing newer than this. */
const SETTLE_MS = 120_000
const TOKEN_LIFE_MS = 86_400_000
const DAY_MS = 86_400_000

interface Place {
  by: 'createdAt' | 'updatedAt'
  from: number
  to: number
  /** The last one that was listed. */
  last: [number, string] | null
  issuedAt: number
}

const searchOrders: Operation = (world, { query }) => {
  const { state, io } = world
  const [created, updated, token] = ['createdAfter', 'lastUpdatedAfter', 'paginationToken'].map((name) =>
    query.get(name),
  )
  if (Boolean(created) === Boolean(updated))
    return invalid('Exactly one of createdAfter and lastUpdatedAfter is required.')
  if (!setOf(query, 'marketplaceIds').has(world.marketplaceId)) return invalid('marketplaceIds is required.')
  const size = Number(query.get('maxResultsPerPage') ?? 100)
  if (!(size >= 1 && size <= 100)) return invalid('maxResultsPerPage must be between 1 and 100.')
  const from = Date.parse((created ?? updated)!)
  if (Number.isNaN(from)) return invalid('The date is not in ISO 8601 format.')
  const by = created ? 'createdAt' : 'updatedAt'
  const place = token ? placeOf(token) : { by, from, to: io.now() - SETTLE_MS, last: null, issuedAt: io.now() }
  if (!place || place.by !== by || place.from !== from) return invalid('paginationToken does not fit the filters.')
  if (io.now() - place.issuedAt > TOKEN_LIFE_MS) return invalid('paginationToken has expired.')
  const { to, last } = place as Place
  const key = (order: Order): [number, string] => [order[by as 'createdAt'], order.id]
  const all = [...state.orders.values()]
    .filter((order) => order[by as 'createdAt'] >= from && order[by as 'createdAt'] <= to)
    .filter(
      (order) =>
        !last || order[by as 'createdAt'] > last[0] || (order[by as 'createdAt'] === last[0] && order.id > last[1]),
    )
    .sort((a, b) => key(a)[0] - key(b)[0] || (a.id < b.id ? -1 : 1))
  const page = all.slice(0, size)
  const included = setOf(query, 'includedData')
  const next = all.length > size ? tokenOf({ ...(place as Place), last: key(page.at(-1)!) }) : null
  return ok({
    orders: page.map((order) => orderView(world, order, included)),
    ...(next ? { pagination: { nextToken: next } } : {}),
    [by === 'createdAt' ? 'createdBefore' : 'lastUpdatedBefore']: moment(Math.max(to, 0)),
  })
}

const tokenOf = (place: Place): string => Buffer.from(JSON.stringify(place)).toString('base64url')

function placeOf(token: string): Place | null {
  try {
    return JSON.parse(Buffer.from(token, 'base64url').toString()) as Place
  } catch {
    return null
  }
}

const getOrder: Operation = (world, { path, query }) => {
  const order = world.state.orders.get(path['orderId']!)
  if (!order) return missing(`Order ${path['orderId']} was not found.`)
  return ok({ order: orderView(world, order, setOf(query, 'includedData')) })
}

interface PackageDetail {
  packageReferenceId?: string
  carrierCode?: string
  carrierName?: string
  trackingNumber?: string
  shipDate?: string
  orderItems?: { orderItemId: string; quantity: number }[]
}

const confirmShipment: Operation = (world, { path, body }) => {
  const order = world.state.orders.get(path['orderId']!)
  if (!order) return missing('The order was not found.')
  const detail = (body['packageDetail'] ?? {}) as PackageDetail
  const { packageReferenceId: reference, carrierCode, carrierName, trackingNumber, shipDate, orderItems } = detail
  if (body['marketplaceId'] !== world.marketplaceId) return invalid('marketplaceId does not fit the order.')
  if (!reference || !/^[1-9]\d*$/.test(reference)) return invalid('packageReferenceId must be a positive number.')
  if (!carrierCode || !trackingNumber || !orderItems?.length) return invalid('packageDetail is incomplete.')
  if (carrierCode === 'Other' && !carrierName) return invalid('carrierName is required when carrierCode is Other.')
  const shippedAt = Date.parse(shipDate ?? '')
  if (Number.isNaN(shippedAt) || shippedAt > world.io.now() + DAY_MS) return invalid('shipDate is invalid.')
  if (order.fulfilledBy === 'AMAZON') return invalid('The order is fulfilled by Amazon.')
  if (order.status === 'CANCELLED') return invalid('The order is cancelled.')
  const before = order.packages.find((one) => one.reference === reference)
  if (order.status === 'PENDING') return invalid('The order is pending.')
  const held = (id: string): number => before?.items.find(({ itemId }) => itemId === id)?.quantity ?? 0
  for (const { orderItemId, quantity } of orderItems) {
    const item = order.items.find(({ id }) => id === orderItemId)
    if (!item) return invalid(`The order has no item ${orderItemId}.`)
    if (item.shipped - held(orderItemId) + quantity > item.ordered - item.cancelled)
      return invalid(`More of item ${orderItemId} would be shipped than was ordered.`)
  }
  for (const { orderItemId, quantity } of orderItems)
    order.items.find(({ id }) => id === orderItemId)!.shipped += quantity - held(orderItemId)
  order.packages = order.packages.filter((one) => one !== before)
  order.packages.push({
    reference, carrier: carrierName ?? carrierCode, trackingNumber, shippedAt, createdAt: world.io.now(),
    items: orderItems.map(({ orderItemId: itemId, quantity }) => ({ itemId, quantity })),
  }) // prettier-ignore
  const whole = order.items.every(({ ordered, cancelled, shipped }) => shipped >= ordered - cancelled)
  order.status = whole ? 'SHIPPED' : 'PARTIALLY_SHIPPED'
  if (whole) order.shippedAt ??= world.io.now()
  order.updatedAt = world.io.now()
  tellOrder(world, order, 'Shipped')
  return { status: 204 }
}

const offerOf = ({ state, options }: World, { path }: Asked) => {
  const listing = path['sellerId'] === options.sellerId ? state.listings.get(path['sku']!) : undefined
  return listing && !listing.deleted ? listing : undefined
}

const getListingsItem: Operation = (world, asked) => {
  const listing = offerOf(world, asked)
  if (!listing) return missing(`SKU '${asked.path['sku']}' not found in marketplace ${world.marketplaceId}.`)
  const included = setOf(asked.query, 'includedData')
  return ok(listingView(world, listing, included.size > 0 ? included : new Set(['summaries'])))
}

const patchListingsItem: Operation = (world, asked) => {
  const listing = offerOf(world, asked)
  if (!listing) return missing(`SKU '${asked.path['sku']}' not found in marketplace ${world.marketplaceId}.`)
  const patches = patchesIn(asked.body['patches'])
  if (typeof patches === 'string') return invalid(patches)
  const id = `submission-${world.next()}`
  const issues = submit(world, listing, { id, patches, productType: String(asked.body['productType']) })
  return ok({ sku: listing.sku, status: issues.length > 0 ? 'INVALID' : 'ACCEPTED', submissionId: id, issues })
}

const createFeedDocument: Operation = (world, { body, origin }) => {
  if (typeof body['contentType'] !== 'string') return invalid('contentType is required.')
  const id = `amzn1.tortuga.4.na.${world.next()}`
  world.state.documents.set(id, { id, text: '', gzip: false })
  const url = `${origin}/presigned/${encodeURIComponent(id)}?until=${world.io.now() + PRESIGNED_MS}`
  return ok({ feedDocumentId: id, url }, 201)
}

const createFeed: Operation = (world, { body }) => {
  const { state, io, options } = world
  const documentId = String(body['inputFeedDocumentId'])
  if (body['feedType'] !== 'JSON_LISTINGS_FEED') return invalid('This feed type is not simulated.')
  if (!(body['marketplaceIds'] as string[] | undefined)?.includes(world.marketplaceId))
    return invalid('marketplaceIds is required.')
  if (!state.documents.get(documentId)?.text) return invalid('inputFeedDocumentId is invalid.')
  const id = String(60_000_000_000 + world.next())
  state.feeds.set(id, { id, documentId, dueAt: io.now() + (options.processingMs ?? 30_000), done: false })
  return ok({ feedId: id }, 202)
}

const createReport: Operation = (world, { body }) => {
  const { state, io, options } = world
  if (body['reportType'] === SETTLEMENT_REPORT) return invalid('Reports of this type cannot be requested.')
  if (body['reportType'] !== LISTINGS_REPORT) return invalid('This report type is not simulated.')
  const id = String(50_000_000_000 + world.next())
  const dueAt = io.now() + (options.processingMs ?? 30_000)
  state.reports.set(id, { id, type: LISTINGS_REPORT, createdAt: io.now(), dueAt, documentId: null, cancelled: false })
  return ok({ reportId: id }, 202)
}

const getReport: Operation = (world, { path }) => {
  const report = world.state.reports.get(path['reportId']!)
  return report ? ok(reportView(world, report)) : missing('The report was not found.')
}

function reportView({ marketplaceId }: World, report: Report) {
  const status = report.documentId !== null ? 'DONE' : report.cancelled ? 'CANCELLED' : 'IN_PROGRESS'
  return {
    reportId: report.id, reportType: report.type, marketplaceIds: [marketplaceId],
    createdTime: moment(report.createdAt),
    processingStatus: status, ...(report.documentId === null ? {} : { reportDocumentId: report.documentId }),
  } // prettier-ignore
}

const REPORTS_KEPT_MS = 90 * DAY_MS

/** The newest first; a token stands alone and holds the filters. */
const getReports: Operation = (world, { query }) => {
  const { state, io } = world
  const token = query.get('nextToken')
  if (token !== null && query.size > 1) return invalid('nextToken must be the only parameter.')
  const asked = token === null ? query : new URLSearchParams(Buffer.from(token, 'base64url').toString())
  const types = setOf(asked, 'reportTypes')
  if (types.size === 0 || types.size > 10) return invalid('Between 1 and 10 reportTypes or a nextToken are required.')
  const size = Number(asked.get('pageSize') ?? 10)
  if (!(size >= 1 && size <= 100)) return invalid('pageSize must be between 1 and 100.')
  const since = Date.parse(asked.get('createdSince') ?? moment(io.now() - REPORTS_KEPT_MS))
  if (Number.isNaN(since)) return invalid('createdSince is not in ISO 8601 format.')
  const stores = setOf(asked, 'marketplaceIds')
  const kept = Math.max(since, io.now() - REPORTS_KEPT_MS)
  const found = [...state.reports.values()]
    .filter(({ type, createdAt }) => types.has(type) && createdAt >= kept)
    .filter(() => stores.size === 0 || stores.has(world.marketplaceId))
    .sort((a, b) => b.createdAt - a.createdAt || (a.id < b.id ? 1 : -1))
  const from = Number(asked.get('from') ?? 0)
  const next = new URLSearchParams(asked)
  next.set('from', String(from + size))
  return ok({
    reports: found.slice(from, from + size).map((one) => reportView(world, one)),
    ...(from + size < found.length ? { nextToken: Buffer.from(next.toString()).toString('base64url') } : {}),
  })
}

/** A presigned URL is good for five minutes. */
export const PRESIGNED_MS = 300_000

const getReportDocument: Operation = ({ state, io }, { path, origin }) => {
  const document = state.documents.get(path['reportDocumentId']!)
  if (!document) return missing('The document was not found.')
  return ok({
    reportDocumentId: document.id,
    url: `${origin}/presigned/${encodeURIComponent(document.id)}?until=${io.now() + PRESIGNED_MS}`,
    ...(document.gzip ? { compressionAlgorithm: 'GZIP' } : {}),
  })
}

const FBA_PER_PAGE = 50

const getInventorySummaries: Operation = ({ state, marketplaceId }, { query }) => {
  if (query.get('granularityId') !== marketplaceId) return invalid('granularityId must be the marketplace.')
  const skus = [...state.fba.keys()].sort()
  const from = Number(query.get('nextToken') ?? 0)
  const inventorySummaries = skus.slice(from, from + FBA_PER_PAGE).map((sku) => {
    const { fulfillable, reserved, updatedAt } = state.fba.get(sku)!
    const listing = state.listings.get(sku)
    return {
      asin: listing?.asin ?? '', fnSku: `X00${sku}`, sellerSku: sku, condition: 'NewItem', productName: listing?.title ?? sku,
      lastUpdatedTime: moment(updatedAt), totalQuantity: fulfillable + reserved,
      inventoryDetails: {
        fulfillableQuantity: fulfillable,
        reservedQuantity: { totalReservedQuantity: reserved, pendingCustomerOrderQuantity: reserved },
      },
    } // prettier-ignore
  })
  const more = from + FBA_PER_PAGE < skus.length
  return ok({
    payload: { granularity: { granularityType: 'Marketplace', granularityId: marketplaceId }, inventorySummaries },
    ...(more ? { pagination: { nextToken: String(from + FBA_PER_PAGE) } } : {}),
  })
}

const getMarketplaceParticipations: Operation = ({ marketplaceId, currency }) => {
  const marketplace = {
    id: marketplaceId, name: 'Amazon.com', countryCode: 'US', defaultCurrencyCode: currency, defaultLanguageCode: 'en_US',
    domainName: 'www.amazon.com',
  } // prettier-ignore
  const participation = { isParticipating: true, hasSuspendedListings: false }
  return ok({ payload: [{ marketplace, participation, storeName: 'Dockside Goods' }] })
}

const getSubscription: Operation = ({ state }, { path, query }) => {
  const found = state.subscriptions.get(path['notificationType']!)
  const version = query.get('payloadVersion')
  if (!found || (version !== null && version !== found.version)) return missing('No subscription was found.')
  return ok({ payload: subscriptionView(found) })
}

const subscriptionView = ({ id, destinationId, version }: { id: string; destinationId: string; version: string }) => ({
  subscriptionId: id,
  destinationId,
  payloadVersion: version,
})

const createSubscription: Operation = (world, { path, body }) => {
  const { state } = world
  const type = path['notificationType']!
  if (!state.destinations.has(String(body['destinationId']))) return invalid('The destination does not exist.')
  if (state.subscriptions.has(type)) return refuse(409, 'Conflict', 'A subscription exists already.')
  const one = {
    id: `subscription-${world.next()}`,
    destinationId: String(body['destinationId']),
    version: String(body['payloadVersion']),
  }
  state.subscriptions.set(type, one)
  return ok({ payload: subscriptionView(one) })
}

const destinationView = (id: string, { name, arn }: { name: string; arn: string }) => ({
  destinationId: id,
  name,
  resource: { sqs: { arn } },
})

const getDestinations: Operation = ({ state }) =>
  ok({ payload: [...state.destinations].map(([id, one]) => destinationView(id, one)) })

const createDestination: Operation = (world, { body }) => {
  const specification = body['resourceSpecification'] as { sqs?: { arn?: string } } | undefined
  const arn = specification?.sqs?.arn
  if (!arn || typeof body['name'] !== 'string') return invalid('name and an SQS resource are required.')
  const found = [...world.state.destinations.values()].some((one) => one.arn === arn)
  if (found) return refuse(409, 'Conflict', 'The destination exists already.')
  const id = `destination-${world.next()}`
  world.state.destinations.set(id, { name: body['name'], arn })
  return ok({ payload: destinationView(id, { name: body['name'], arn }) })
}

export const SIMULATED: Readonly<Record<string, Operation>> = {
  searchOrders,
  getOrder,
  confirmShipment,
  getListingsItem,
  patchListingsItem,
  createFeedDocument,
  createFeed,
  getReports,
  createReport,
  getReport,
  getReportDocument,
  getInventorySummaries,
  getMarketplaceParticipations,
  getSubscription,
  createSubscription,
  getDestinations,
  createDestination,
}
