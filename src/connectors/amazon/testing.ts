/** What the tests of this folder share: a clock that stands still, a seller's account, and a connection to it. */
import type { Surroundings } from '../kit/connector.ts'
import type { Fetch, Log } from '../../io.ts'
import { createClock, secretsIn, simulatorIo, testIo } from '../kit/testing.ts'
import { amazon, type AmazonConfigInput } from './index.ts'
import { type AmazonOptions, createAmazon } from './simulator/index.ts'

export const CHANNEL = 'amazon-us'
export const SELLER = 'A3TH9S8BH6GOGM'
export const MARKETPLACE = 'ATVPDKIKX0DER'
export const SECRET = 'amzn1.oa2-cs.v1.a-client-secret'
export const REFRESH_TOKEN = 'Atzr|a-refresh-token'
export const AWS_SECRET = 'an-aws-secret-access-key'
export const START = Date.parse('2026-11-21T05:30:00.000Z')

export const QUEUE = {
  url: 'https://sqs.us-east-1.amazonaws.com/123456789012/crossdock',
  arn: 'arn:aws:sqs:us-east-1:123456789012:crossdock',
}

export interface WorldOptions {
  account?: Partial<AmazonOptions>
  config?: Partial<AmazonConfigInput>
  /** Stands between the connection and Amazon. */
  wrap?(fetch: Fetch): Fetch
  log?: Log
  snapshot?: unknown
}

export function createWorld({ account, config, wrap, log, snapshot }: WorldOptions = {}) {
  const clock = createClock(START)
  const options: AmazonOptions = {
    sellerId: SELLER,
    marketplaceId: MARKETPLACE,
    clientId: 'crossdock',
    clientSecret: SECRET,
    refreshToken: REFRESH_TOKEN,
    queue: { ...QUEUE, accessKeyId: 'AKIAEXAMPLE', secretAccessKey: AWS_SECRET },
    effectiveAfterMs: [60_000, 60_000],
    ...account,
  }
  const seller = createAmazon(options, simulatorIo(clock), snapshot)
  const known: Record<string, string> = {
    'env:LWA': SECRET, 'env:REFRESH': REFRESH_TOKEN, 'env:AWS_ID': 'AKIAEXAMPLE', 'env:AWS': AWS_SECRET,
  } // prettier-ignore
  const io = testIo({ clock, fetch: seller.fetch, wrap, secret: secretsIn(known), log })
  const parsed = amazon.config.parse({
    sellerId: SELLER,
    marketplaceId: MARKETPLACE,
    clientId: 'crossdock',
    clientSecret: 'env:LWA',
    refreshToken: 'env:REFRESH',
    queue: { ...QUEUE, accessKeyId: 'env:AWS_ID', secretAccessKey: 'env:AWS' },
    locations: [{ locationId: 'DEFAULT', pool: 'WH' }, { locationId: 'AMAZON_NA', pool: 'FBA' }], // prettier-ignore
    requestTimeoutMs: 0,
    ...config,
  })
  const surroundings: Surroundings = { name: CHANNEL, io }
  return { clock, seller, io, secrets: known, connection: amazon.open(parsed, surroundings) }
}

export const MUG = { sku: 'MUG-01', title: 'Blue mug', price: '12.50', quantity: 10 }
export const KETTLE = { sku: 'KETTLE-01', title: 'Kettle', price: '39.90', fba: 20 }
