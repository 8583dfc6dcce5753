/**
 * What deciders are told of a retailer's rules. Plain data; `policy/` reads it from the configuration and checks it.
 */
import type { Money } from '#canon/money.ts'
import type { PaymentStatus } from '#canon/order.ts'
import type { Address } from '#canon/primitives.ts'
import type { ReturnReason } from './return/state.ts'
import type { ParcelSize, RateChoice } from './parcel/label-state.ts'
import type { CutOff, RoutingPolicy } from './routing.ts'
import type { MappingTables } from './mapping/mapping.ts'
import type { CataloguePolicy } from './offer/policy.ts'

/** How orders are taken on a channel that asks first. */
export interface AcceptancePolicy {
  /**
   * `accept_when_reserved`: as soon as the ledger has reserved everything; what is short is waited for until the margin
   * is reached, and then refused. `refuse_when_short`: what is short is refused at once. `by_hand`: a person decides.
   */
  decide: 'accept_when_reserved' | 'refuse_when_short' | 'by_hand'
  /** The retailer's own time limit; the channel's counts when it is shorter. */
  withinMinutes?: number | undefined
  /** So long before the limit people are told, and nothing is waited for any more. */
  marginMinutes: number
}

/** What is done about goods and money that come back. */
export interface ReturnPolicy {
  /**
   * Who says that goods came back: the channel, with what it puts on sale again (and people, with what they receive),
   * or people alone.
   */
  goods: 'channel' | 'receipts'
  /** When a refund is credited in the ERP: as soon as it was given, or once the goods it is for are back. */
  credit: 'at_once' | 'after_receipt'
  /** How the hub gives money back. Without it, people do. */
  refund?: RefundPolicy | undefined
  /** What the channel's reasons for a return mean, by its own word. */
  reasons?: Readonly<Record<string, ReturnReason>> | undefined
}

type WhenToRefund = 'by_hand' | 'authorised' | 'received'

/** How the hub gives money back for orders of a channel. */
export interface RefundPolicy {
  /** Who gives it: the channel, which owns the payment, or the provider that captured it. */
  through: 'channel' | 'provider'
  /** When it is given without anybody asking: as soon as a return is allowed, or once its goods are here. */
  when: WhenToRefund
  byReason: Readonly<Partial<Record<ReturnReason, WhenToRefund>>>
  /** Whether pieces that came back damaged are refunded without a person. */
  damaged: boolean
  /** What was paid for shipping goes back for these reasons. */
  shippingFor: readonly ReturnReason[]
  /** Kept of what the pieces are worth, in per cent. */
  feePercent: Readonly<Partial<Record<ReturnReason, number>>>
  /** For these it becomes credit with the channel. Only a channel can give that. */
  storeCreditFor?: readonly ReturnReason[] | undefined
  /** More than this (minor units of the order's currency) goes back only after a second person said so. */
  approveAbove?: number | undefined
  /** Other goods may go out instead, as orders of this channel. */
  exchange?: { channel: string } | undefined
}

export const DEFAULT_RETURNS: ReturnPolicy = { goods: 'channel', credit: 'at_once' }

export interface ChannelPolicy {
  /** Warehouse code that serves the channel's orders. */
  pool: string
  /** Warehouse code of our goods that lie with the channel and that it ships itself. */
  channelPool?: string | undefined
  /** Which of the channel's locations sells from which pool. */
  locations: readonly { locationId: string; pool: string }[]
  /** An order leaves for the ERP only in one of these. */
  releaseWhen: readonly PaymentStatus[]
  /** Orders with one of these tags, or on one of these terms, go before anything is paid: cash on delivery, invoice. */
  unpaid?: { tags: readonly string[]; paymentTerms: readonly string[] } | undefined
  /** Tax rates the ERP knows, as decimal strings; `any` leaves it to the ERP to refuse. */
  taxRates: 'any' | readonly string[]
  /** Shipping methods the warehouse knows, by the channel's code. */
  shippingMethods: 'any' | readonly string[]
  /** This channel's share of what can be sold, relative to the others. */
  weight: number
  invoice: 'when_shipped' | 'never'
  /** In which a day of its orders and refunds begins, for the books; UTC unless said. */
  timeZone?: string | undefined
  /** Whether gift cards and store credit are payments in the ERP, against what is owed for them. */
  redeemed?: 'booked' | 'left_open' | undefined
  /** What customers paid in other ways waits on this account of the ERP until it is paid out; unless said, nowhere. */
  takings?: { account: string } | undefined
  /**
   * What happens to an order whose goods are not there: wait for stock (and a person), or go to the ERP as a backorder.
   */
  whenShort: 'hold' | 'release'
  /** `DEFAULT_ACCEPTANCE` unless set. */
  acceptance?: AcceptancePolicy | undefined
  /** `DEFAULT_RETURNS` unless set. */
  returns?: ReturnPolicy | undefined
  /** Without it `pool` serves every order. */
  routing?: RoutingPolicy | undefined
}

