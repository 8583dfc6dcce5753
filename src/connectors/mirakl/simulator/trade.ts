/** What happens on the marketplace: people buy, it checks, asks the shop, debits, and refuses what nobody answered. */
import { formatMoney, money, parseMoney, parseRounded } from '#canon/money.ts'
import type { ImportLine, Line, Market, Offer, Order, Person } from './state.ts'

export interface Purchase {
  lines: { sku: string; quantity: number }[]
  customer?: Person
  /** `price` as a decimal, for the whole order; the marketplace tells it per line. */
  shippingMethod?: { code: string; title: string; price: string }
  /** Paid at the door, or on account: the marketplace debits nobody before it ships. */
  payOnDelivery?: boolean
}

export interface NewOffer {
  sku: string
  title: string
  price: string
  available: number
}

const HOUR_MS = 3_600_000
const COMMISSION = 0.12

export interface Trade {
  /** An offer for a product the marketplace has. */
  addProduct(offer: NewOffer): { offerId: string; inventoryItemId: string }
  /** @returns the order's id; null when there was not enough, and nothing was sold. */
  placeOrder(purchase: Purchase): string | null
  /** The marketplace (or the customer by it) cancels what has not left. */
  cancelOrder(orderId: string): boolean
  /** Some of a line is cancelled by the marketplace. */
  cancelLine(orderId: string, index: number, quantity: number): boolean
  /** Money for a line is given back after it left. @param amount decimal. */
  refundLine(orderId: string, index: number, amount: string): boolean
  /** The customer has it. */
  receiveOrder(orderId: string): boolean
  /** Staff decide in the back office. */
  decideByHand(orderId: string, accepted: boolean): boolean
  /** Staff set another quantity in the back office. */
  setQuantity(sku: string, quantity: number): void
  /** Staff set a discount in the back office. @param price decimal. */
  setDiscount(sku: string, price: string, from: string, to: string): void
  /** An order that is over leaves its memory: nothing lists it any more, and nobody is told. */
  forget(orderId: string): void
}

const FILE_KEPT_MS = 3_600_000

