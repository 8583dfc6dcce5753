/** The readers: what the marketplace holds, page by page, for reconciliation. */
import { z } from 'zod'
import type { CensusPage, CensusRecord, Reader, Readers } from '../kit/reader.ts'
import { orderOf } from './order.ts'
import { listOffers, listOrders, orderReading } from './poll.ts'
import { PAGE_SIZE } from './limits.ts'
import { seenOffer, seenOrder } from './shape.ts'
import { shownBy } from './stock.ts'
import { shapedAnswer, type Wire } from './wire.ts'

export interface CensusOptions {
  /** Name of the connection. */
  channel: string
  acceptWithinHours: number
  /** Of the ERP; null when the shop's stock is not published. */
  pool: string | null
  warehouse: string | undefined
}

type Patient = Wire['patient']

const place = z.object({ offset: z.int() })
const offsetOf = (cursor: unknown): number => place.safeParse(cursor).data?.offset ?? 0

const orderPage = z.object({ orders: z.array(seenOrder), total_count: z.int() })

async function ordersFrom(wire: Patient, filter: Readonly<Record<string, string>>, offset: number) {
  const { orders, total_count } = shapedAnswer(orderPage, await listOrders(wire, filter, offset), 'OR11')
  const next = offset + orders.length
  return { orders, cursor: { offset: next }, more: orders.length > 0 && next < total_count }
}

export const readers = (wire: Patient, options: CensusOptions): Readers => ({
  orders: orderReader(wire, options),
  stock: stockReader(wire, options),
  products: productReader(wire),
  fulfilments: fulfilmentReader(wire, options),
})

/** An order that is not paid for yet stands on this side alone: the ERP hears of it when it is. */
const orderReader = (wire: Patient, options: CensusOptions): Reader => ({
  async read(cursor, { since }): Promise<CensusPage> {
    const page = await ordersFrom(wire, { start_date: since }, offsetOf(cursor))
    const records = page.orders.map((seen): CensusRecord => {
      const order = orderOf(seen, options)
      const cancelled = order.cancelledAt !== null
      return {
        key: `${options.channel}:${order.externalId}`,
        fields: { total: cancelled ? null : order.total.amount, currency: order.currency, cancelled },
        also: { state: seen.order_state },
        changedAt: order.updatedAt,
        alone: cancelled || order.paymentStatus === 'pending',
      }
    })
    return { records, cursor: page.cursor, more: page.more }
  },
  async readings(keys) {
    const loose = z.object({ orders: z.array(z.looseObject({ order_id: z.string() })) })
    const ids = keys.map((key) => key.slice(options.channel.length + 1)).slice(0, PAGE_SIZE)
    if (ids.length === 0) return []
    const query = { order_ids: ids.join(','), max: PAGE_SIZE }
    const answer = await wire.call({ operation: 'OR11-ids', path: '/api/orders', query })
    return shapedAnswer(loose, answer, 'OR11-ids').orders.map(orderReading)
  },
})

const LEFT: ReadonlySet<string> = new Set(['SHIPPED', 'TO_COLLECT', 'RECEIVED', 'CLOSED', 'INCIDENT_OPEN', 'REFUNDED'])

const fulfilmentReader = (wire: Patient, { channel }: CensusOptions): Reader => ({
  async read(cursor, { since }): Promise<CensusPage> {
    const filter = { start_date: since, order_state_codes: 'SHIPPED,TO_COLLECT,RECEIVED,CLOSED' }
    const page = await ordersFrom(wire, filter, offsetOf(cursor))
    const records = page.orders.flatMap((seen): CensusRecord[] => {
      const gone = seen.order_lines.filter(({ order_line_state }) => LEFT.has(order_line_state))
      const pieces = gone.reduce((all, { quantity }) => all + quantity, 0)
      const changedAt = new Date(seen.last_updated_date).toISOString()
      return pieces > 0 ? [{ key: `${channel}:${seen.order_id}`, fields: { pieces }, changedAt }] : []
    })
    return { records, cursor: page.cursor, more: page.more }
  },
})

/** @param recordOf null leaves the offer out. */
const offerReader = (wire: Patient, recordOf: (offer: z.infer<typeof seenOffer>) => CensusRecord | null): Reader => ({
  async read(cursor): Promise<CensusPage> {
    const offset = offsetOf(cursor)
    const { offers, total } = await listOffers(wire, offset)
    const next = offset + offers.length
    const records = offers.flatMap((one) => {
      const offer = seenOffer.safeParse(one).data
      return offer?.shop_sku.trim() ? (recordOf(offer) ?? []) : []
    })
    return { records, cursor: { offset: next }, more: offers.length > 0 && next < total }
  },
})

const stockReader = (wire: Patient, { pool, warehouse }: CensusOptions): Reader =>
  offerReader(wire, (offer) =>
    pool === null
      ? null
      : {
          key: `${pool}/${offer.shop_sku.trim()}`,
          fields: { pieces: shownBy(offer, warehouse) },
          changedAt: null,
        },
  )

const productReader = (wire: Patient): Reader =>
  offerReader(wire, (offer) => ({ key: offer.shop_sku.trim(), fields: { counted: true }, changedAt: null }))