export interface StorePolicy {
  /** Warehouse code of the store's own shelves. */
  pool: string
  /** How its receipts reach the ERP. */
  posting: 'receipt' | 'day' | 'none'
  /** Minutes a till may be silent while its business day is open; decides nothing. */
  silentAfterMin?: number
}

/** Codes of accounts in the ERP. */
export interface PayoutAccounts {
  /** On its way to the bank; the bank's statement clears it. */
  transit: string
  /** Where customers' money waited: the `takings` of the channel. */
  takings: string
  fees: string
  disputes: string
  /** Adjustments, reserves, transfers. */
  other: string
  /** What no release knows yet, until a person says what it is. */
  unknown: string
}

/** How payouts of one provider are booked in the ERP. */
export interface PayoutPolicy {
  /** `2026-11-01`: those of before are booked already. */
  from: string
  /** In which a day of its payouts begins; UTC unless said. */
  timeZone?: string | undefined
  /** Code of the miscellaneous journal. */
  journal: string
  accounts: PayoutAccounts
}

/** How payments at one provider are treated. */
export interface PaymentPolicy {
  /** Channels whose orders are paid there. */
  channels: readonly string[]
  /** An order of these goes to the ERP once the provider has this of its total. */
  waitFor: 'nothing' | 'authorised' | 'captured'
  /** Whether refunds in the channel are made by this provider, or in some other way and so besides its own. */
  channelRefunds: 'through_provider' | 'elsewhere'
  /** A payment whose order is not known after so long is a person's business. */
  orphanAfterMinutes: number
  /** When the hub captures, and lets go of what is cancelled. `by_channel`, unless said: somebody else does. */
  capture?: 'by_channel' | 'at_once' | 'at_shipment' | undefined
  /** So long before an authorisation runs out, or evidence is due, people are told. 24 and 72 unless said. */
  expiryWarningHours?: number | undefined
  evidenceWarningHours?: number | undefined
}

/** How parcels that a carrier's connection follows are judged. What is not said has its default. */
export interface CarrierPolicy {
  /** Channels whose parcels are followed. */
  channels: readonly string[]
  /** By what the ERP calls the carrier or its service. */
  services?:
    | Readonly<Record<string, { carrier?: string | undefined; promiseDays?: number | undefined } | undefined>>
    | undefined
  /** All numbers that begin so are followed there and no others, whatever the ERP calls the carrier. */
  numbers?: string | undefined
  /** Days after it left that a parcel is promised in. */
  promiseDays?: number | undefined
  /** The same in minutes, where days are too long. */
  promiseMinutes?: number | undefined
  /** Days without a scan, after which a late parcel counts as lost. */
  lostAfterDays?: number | undefined
  owner?: string | undefined
  /** Who gets a case that was not settled in time. */
  escalateTo?: string | undefined
  settleWithinHours?: number | undefined
}

/** A warehouse that buys the labels of its parcels. */
export interface LabelPolicy {
  /** Name of the connection that sells them. */
  by: string
  /** Where parcels leave from, and come back to. */
  from: Address
  /** The usual box; the ERP's weight counts where it has one. */
  parcel: ParcelSize
  choose: RateChoice['by']
  services?: RateChoice['services'] | undefined
  accounts?: RateChoice['accounts'] | undefined
  /** By what the ERP calls the carrier or its service. */
  methods?:
    | Readonly<
        Record<
          string,
          | {
              choose?: RateChoice['by'] | undefined
              services?: RateChoice['services'] | undefined
              accounts?: RateChoice['accounts'] | undefined
            }
          | undefined
        >
      >
    | undefined
  /** Days after it left that a parcel is promised in, where the ERP names no day: 5 unless said. */
  promiseDays?: number | undefined
  cutOff?: CutOff | undefined
  /** An address that cannot be verified is a person's business. */
  verify: boolean
  /** A return that is allowed gets a label. */
  returns: boolean
  /** Deliveries that a courier fetches now. */
  local?: LocalPolicy | undefined
}

