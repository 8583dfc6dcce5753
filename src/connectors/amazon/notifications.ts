/**
 * The queue as a feed. Amazon tells what changed, more than once and in any order; what it tells of is read anew. A
 * message is deleted when the next page is read: by then this one is stored.
 */
import { createHash } from 'node:crypto'
import { canonicalJson, type Json } from '#canon/json.ts'
import { z } from 'zod'
import { Fault } from '../../fault.ts'
import type { Feed, FeedPage, Reading } from '../kit/connector.ts'
import type { Client } from './client.ts'
import { listingReading } from './listing-feed.ts'
import { readItem, type SellerOptions } from './listings.ts'
import { MESSAGES_PER_READ, QUEUE_EVERY_MS } from './limits.ts'
import { readingOf, readOrder } from './orders.ts'
import type { Queue, QueueMessage } from './queue.ts'

/** Some types write their members in capitals, some do not. */
const capitals = z.object({
  NotificationType: z.string(),
  Payload: z.looseObject({}),
  NotificationMetadata: z.object({ NotificationId: z.string().min(1) }),
})
const small = z
  .object({
    notificationType: z.string(),
    payload: z.looseObject({}),
    notificationMetadata: z.object({ notificationId: z.string().min(1) }),
  })
  .transform((it) => ({
    NotificationType: it.notificationType,
    Payload: it.payload,
    NotificationMetadata: { NotificationId: it.notificationMetadata.notificationId },
  }))
const envelope = z.union([capitals, small])

const orderChange = z.object({ OrderChangeNotification: z.object({ AmazonOrderId: z.string().min(1) }) })
const listingChange = z.object({ Sku: z.string().trim().min(1) })

const cursorShape = z.object({
  /** Messages that are stored and can be deleted. */
  stored: z.array(z.string()),
  /** Notifications read lately: a double asks nothing of Amazon. */
  lately: z.array(z.string()),
})

const LATELY_MAX = 200

/** What one message made us read; `notification` is null when it is none of Amazon's. */
interface Read {
  notification: string | null
  readings: Reading[]
}

export function notificationFeed(queue: Queue, client: Client, seller: SellerOptions): Feed {
  async function read(message: QueueMessage, lately: readonly string[]): Promise<Read> {
    const body = parsed(message.body)
    const told = envelope.safeParse(body).data
    // Somebody else's message is kept for people, so that the queue does not hand it out for ever.
    if (!told)
      return { notification: null, readings: [{ key: `message:${message.messageId}`, topic: 'queue/unknown', body }] }
    const notification = told.NotificationMetadata.NotificationId
    if (lately.includes(notification)) return { notification, readings: [] }
    const own: Reading = { key: `notification:${notification}`, topic: `queue/${told.NotificationType}`, body }
    return { notification, readings: [own, ...(await readAbout(told.NotificationType, told.Payload))] }
  }

  async function readAbout(type: string, payload: unknown): Promise<Reading[]> {
    const about = orderChange.safeParse(payload).data?.OrderChangeNotification
    if (type === 'ORDER_CHANGE' && about) {
      const order = await readOrder(client, about.AmazonOrderId)
      return order ? [readingOf(order)] : []
    }
    const sku = listingChange.safeParse(payload).data?.Sku
    // Amazon's schema and its example write the second type differently: CHANGE and CHANGED.
    const offer = /^LISTINGS_ITEM_(ISSUES|STATUS)_CHANGED?$/.test(type)
    return offer && sku ? readOffer(client, sku, seller) : []
  }

  return {
    everyMs: QUEUE_EVERY_MS,
    async read(storedCursor): Promise<FeedPage> {
      const { stored, lately } = cursorShape.safeParse(storedCursor).data ?? { stored: [], lately: [] }
      await queue.remove(stored)
      const messages = await queue.receive()
      const readings: Reading[] = []
      const done: string[] = []
      const seen = [...lately]
      for (const message of messages) {
        try {
          const { notification, readings: found } = await read(message, seen)
          readings.push(...found)
          if (notification) seen.push(notification)
          done.push(message.receipt)
        } catch (error) {
          // What is read is stored; the rest is handed out again by the queue.
          if (done.length === 0) throw error
          return { readings, cursor: cursorOf(done, seen), more: !isPassing(error) }
        }
      }
      return { readings, cursor: cursorOf(done, seen), more: messages.length === MESSAGES_PER_READ }
    },
  }
}

const isPassing = (error: unknown): boolean => error instanceof Fault && error.kind === 'throttled'

const cursorOf = (stored: string[], lately: string[]): Json => ({ stored, lately: lately.slice(-LATELY_MAX) })

/** The offer and what it shows now, or that it is gone. */
async function readOffer(client: Client, sku: string, seller: SellerOptions): Promise<Reading[]> {
  const found = await readItem(client, sku, seller, true)
  const at = found?.at ?? new Date(seller.nowMs()).toISOString()
  const shown = found?.item.fulfillmentAvailability ?? []
  const summary = found?.item.summaries?.find(({ marketplaceId }) => marketplaceId === seller.marketplaceId)
  const row = {
    sku, asin: summary?.asin ?? '', title: summary?.itemName ?? '', at, deleted: found === null,
    fulfilmentChannel: shown[0]?.fulfillmentChannelCode ?? 'DEFAULT',
  } // prettier-ignore
  const levels = shown.map(({ fulfillmentChannelCode: code, quantity }): Reading => {
    const body = { sku, code, quantity: quantity ?? 0, at }
    const digest = createHash('sha256').update(canonicalJson(body)).digest('hex').slice(0, 16)
    return { key: `shown:${digest}`, topic: 'poll/stock', body }
  })
  return [listingReading(row), ...levels]
}

function parsed(text: string): Json {
  try {
    return JSON.parse(text) as Json
  } catch {
    return { text: text.slice(0, 2_000) }
  }
}