export function openTrade(market: Market): Trade & { accept(order: Order, accepted: ReadonlySet<string>): void } {
  const minor = (text: string) => parseRounded(text, market.currency)!.amount
  const bySku = (sku: string) => [...market.offers.values()].find((offer) => offer.sku === sku)
  const rate = (market.options.taxRate ?? 20) / 100
  const taxOf = (amount: number) => Math.round(market.taxIncluded ? (amount * rate) / (1 + rate) : amount * rate)

  function lineOf(orderId: string, index: number, wanted: Purchase['lines'][number], shippingPrice: number): Line {
    const offer = bySku(wanted.sku)!
    const price = offer.price * wanted.quantity
    return {
      id: `${orderId}-${index}`,
      index,
      offerId: offer.id,
      sku: offer.sku,
      title: offer.title,
      unitPrice: offer.price,
      quantity: wanted.quantity,
      shippingPrice,
      tax: taxOf(price),
      shippingTax: taxOf(shippingPrice),
      commission: Math.round((price + shippingPrice) * COMMISSION),
      state: 'STAGING',
      cancelations: [],
      refunds: [],
    }
  }

  function accept(order: Order, accepted: ReadonlySet<string>): void {
    order.decidedAt = market.now()
    const some = accepted.size > 0
    const paid = order.workflow === 'PAY_ON_DELIVERY'
    const next = !some ? 'REFUSED' : paid ? 'SHIPPING' : 'WAITING_DEBIT'
    for (const line of order.lines) line.state = accepted.has(line.id) ? next : 'REFUSED'
    order.state = next
    order.reason = some ? null : 'REFUSED_BY_SHOP'
    order.debitAt = some && !paid ? market.now() + (market.options.debitMs ?? 120_000) : null
    market.touch(order)
  }

  const standing = ({ state }: Line) => state !== 'REFUSED' && state !== 'CANCELED'
  const isOpen = ({ state }: Order) =>
    ['STAGING', 'WAITING_ACCEPTANCE', 'WAITING_DEBIT', 'WAITING_DEBIT_PAYMENT', 'SHIPPING'].includes(state)

  return {
    accept,
    addProduct({ sku, title, price, available }) {
      const id = market.nextId()
      market.offers.set(id, { id, sku, title, price: minor(price), discount: null, quantity: available })
      return { offerId: String(id), inventoryItemId: String(id) }
    },
    placeOrder({ lines, customer, shippingMethod, payOnDelivery }) {
      const wanted = new Map<string, number>()
      for (const { sku, quantity } of lines) wanted.set(sku, (wanted.get(sku) ?? 0) + quantity)
      for (const [sku, quantity] of wanted) if ((bySku(sku)?.quantity ?? 0) < quantity) return null
      for (const [sku, quantity] of wanted) bySku(sku)!.quantity -= quantity
      const number = (market.lastOrder += 1)
      const id = `${String(number).padStart(6, '0')}-A`
      const shipping = shippingMethod ? minor(shippingMethod.price) : 0
      const share = Math.floor(shipping / lines.length)
      const now = market.now()
      const stagedUntil = now + (market.options.stagingMs ?? 0)
      const order: Order = {
        id,
        number,
        createdAt: now,
        updatedAt: now,
        state: 'STAGING',
        reason: null,
        stagedUntil,
        acceptBy: stagedUntil + (market.options.acceptWithinMs ?? 48 * HOUR_MS),
        decidedAt: null,
        debitAt: null,
        debitedAt: null,
        workflow: payOnDelivery ? 'PAY_ON_DELIVERY' : 'PAY_ON_ACCEPTANCE',
        customer: customer ?? null,
        shipping: { code: shippingMethod?.code ?? 'standard', title: shippingMethod?.title ?? 'Standard' },
        lines: lines.map((line, index) =>
          lineOf(id, index + 1, line, index === 0 ? shipping - share * (lines.length - 1) : share),
        ),
        tracking: { carrierCode: null, carrier: null, number: null, url: null },
        shipments: [],
        shippedAt: null,
      }
      market.orders.set(id, order)
      tick(market)
      return id
    },
    cancelOrder(orderId) {
      const order = market.orders.get(orderId)
      if (!order || !isOpen(order) || order.shipments.length > 0) return false
      for (const line of order.lines.filter(standing)) line.state = 'CANCELED'
      Object.assign(order, { state: 'CANCELED', reason: 'CANCELED_BY_OPERATOR', debitAt: null })
      market.touch(order)
      return true
    },
    cancelLine(orderId, index, quantity) {
      const order = market.orders.get(orderId)
      const line = order?.lines[index]
      if (!order || !line || !isOpen(order) || !standing(line) || leftOver(line) <= quantity) return false
      const part = (whole: number) => Math.round((whole * quantity) / line.quantity)
      line.cancelations.push({
        id: String(market.nextId()),
        at: market.now(),
        quantity,
        amount: line.unitPrice * quantity,
        shipping: 0,
        tax: part(line.tax),
        shippingTax: 0,
      })
      market.touch(order)
      return true
    },
    refundLine(orderId, index, amount) {
      const order = market.orders.get(orderId)
      const line = order?.lines[index]
      if (!order || !line || order.debitedAt === null || !standing(line)) return false
      line.refunds.push({
        id: String(market.nextId()),
        at: market.now(),
        quantity: 0,
        amount: minor(amount),
        shipping: 0,
        tax: market.taxIncluded ? taxOf(minor(amount)) : 0,
        shippingTax: 0,
      })
      market.touch(order)
      return true
    },
    receiveOrder(orderId) {
      const order = market.orders.get(orderId)
      if (order?.state !== 'SHIPPED') return false
      order.state = 'RECEIVED'
      for (const line of order.lines.filter(standing)) line.state = 'RECEIVED'
      market.touch(order)
      return true
    },
    decideByHand(orderId, accepted) {
      const order = market.orders.get(orderId)
      if (order?.state !== 'WAITING_ACCEPTANCE') return false
      accept(order, new Set(accepted ? order.lines.map(({ id }) => id) : []))
      return true
    },
    setDiscount(sku, price, from, to) {
      const offer = bySku(sku)
      if (offer) offer.discount = { price: minor(price), from, to }
    },
    forget(orderId) {
      market.orders.delete(orderId)
      // Files as old as that are looked at by nobody either.
      for (const [id, { at, status }] of market.imports)
        if (status !== 'WAITING' && at < market.io.now() - FILE_KEPT_MS) market.imports.delete(id)
    },
    setQuantity(sku, quantity) {
      const offer = bySku(sku)
      if (offer) offer.quantity = quantity
    },
  }
}