/** What is near enough to be brought by a courier, on which terms, and what happens when none comes. */
export interface LocalPolicy {
  /** Name of the connection that sends couriers. */
  by: string
  /** What the ERP calls the carrier; everything unless said. */
  methods?: readonly string[] | undefined
  /** Beginnings of postcodes, capitals without blanks; all unless said. */
  postcodes?: readonly string[] | undefined
  maxCost?: Money | undefined
  withinMinutes: number
  otherwise: 'carrier' | 'person'
  owner: string
  escalateTo: string
  settleWithinMinutes: number
}

/** Whose business a hold of one kind is, and how it ends. */
export interface HoldRules {
  owner: string
  /** So long nobody has to decide; then `atExpiry` happens. */
  expiresAfterMinutes: number
  /** `escalate`: it is handed on, and its clock begins anew. */
  atExpiry: 'release' | 'cancel' | 'escalate'
  /** Who may let the order go though the cause is still there: anyone, two people, or nobody. */
  release: 'anyone' | 'second_person' | 'never'
}

/** How much an order's figures may be off, in minor units of its currency. What is not named is not compared. */
export interface ChecksPolicy {
  /** Lines, shipping and tax against the total. */
  priceWithin?: number | undefined
  /** Tax by its rates against what the lines and the total say. */
  taxWithin?: number | undefined
  /** Orders on payment terms above this are held, by currency. */
  creditLimit?: Readonly<Record<string, number>> | undefined
  /** An address needs a postcode and a town in these countries. */
  wholeAddressIn?: readonly string[] | undefined
}

/** Who looks at a channel's orders for fraud before they go to the ERP, and what happens when no decision comes. */
export interface ScreeningPolicy {
  /** Name of the connection. */
  by: string
  /** So long a decision is waited for. */
  withinMinutes: number
  atExpiry: HoldRules['atExpiry']
  /** Whose business it is meanwhile. */
  owner: string
}

export interface HoldsPolicy {
  /** By kind; what is not said has its default. */
  kinds: Readonly<Record<string, { [Key in keyof HoldRules]?: HoldRules[Key] | undefined } | undefined>>
  /** Who gets what nobody decided in time. */
  escalateTo: string
  /** By channel. */
  checks: Readonly<Record<string, ChecksPolicy>>
  /** By channel. */
  screening?: Readonly<Record<string, ScreeningPolicy>> | undefined
}

/** A warehouse that somebody else runs. */
export interface WarehousePolicy {
  /** Name of the connection to whoever runs it. */
  fulfilledBy: string
  /** It has to say in this time that it has an order. */
  acknowledgeWithinMinutes?: number | undefined
  /** All of an order has to have left in this time. */
  shipWithinHours?: number | undefined
  /** Who sees to it when something is wrong there. */
  owner?: string | undefined
  /** SKUs that may be sent instead of the one that was ordered. */
  substitutes?: Readonly<Record<string, readonly string[]>> | undefined
}

/** How records of several channels are held to be one person, and whose word counts. */
export interface CustomersPolicy {
  /** `off`: records stay apart. `review`: a person decides. `auto`: what is surely the same is joined by itself. */
  match: 'off' | 'review' | 'auto'
  /** Points from which two records are the same person, and from which a person looks at them; of 100. */
  sameFrom: number
  reviewFrom: number
  /** Channels whose word on a member counts before the newest, the first of them first. */
  trust: Readonly<Partial<Record<'name' | 'email' | 'phone', readonly string[] | undefined>>>
  /** Channels that do not tell who their buyers are: nobody is recognised by what they say. */
  anonymous: readonly string[]
  /** Domains of forwarding addresses, beside the well-known ones. */
  relayDomains: readonly string[]
  /** ISO 3166-1 country of telephone numbers that do not say. */
  country?: string | undefined
}

