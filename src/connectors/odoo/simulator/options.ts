/** What a simulated Odoo is made of, and what can be done to it and asked of it besides calling it. */
import type { Simulator } from '../../kit/simulator.ts'

export interface ProductSeed {
  sku: string
  name?: string
  price?: number
  /** `stocked` unless said. */
  type?: 'stocked' | 'consumable' | 'service'
  /** What the product is billed by; `order` unless said. */
  invoicing?: 'order' | 'delivery'
  /** Pieces on hand by warehouse code. */
  available?: Readonly<Record<string, number>>
  barcode?: string
  /** A kit: pieces of each part by SKU. They have to be there before it. */
  parts?: Readonly<Record<string, number>>
  /** Code of the account it is booked on; an account of that code is made, of this kind. */
  income?: { code: string; kind: 'income' | 'liability_current' }
  /** Names of the sales taxes a line gets that says none. */
  taxes?: readonly string[]
}

export interface TaxSeed {
  name: string
  /** In percent. */
  amount: number
  included?: boolean
  /** Without an account the tax is booked as income. */
  account?: boolean
}

export interface OdooOptions {
  version?: 18 | 19
  database?: string
  users?: readonly { login: string; key: string; email?: string | null; denied?: readonly string[] }[]
  warehouses?: readonly string[]
  taxes?: readonly TaxSeed[]
  products?: readonly ProductSeed[]
  carriers?: readonly string[]
  /**
   * Points of Sale by name, with the warehouse they sell from and their payment methods; `Cash` has a drawer, and those
   * in `debts` a liability.
   */
  tills?: readonly { name: string; warehouse?: string; methods?: readonly string[]; debts?: readonly string[] }[]
  currency?: string
  /** Besides Odoo's own. */
  paymentTerms?: readonly string[]
  /** Accounts besides those that others need. */
  accounts?: readonly { code: string; kind: string }[]
  /** Price lists, with a discount in percent that fills in where a line says none. */
  pricelists?: readonly { name: string; currency: string; discount?: number }[]
  /** The first id a model gives out, to line up with recordings. */
  firstIds?: Readonly<Record<string, number>>
  /** Whether the module of manufacturing, with its bills of materials, is installed; it is unless said. */
  manufacturing?: boolean
  /** Fields somebody added: model, field, type. */
  customFields?: Readonly<Record<string, Readonly<Record<string, string>>>>
}

export interface PriceRuleSeed {
  sku?: string
  category?: string
  price?: number
  percent?: number
  /** From so many pieces on. */
  atLeast?: number
  /** Odoo's moments. */
  from?: string
  to?: string
}

export interface DeliveryBelief {
  id: number
  name: string
  state: string
  lines: { sku: string; saleLineId: number; quantity: number; state: string }[]
  tracking: string | null
  /** What its label cost, and where its documents are. */
  carrierPrice: number
  documents: string[]
  /** Where it goes. */
  street: string
}

export interface SaleBelief {
  id: number
  name: string
  /** The `origin`: `crossdock:<channel>:<externalId>`. */
  ref: string
  /** What people call the order. */
  orderName: string
  /** The partner's name. */
  customer: string
  /** Names; empty for the company's own. */
  pricelist: string
  paymentTerm: string
  /** The day it was promised for, where one was. */
  promised?: string
  /** `one`: it leaves together; `direct`: in parts. */
  policy?: string
  state: string
  locked: boolean
  total: number
  lines: { id: number; sku: string; quantity: number; unitPrice: number }[]
  /** What left or is to leave; what came back stands apart. */
  deliveries: DeliveryBelief[]
  returns: DeliveryBelief[]
  /** `owed`: booked on liabilities, tax aside; `paid`: matched with it; each only where something is. */
  invoices: { id: number; state: string; total: number; tax: number; owed?: number; paid?: number }[]
  credits: { id: number; state: string; total: number; tax: number; paid?: number }[]
  /** What gift cards paid of it, less what went back to them; only where an entry says so. */
  redeemed?: number
  /** Waits on accounts of other payments, by entries of it. */
  taken?: number
}

export interface TillOrderBelief {
  id: number
  /** Name of the Point of Sale. */
  till: string
  session: number
  uuid: string
  number: string
  state: string
  total: number
  tax: number
  paid: number
  lines: { sku: string; quantity: number; unitPrice: number }[]
  payments: { method: string; amount: number }[]
}

export interface TillSessionBelief {
  id: number
  till: string
  state: string
  notes: string
  orders: number
  /** Counted, less what should have been there. */
  difference: number
}

export interface StockBelief {
  sku: string
  warehouse: string
  onHand: number
  reserved: number
  free: number
}

export interface SupplierOfferBelief {
  supplier: string
  /** null: of all variants of a template. */
  sku: string | null
  article: string | null
  minQuantity: number
  price: number
  currency: string
  leadDays: number
  /** Its last day. */
  until: string | null
}

export interface EntryBelief {
  ref: string
  state: string
  date: string
  /** Code of the account, and what is more on it. */
  lines: [account: string, amount: number][]
}