const leftOver = ({ quantity, cancelations }: Line): number =>
  quantity - cancelations.reduce((all, one) => all + one.quantity, 0)

/** Does what is due: leaves staging, refuses what nobody answered, debits, works files off. */
export function tick(market: Market): void {
  const now = market.now()
  const set = (order: Order, state: Order['state'], reason: string | null = null) => {
    order.state = state
    order.reason = reason
    for (const line of order.lines) if (line.state !== 'REFUSED' && line.state !== 'CANCELED') line.state = state
    market.touch(order)
  }
  for (const order of market.orders.values()) {
    if (order.state === 'STAGING' && order.stagedUntil <= now) set(order, 'WAITING_ACCEPTANCE')
    if (order.state === 'WAITING_ACCEPTANCE' && order.acceptBy <= now) {
      market.lapsed += 1
      set(order, 'REFUSED', 'AUTO_REFUSED')
    }
    // Half of the time it waits for the debit to be asked for, half for the money.
    const { debitAt, decidedAt } = order
    if (order.state === 'WAITING_DEBIT' && debitAt !== null && now >= (debitAt + (decidedAt ?? now)) / 2)
      set(order, 'WAITING_DEBIT_PAYMENT')
    if (order.state === 'WAITING_DEBIT_PAYMENT' && order.debitAt !== null && order.debitAt <= now) {
      order.debitedAt = now
      set(order, 'SHIPPING')
    }
  }
  for (const one of market.imports.values()) {
    if (one.status !== 'WAITING' || one.dueAt > market.io.now()) continue
    if (market.failImports > 0) {
      market.failImports -= 1
      one.status = 'FAILED'
      continue
    }
    workOff(market, one)
  }
}

/** Each line on its own, in the file's order. */
function workOff(market: Market, one: NonNullable<ReturnType<Market['imports']['get']>>): void {
  for (const [index, line] of one.lines.entries()) {
    const offer = [...market.offers.values()].find((candidate) => candidate.sku === line.sku)
    const reason = offer
      ? (market.refusedLines.get(line.sku) ??
        (one.of === 'stock' ? setStock(offer, line) : setPrice(market, offer, line)))
      : 'The offer does not exist'
    if (reason === null) one.good += 1
    else one.errors.push({ line: index + 2, sku: line.sku, reason })
  }
  one.status = 'COMPLETE'
}

/** @returns why it is refused. */
function setStock(offer: Offer, { quantity = '', deletes }: ImportLine): string | null {
  const number = Number(quantity)
  if (!deletes && (!/^\d+$/.test(quantity) || number > 1_000_000_000)) return 'The quantity is invalid'
  offer.quantity = deletes ? 0 : number
  return null
}

/** A discount that is not in the file is deleted. */
function setPrice(market: Market, offer: Offer, { price = '', discount }: ImportLine): string | null {
  const amountOf = (text: string) => parseMoney(text, market.currency)?.amount ?? 0
  if (amountOf(price) <= 0) return 'The price is invalid'
  if (discount && !(amountOf(discount.price) > 0 && amountOf(discount.price) < amountOf(price)))
    return 'The discount price must be below the price'
  offer.price = amountOf(price)
  offer.discount = discount ? { ...discount, price: amountOf(discount.price) } : null
  return null
}

/** For answers: a number with decimals. */
export const decimal = (market: Market, amount: number): number => Number(formatMoney(money(amount, market.currency)))

/** When something is due next by itself; null when nothing waits. */
export function nextDueAt(market: Market): number | null {
  const due = [...market.orders.values()].flatMap((order) =>
    order.state === 'STAGING'
      ? [order.stagedUntil]
      : order.state === 'WAITING_ACCEPTANCE'
        ? [order.acceptBy]
        : order.debitAt !== null && order.debitedAt === null && order.state.startsWith('WAITING_DEBIT')
          ? [order.debitAt]
          : [],
  )
  const files = [...market.imports.values()].filter(({ status }) => status === 'WAITING').map(({ dueAt }) => dueAt)
  const all = [...due, ...files]
  return all.length === 0 ? null : Math.min(...all)
}