/** How stock is shared among channels, beyond each channel's weight. */
export interface StockPolicy {
  /** `shared` for deep stock: see `scarceBelow`. */
  mode: 'exclusive' | 'shared'
  /** A shared SKU with less to sell than this is shared out exclusively. */
  scarceBelow: number
  /** SKUs that are exclusive now, however deep. */
  flashSale: readonly string[]
  /** Pieces a channel does not see of what is shared, by channel. */
  buffers: Readonly<Record<string, number>>
  /** Pieces never offered, for a SKU, a pool, or both. The first that fits counts. */
  safety: readonly { sku?: string | undefined; pool?: string | undefined; pieces: number }[]
  /** How often an accepted write is looked for before people are asked: once in each pass of the orders feed. */
  looks: number
  /** The last so many pieces are sold by this channel alone. */
  lastUnits?: { pieces: number; channel: string } | undefined
}

/**
 * Goods that may be sold before they are here, by channels that can say when they come. The first rule that fits
 * counts.
 */
export interface PresaleRule {
  /** `preorder`: not on sale yet; `backorder`: sold out for now. */
  kind: 'preorder' | 'backorder'
  /** All SKUs, and all warehouses, unless said. */
  skus?: readonly string[] | undefined
  pool?: string | undefined
  /** Who says what is coming: `expected` below, or the open receipts of the ERP. */
  from: 'table' | 'erp'
  /** Pieces by day, of each SKU. */
  expected: readonly { date: string; pieces: number }[]
  /** What the ERP received from this moment on is what was expected. */
  since: string | null
  /** At most so many are promised and not here at a time. */
  cap: number | null
  /** Share of what is expected that is never sold ahead. */
  holdBack: number
  channels: readonly string[]
  /** Nothing is handed out before this day, even if it is here. */
  release: string | null
  /** An order with goods that are here as well waits for all of it, or is sent in parts. */
  ship: 'whole' | 'split'
  /** Who sees to it when a promise cannot be kept. */
  owner: string
}

/** Goods sold as one and kept as several. */
export interface KitPolicy {
  /** Pieces of each part in one kit, by SKU. A part may be a kit itself. */
  parts: Readonly<Record<string, number>>
  /** Kits that are set aside beside what was sold: the most that is on offer at a time. */
  upTo: number
  /** Of what there is of each part, the kit is given this share at most; all, where the part is not sold by itself. */
  share: number
}

export interface Policy {
  /** Digest of the policy's content; stored with what was decided under it. */
  version: string
  channels: Readonly<Record<string, ChannelPolicy>>
  /** The stores whose tills are heard, by their id. */
  stores?: Readonly<Record<string, StorePolicy>> | undefined
  /** Warehouses that others run, by their code in the ERP. */
  warehouses?: Readonly<Record<string, WarehousePolicy>> | undefined
  /** Payment providers, by the name of their connection. */
  payments?: Readonly<Record<string, PaymentPolicy>> | undefined
  /** Payouts that are booked in the ERP, by the name of the connection that tells of them. */
  payouts?: Readonly<Record<string, PayoutPolicy>> | undefined
  /** Who follows parcels, by the name of the carrier's connection. Without it nobody does. */
  carriers?: Readonly<Record<string, CarrierPolicy>> | undefined
  /** Warehouses that buy labels, by their code in the ERP. Without it nobody does. */
  labels?: Readonly<Record<string, LabelPolicy>> | undefined
  /** Without it nothing but a person's word makes a hold. */
  holds?: HoldsPolicy | undefined
  /** Without it every record stays by itself, and its newest news counts. */
  customers?: CustomersPolicy | undefined
  /** Pieces per SKU and pool that are never offered. */
  safetyStock: number
  stock?: StockPolicy | undefined
  /** What may be sold before it is here; nothing unless said. */
  presale?: readonly PresaleRule[] | undefined
  /** By the kit's SKU. */
  kits?: Readonly<Record<string, KitPolicy>> | undefined
  /** What channels show of products, by channel. A channel that is not named is left alone. */
  catalogue?: CataloguePolicy | undefined
  /** The retailer's words for the channel's, by channel. */
  mappings?: Readonly<Record<string, MappingTables>> | undefined
  /** Criteria for connections in shadow; nothing is decided by them. */
  shadow?: unknown
}
