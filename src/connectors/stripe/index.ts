/** Stripe: payments, refunds and disputes come in; captures, refunds and voids go out. */
import { openBudget } from '../kit/budget.ts'
import { type Connection, type Connector, oneByOne } from '../kit/connector.ts'
import { check } from './check.ts'
import { stripeConfig, type StripeConfig } from './config.ts'
import { eventsFeed, listingFeed } from './feeds.ts'
import { receive, translate } from './inbound.ts'
import { API_VERSION, BUCKET } from './limits.ts'
import { capture, giveBack, release } from './outbound.ts'
import { SCOPES } from './scopes.ts'
import { webhookUpkeep } from './webhooks.ts'
import { openClient } from './wire.ts'

export type { StripeConfig, StripeConfigInput } from './config.ts'

export const stripe: Connector<StripeConfig> = {
  name: 'stripe',
  api: { version: API_VERSION },
  scopes: SCOPES,
  config: stripeConfig,

  open(config, { name, io, hookUrl }): Connection {
    const { apiVersion, requestTimeoutMs, orders, webhookSecrets, backfillDays } = config
    const perSecond = config.requestsPerSecond
    const limits = { [BUCKET]: { burst: perSecond, perSecond }, '*': { burst: perSecond, perSecond } }
    const budget = openBudget({ vendor: 'Stripe', limits, now: () => io.now() })
    const url = config.url.replace(/\/+$/, '')
    const secretKey = () => io.secret(config.secretKey)
    const client = openClient({ url, apiVersion, secretKey, requestTimeoutMs }, io, budget)
    const { patient } = client
    const learnt = new Set<string>()
    const secrets = () => [...webhookSecrets.map((one) => io.secret(one)), ...learnt]
    const names = { orders }

    return {
      receive: (request) => receive(request, { secrets }),
      translate: (delivery) => translate(delivery, { provider: name, orders }),
      outbound: {
        'payment.capture': oneByOne((sent) => capture(client, sent, names)),
        'payment.void': oneByOne((sent) => release(client, sent, names)),
        'payment.refund': oneByOne((sent) => giveBack(client, sent)),
      },
      feeds: { events: eventsFeed(patient, io, backfillDays), listing: listingFeed(patient, io) },
      upkeep: hookUrl
        ? { webhooks: webhookUpkeep(patient, { hookUrl, apiVersion, secrets: learnt, now: () => io.now() }) }
        : {},
      budget,
      check: () => check(client, { apiVersion, hookUrl, secrets: secrets().length }),
    }
  },
}