export interface OdooBeliefs {
  sales: SaleBelief[]
  stock: StockBelief[]
  tillOrders: TillOrderBelief[]
  tillSessions: TillSessionBelief[]
  /** Entries of payouts, first to last. */
  entries: EntryBelief[]
  /** Origins that more than one sale carries. */
  duplicates: string[]
  partners: number
  supplierOffers: SupplierOfferBelief[]
  /** Calls so far, by `model.method`. */
  calls: Record<string, number>
}

export interface ShipOptions {
  /** Pieces by SKU; everything that is reserved when absent. The rest becomes a backorder. */
  lines?: Readonly<Record<string, number>>
  tracking?: string
  carrier?: string
  /** Drop what is missing instead of leaving it to a backorder. */
  final?: boolean
}

export interface OdooSimulator extends Simulator {
  /** Somebody enters a supplier's offer by hand. */
  addSupplierOffer(offer: { supplier: string; sku: string; price: number; article?: string; ref?: string }): number
  /** What the world may wait before it hands on an answer; the simulator itself never waits. */
  readonly latencyMs: number
  addProduct(product: ProductSeed): number
  addTax(tax: TaxSeed): number
  addCarrier(name: string): number
  /** Everybody it knows, archived or not, with addresses. */
  partners(): Readonly<Record<string, unknown>>[]
  /** In the company's currency. @param discount in percent, on everything. */
  addPricelist(name: string, discount: number): number
  addTill(name: string, options?: { warehouse?: string; methods?: readonly string[] }): number
  /** A rule of a price list: a fixed price or a discount in percent, for one SKU, a category, or everything. */
  addPriceRule(list: string, rule: PriceRuleSeed): number
  changePriceRule(id: number, change: { price?: number; percent?: number }): void
  /** It leaves no trace. */
  dropPriceRule(id: number): void
  /** @param content any text; equal content, equal checksum. null: no image any more. */
  setImage(sku: string, content: string | null): void
  setCategory(sku: string, name: string, parent?: string): void
  /** Moves the product's fields as a user would: name, price, archived, reference. */
  changeProduct(sku: string, change: { name?: string; price?: number; active?: boolean; sku?: string }): void
  /**
   * The warehouse validates the order's open delivery. @param order a sale's id, its origin, or what follows
   * `crossdock:`.
   *
   * @returns the delivery's id, or null when there is nothing that could leave.
   */
  ship(order: number | string, options?: ShipOptions): number | null
  /** Somebody packs the order's open delivery, and does not let it go yet. */
  pack(order: number | string): void
  /** Deliveries that are waiting, oldest first. */
  openDeliveries(): {
    id: number
    saleId: number
    ref: string
    lines: { sku: string; quantity: number; reserved: number }[]
  }[]
  /** The customer's parcel came back. */
  takeBack(order: number | string, lines: Readonly<Record<string, number>>): void
  /** Goods arrive: more on hand, and what waits for them is reserved. */
  receive(sku: string, warehouse: string, quantity: number): void
  /** A receipt is planned for a day (`2026-12-05`). @returns the id of its move. */
  expect(sku: string, warehouse: string, pieces: number, date: string): number
  /** It is planned anew; with no pieces it is cancelled. */
  replan(move: number, to: { date?: string; pieces?: number }): void
  /** So many of it are received; the rest stays open. */
  arrive(move: number, pieces: number): void
  /**
   * Goods are to go from a warehouse to another, or to a location by its id. @param options without `reserve` somebody
   * has to say first that they are taken.
   *
   * @returns the transfer's id; it is validated and cancelled as any.
   */
  transfer(sku: string, from: string, to: string | number, pieces: number, options?: { reserve?: boolean }): number
  /** By the route between two warehouses: out to where nobody's stock is, and in from there. @returns both. */
  resupply(sku: string, from: string, to: string, pieces: number): { out: number; in: number }
  /** Somebody keeps goods on their way inside a warehouse. @returns the location's id. */
  addTransit(warehouse: string): number
  /** Somebody counts. What is not there is reserved no more, the latest first; what was found goes to nobody. */
  count(sku: string, warehouse: string, quantity: number): void
  /** Rows of stock that are zero vanish, as Odoo's housekeeping makes them. */
  tidy(): void
  /** A user cancels the sale, unlocking it first. */
  cancelInOdoo(order: number | string): void
  /** Books are closed up to this day. */
  lockBooks(date: string | null): void
  /** A sale that is over leaves its memory, with its deliveries and invoices. @param origin as the hub gave it. */
  forgetSale(origin: string): void
  /** A receipt of a till. */
  forgetReceipt(id: number): void
  slow(ms: number): void
  /** This share of writing calls fails with a serialization error, having done nothing. */
  conflict(share: number): void
  /** Nothing answers any more. */
  down(is: boolean): void
  /** Runs changes as one transaction that began `tookMs` ago and commits now. */
  lately(tookMs: number, work: () => void): void
  beliefs(): OdooBeliefs
  /** All that Odoo remembers, as plain data without functions; what happens later does not change it. */
  snapshot(): unknown
}
