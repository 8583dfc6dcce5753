/** PayPal: payments, refunds and disputes come in; captures, refunds and voids go out. */
import { openBudget } from '../kit/budget.ts'
import { type Connection, type Connector, oneByOne } from '../kit/connector.ts'
import { isSigned, openCertificates } from './certificate.ts'
import { check } from './check.ts'
import { paypalConfig, type PaypalConfig } from './config.ts'
import { disputesFeed, eventsFeed, transactionsFeed } from './feeds.ts'
import { receive, translate } from './inbound.ts'
import { API_VERSION, BUCKET } from './limits.ts'
import { capture, giveBack, release } from './outbound.ts'
import { SCOPES } from './scopes.ts'
import { webhooks, webhookUpkeep } from './webhooks.ts'
import { openClient } from './wire.ts'

export type { PaypalConfig, PaypalConfigInput } from './config.ts'

/** Forgers can make us look, but not often. */
const LOOK_AGAIN_MS = 60_000

export const paypal: Connector<PaypalConfig> = {
  name: 'paypal',
  api: { version: API_VERSION },
  scopes: SCOPES,
  config: paypalConfig,

  open(config, { name, io, hookUrl }): Connection {
    const { clientId, orders, backfillDays, requestTimeoutMs, webhookId } = config
    const perSecond = config.requestsPerSecond
    const limits = { [BUCKET]: { burst: perSecond, perSecond }, '*': { burst: perSecond, perSecond } }
    const budget = openBudget({ vendor: 'PayPal', limits, now: () => io.now() })
    const url = config.url.replace(/\/+$/, '')
    const clientSecret = () => io.secret(config.clientSecret)
    const client = openClient({ url, clientId, clientSecret, requestTimeoutMs }, io, budget)
    const certificates = openCertificates(
      {
        hosts: config.certificateHosts,
        names: config.certificateNames,
        roots: () => config.certificateRoots.map((one) => io.secret(one)),
        requestTimeoutMs,
      },
      io,
    )
    const known = new Set(webhookId === undefined ? [] : [webhookId])
    let lookAgainMs = 0
    const names = { orders }
    const { patient } = client

    return {
      async prepare(request) {
        const certificate = request.headers['paypal-cert-url']
        if (certificate === undefined) return
        await certificates.fetch(certificate)
        // Another process may have made the webhook anew: without its id nothing can be verified.
        const key = certificates.keyOf(certificate)
        if (hookUrl === undefined || !key || isSigned(request, [...known], key) || io.now() < lookAgainMs) return
        lookAgainMs = io.now() + LOOK_AGAIN_MS
        for (const one of await webhooks(client)) if (one.url === hookUrl) known.add(one.id)
      },
      receive: (request) => receive(request, { certificates, webhookIds: () => [...known] }),
      translate: (delivery) => translate(delivery, { provider: name, orders }),
      outbound: {
        'payment.capture': oneByOne((sent) => capture(client, sent, names)),
        'payment.void': oneByOne((sent) => release(client, sent, names)),
        'payment.refund': oneByOne((sent) => giveBack(client, sent)),
      },
      feeds: {
        events: eventsFeed(patient, io, backfillDays),
        transactions: transactionsFeed(patient, io),
        disputes: disputesFeed(patient, io, backfillDays),
      },
      upkeep: hookUrl
        ? { webhooks: webhookUpkeep(patient, { hookUrl, onFound: (id) => known.add(id), now: () => io.now() }) }
        : {},
      budget,
      check: () => check(client, { hookUrl, webhookId }),
    }
  },
}
