/** Uber Direct: couriers who fetch a delivery now and bring it to somebody near. */
import { openBudget } from '../kit/budget.ts'
import { type Connection, type Connector, oneByOne } from '../kit/connector.ts'
import { check } from './check.ts'
import { uberConfig, type UberConfig } from './config.ts'
import { callOff, sendCourier } from './courier.ts'
import { deliveriesFeed } from './feeds.ts'
import { receive, translate } from './inbound.ts'
import { API_VERSION, BUCKET, BURST_MIN } from './limits.ts'
import { track } from './outbound.ts'
import { SCOPES } from './scopes.ts'
import { openClient } from './wire.ts'

export type { UberConfig, UberConfigInput } from './config.ts'

export const uber: Connector<UberConfig> = {
  name: 'uber',
  api: { version: API_VERSION },
  scopes: SCOPES,
  config: uberConfig,

  open(config, { name, io, hookUrl }): Connection {
    const { authUrl, customerId, clientId, requestTimeoutMs, webhookKeys, proof, requestsPerSecond: perSecond } = config
    const limit = { burst: Math.max(2 * perSecond, BURST_MIN), perSecond }
    const limits = { [BUCKET]: limit, '*': limit }
    const budget = openBudget({ vendor: 'Uber', limits, now: () => io.now() })
    const url = config.url.replace(/\/+$/, '')
    const clientSecret = () => io.secret(config.clientSecret)
    const client = openClient({ url, authUrl, customerId, clientId, clientSecret, requestTimeoutMs }, io, budget)
    const keys = () => webhookKeys.map((one) => io.secret(one))

    return {
      receive: (request) => receive(request, { keys }),
      translate: (delivery) => translate(delivery, name),
      outbound: {
        'parcel.track': oneByOne((sent) => track(client, sent)),
        'label.ensure': oneByOne((sent) => sendCourier(client, sent, proof)),
        'label.void': oneByOne((sent) => callOff(client, sent)),
      },
      feeds: { deliveries: deliveriesFeed(client.patient) },
      upkeep: {},
      budget,
      check: () => check(client, { hookUrl, keys: webhookKeys.length }),
    }
  },
}
