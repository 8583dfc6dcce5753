/**
 * The other end: a seller's account at Square with its tills, its online orders, its stock and its webhooks. It is a
 * fetch, and through its control plane staff and customers act; `beliefs()` says what Square holds to be true.
 */
import type { OutgoingHook, Simulator, SimulatorIo } from '../../kit/simulator.ts'
import { ALL_SCOPES } from './endpoints-account.ts'
import { type HooksState, openHooks } from './hooks.ts'
import { openServer, type ServerState } from './server.ts'
import { openAccount, type ChangeRow, type Row, type SquareOptions, type State } from './state.ts'
import { openStock, SCALE } from './stock.ts'
import { type OfflineSale, openTrade, type Trade } from './trade.ts'

export type { SquareOptions } from './state.ts'
export type { NewOnlineOrder, NewSale } from './trade.ts'
export { RETRY_AFTER_MS } from './hooks.ts'

export interface NewItem {
  name: string
  sku: string
  /** Minor units. */
  price: number
  tracked?: boolean
  /** Pieces to begin with, at the first location. */
  stock?: number
}

/** What Square believes. Plain data, for an auditor. */
export interface SquareBeliefs {
  orders: {
    id: string
    locationId: string
    source: string
    state: string
    version: number | null
    createdAt: string
    total: number
    paid: number
    refunded: number
    lines: { uid: string; name: string; quantity: string }[]
    returns: { sourceId: string; uid: string; quantity: string }[]
    fulfilments: { uid: string; state: string; trackingNumber: string | null; metadata: Record<string, string> }[]
  }[]
  /** Pieces in stock, by location and SKU. */
  available: Record<string, Record<string, number>>
  counts: number
  subscriptions: number
  requests: number
  replays: number
}

export interface SquareShown {
  name: string
  /** Minor units. */
  price: number
  barcode: string
  taxable: boolean
  archived: boolean
  /** What else staff wrote of the item. */
  rest: Row
}

export interface SquareSimulator extends Simulator, Trade {
  addItem(item: NewItem): { itemId: string; variationId: string }
  updateItem(itemId: string, change: { name?: string; sku?: string; archived?: boolean; rest?: object }): void
  /** Another variation of an item. @returns its id. */
  addVariation(itemId: string, variation: { name: string; sku: string; price: number }): string
  /** What customers see of the SKU; null when there is none. */
  shows(sku: string): SquareShown | null
  deleteItem(itemId: string): void
  /** Staff take a count, as decimal if need be. */
  count(sku: string, pieces: number, locationId?: string): void
  /** Goods get broken: a loss without a sale. */
  waste(sku: string, pieces: number, locationId?: string): void
  beliefs(): SquareBeliefs
  /** All it remembers, as plain data without functions; what happens later does not change it. */
  snapshot(): unknown
  nextDueAt(): number | null
  onTheWay(): OutgoingHook[]
  /** The signature key of the subscription to an address. */
  signatureKey(url: string): string | null
  dropSubscriptions(): void
  disableSubscriptions(): void
  /** From now on only this token works. */
  setToken(token: string): void
  setScopes(scopes: readonly string[]): void
  /** The bank says yes to refunds by the API later: `settleRefund`. */
  setPendingRefunds(yes: boolean): void
  /** The seller withdraws the authorisation: the last webhook says so. */
  revoke(): void
}

interface Snapshot {
  state: State
  hooks: HooksState
  server: ServerState
  offline: OfflineSale[]
}

