/** EasyPost: parcels are followed at their carriers; news of them comes in. */
import { openBudget } from '../kit/budget.ts'
import { type Connection, type Connector, oneByOne } from '../kit/connector.ts'
import { check } from './check.ts'
import { easypostConfig, type EasypostConfig } from './config.ts'
import { trackersFeed } from './feeds.ts'
import { receive, translate } from './inbound.ts'
import { API_VERSION, BUCKET } from './limits.ts'
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
    const limits = { [BUCKET]: { burst: perSecond, perSecond }, '*': { burst: perSecond, perSecond } }
    const budget = openBudget({ vendor: 'EasyPost', limits, now: () => io.now() })
    const url = config.url.replace(/\/+$/, '')
    const client = openClient({ url, apiKey: () => io.secret(config.apiKey), requestTimeoutMs }, io, budget)
    const secrets = () => webhookSecrets.map((one) => io.secret(one))

    return {
      receive: (request) => receive(request, { secrets }),
      translate: (delivery) => translate(delivery, name),
      outbound: { 'parcel.track': oneByOne((sent) => track(client, sent)) },
      feeds: { trackers: trackersFeed(client.patient, io, followDays) },
      upkeep: hookUrl
        ? { webhooks: webhookUpkeep(client.patient, { hookUrl, secret: () => secrets()[0] ?? null }) }
        : {},
      budget,
      check: () => check(client, { hookUrl, secrets: webhookSecrets.length }),
    }
  },
}
