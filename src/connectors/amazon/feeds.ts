/**
 * A feed of listings (JSON_LISTINGS_FEED): many patches as one document, worked off in the background. What became of a
 * message its offer tells when it is looked at, so the processing report is not waited for.
 */
import { z } from 'zod'
import type { Client } from './client.ts'
import type { SellerOptions } from './listings.ts'

const FEED_TYPE = 'JSON_LISTINGS_FEED'
const CONTENT_TYPE = 'application/json; charset=UTF-8'

export interface FeedMessage {
  sku: string
  patches: readonly object[]
}

const document = z.object({ feedDocumentId: z.string(), url: z.url() })

/** @returns the feed's id. */
export async function sendFeed(
  client: Client,
  messages: readonly FeedMessage[],
  { sellerId, marketplaceId }: SellerOptions,
): Promise<string> {
  const { data } = await client.call('createFeedDocument', document, { body: { contentType: CONTENT_TYPE } })
  const header = { sellerId, version: '2.0', issueLocale: 'en_US' }
  const text = JSON.stringify({
    header,
    messages: messages.map(({ sku, patches }, index) => ({
      messageId: index + 1, sku, operationType: 'PATCH', productType: 'PRODUCT', patches,
    })), // prettier-ignore
  })
  await client.upload(data.url, text, CONTENT_TYPE)
  const body = { feedType: FEED_TYPE, marketplaceIds: [marketplaceId], inputFeedDocumentId: data.feedDocumentId }
  return (await client.call('createFeed', z.object({ feedId: z.string() }), { body })).data.feedId
}