/** @param snapshot of an earlier account with the same options: the new one goes on where that one stood. */
export function createSquare(options: SquareOptions, io: SimulatorIo, snapshot?: unknown): SquareSimulator {
  const before = structuredClone(snapshot) as Snapshot | undefined
  const account = openAccount(options, io, before?.state)
  const { state } = account
  const hooks = openHooks(account, before?.hooks)
  const stock = openStock(account, (change) => tellCount(change))
  const tellCount = ({ variationId, locationId }: ChangeRow) =>
    hooks.emit('inventory.count.updated', {
      type: 'inventory_counts',
      id: account.id('counts'),
      object: { inventory_counts: [stock.countRow(variationId, locationId)] },
    })
  const offline = before?.offline ?? []
  const trade = openTrade(account, hooks, stock, offline)
  const server: ServerState = before?.server ?? {
    token: options.accessToken,
    scopes: options.scopes ?? ALL_SCOPES,
    keys: new Map(),
    requests: 0,
    replays: 0,
    window: { second: 0, count: 0 },
  }

  const main = () => [...state.locations.keys()][0]!
  const named = (sku: string) => [...state.variations.values()].find((one) => one.sku === sku && !one.deleted)!
  const tellCatalogue = () =>
    hooks.emit('catalog.version.updated', {
      type: 'catalog',
      object: { catalog_version: { updated_at: account.now() } },
    })
  const change = (itemId: string, what: object) => {
    const item = state.items.get(itemId)!
    Object.assign(item, what, { updatedAt: account.now(), version: item.version + 1 })
    tellCatalogue()
  }

  return {
    ...trade,
    fetch: openServer({ account, hooks, stock, state: server }),
    due: () => hooks.due(),
    nextDueAt: () => hooks.nextDueAt(),
    onTheWay: () => hooks.onTheWay(),
    addItem({ name, sku, price, tracked = true, stock: pieces }) {
      const itemId = account.id('item')
      const variationId = account.id('variation')
      state.items.set(itemId, {
        id: itemId,
        name,
        updatedAt: account.now(),
        version: 1,
        deleted: false,
        archived: false,
        variations: [variationId],
      })
      state.variations.set(variationId, {
        id: variationId,
        itemId,
        sku,
        name: 'Regular',
        price,
        tracked,
        deleted: false,
      })
      tellCatalogue()
      if (pieces !== undefined) counted(variationId, main(), pieces)
      return { itemId, variationId }
    },
    updateItem(itemId, { sku, ...what }) {
      const [first] = state.items.get(itemId)!.variations
      if (sku !== undefined) state.variations.get(first!)!.sku = sku
      change(itemId, what)
    },
    addVariation(itemId, { name, sku, price }) {
      const id = account.id('variation')
      state.variations.set(id, { id, itemId, sku, name, price, tracked: true, deleted: false })
      change(itemId, { variations: [...state.items.get(itemId)!.variations, id] })
      return id
    },
    shows(sku) {
      const one = [...state.variations.values()].find((each) => each.sku === sku && !each.deleted)
      const item = one && state.items.get(one.itemId)
      if (!item || item.deleted) return null
      const { name, archived, taxable = true } = item
      return { name, price: one.price, barcode: one.upc ?? '', taxable, archived, rest: item.rest ?? {} }
    },
    deleteItem(itemId) {
      for (const id of state.items.get(itemId)!.variations) state.variations.get(id)!.deleted = true
      change(itemId, { deleted: true })
    },
    count: (sku, pieces, locationId = main()) => counted(named(sku).id, locationId, pieces),
    waste(sku, pieces, locationId = main()) {
      stock.add({
        kind: 'ADJUSTMENT',
        variationId: named(sku).id,
        locationId,
        quantity: -Math.round(pieces * SCALE),
        states: ['IN_STOCK', 'WASTE'],
        referenceId: null,
        occurredAt: account.now(),
      })
    },
    beliefs: () => ({
      ...believed(state, (sku, place) => stock.available(sku, place)),
      subscriptions: [...hooks.state.subscriptions.values()].filter(({ enabled }) => enabled).length,
      requests: server.requests,
      replays: server.replays,
    }),
    snapshot: (): Snapshot => structuredClone({ state, hooks: hooks.state, server, offline }),
    signatureKey: (url) =>
      [...hooks.state.subscriptions.values()].find((one) => one.notification_url === url)?.signature_key ?? null,
    dropSubscriptions: () => hooks.state.subscriptions.clear(),
    disableSubscriptions() {
      for (const one of hooks.state.subscriptions.values()) one.enabled = false
    },
    setToken: (token) => void (server.token = token),
    setPendingRefunds: (yes) => void (state.pendingRefunds = yes),
    setScopes: (scopes) => void (server.scopes = [...scopes]),
    revoke() {
      hooks.emit('oauth.authorization.revoked', {
        type: 'revocation',
        id: account.id('revocation'),
        object: { revocation: { revoked_at: account.now(), revoker_type: 'MERCHANT' } },
      })
      server.token = ''
    },
  }

  function counted(variationId: string, locationId: string, pieces: number): void {
    stock.add({
      kind: 'PHYSICAL_COUNT',
      variationId,
      locationId,
      quantity: Math.round(pieces * SCALE),
      states: ['NONE', 'IN_STOCK'],
      referenceId: null,
      occurredAt: account.now(),
    })
  }
}

type Available = (sku: string, locationId: string) => number

function believed(state: State, available: Available): Pick<SquareBeliefs, 'orders' | 'available' | 'counts'> {
  const skus = [...state.variations.values()].filter(({ deleted }) => !deleted).map(({ sku }) => sku)
  const payments = [...state.payments.values()]
  return {
    available: Object.fromEntries(
      [...state.locations.keys()].map((place) => [
        place,
        Object.fromEntries(skus.map((sku) => [sku, available(sku, place)])),
      ]),
    ),
    counts: [...state.changes.values()].flat().filter(({ kind }) => kind === 'PHYSICAL_COUNT').length,
    orders: [...state.orders.values()].map((order) => {
      const own = payments.filter((one) => one.order_id === order.id)
      const sum = (amounts: (number | undefined)[]) => amounts.reduce<number>((all, one) => all + (one ?? 0), 0)
      return {
        id: order.id,
        locationId: order.location_id,
        source: (order['source'] as { name?: string } | undefined)?.name ?? '',
        state: order.state,
        version: order.version ?? null,
        createdAt: order.created_at,
        total: order.total_money.amount,
        paid: sum(own.map((one) => one.total_money.amount)),
        refunded: sum(own.map((one) => one.refunded_money?.amount)),
        lines: (order.line_items ?? []).map(({ uid, name, quantity }) => ({ uid, name, quantity })),
        returns: (
          (order.returns ?? []) as {
            source_order_id: string
            return_line_items: { source_line_item_uid?: string; quantity: string }[]
          }[]
        ).flatMap((one) =>
          one.return_line_items.map((line) => ({
            sourceId: one.source_order_id,
            uid: line.source_line_item_uid ?? '',
            quantity: line.quantity,
          })),
        ),
        fulfilments: (order.fulfillments ?? []).map((one) => ({
          uid: one.uid,
          state: one.state,
          trackingNumber:
            (one['shipment_details'] as { tracking_number?: string } | undefined)?.tracking_number ?? null,
          metadata: one.metadata ?? {},
        })),
      }
    }),
  }
}
