/** EasyPost: labels are bought there and given back; parcels are followed at their carriers. */
import { openBudget } from '../kit/budget.ts'
import { type Connection, type Connector, oneByOne } from '../kit/connector.ts'
import { check } from './check.ts'
import { easypostConfig, type EasypostConfig } from './config.ts'
import { trackersFeed } from './feeds.ts'
import { receive, translate } from './inbound.ts'
import { ensureLabel, voidLabel } from './labels.ts'
import { API_VERSION, BUCKET, BURST_MIN } from './limits.ts'
import { track } from './outbound.ts'
import { SCOPES } from './scopes.ts'
import { webhookUpkeep } from './webhooks.ts'
import { openClient } from './wire.ts'

export type { EasypostConfig, EasypostConfigInput } from './config.ts'

export const easypost: Connector<EasypostConfig> = {
  name: 'easypost',
  api: { version: API_VERSION },
  scopes: SCOPES,
  config: easypostConfig,

  open(config, { name, io, hookUrl }): Connection {
    const { requestTimeoutMs, webhookSecrets, followDays, requestsPerSecond: perSecond } = config
    // A label is three calls in a row: with less at once it would never be bought.
    const limit = { burst: Math.max(2 * perSecond, BURST_MIN), perSecond }
    const limits = { [BUCKET]: limit, '*': limit }
    const budget = openBudget({ vendor: 'EasyPost', limits, now: () => io.now() })
    const url = config.url.replace(/\/+$/, '')
    const client = openClient({ url, apiKey: () => io.secret(config.apiKey), requestTimeoutMs }, io, budget)
    const secrets = () => webhookSecrets.map((one) => io.secret(one))

    return {
      receive: (request) => receive(request, { secrets }),
      translate: (delivery) => translate(delivery, name),
      outbound: {
        'parcel.track': oneByOne((sent) => track(client, sent)),
        'label.ensure': oneByOne((sent) => ensureLabel(client, sent)),
        'label.void': oneByOne((sent) => voidLabel(client, sent)),
      },
      feeds: { trackers: trackersFeed(client.patient, io, followDays) },
      upkeep: hookUrl
        ? { webhooks: webhookUpkeep(client.patient, { hookUrl, secret: () => secrets()[0] ?? null }) }
        : {},
      budget,
      check: () => check(client, { hookUrl, secrets: webhookSecrets.length }),
    }
  },
}
