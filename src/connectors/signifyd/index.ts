/** Signifyd: screens orders for fraud before they go to the ERP. Orders go out; decisions come back. */
import { openBudget } from '../kit/budget.ts'
import { type Connection, type Connector, oneByOne } from '../kit/connector.ts'
import { check } from './check.ts'
import { signifydConfig, type SignifydConfig } from './config.ts'
import { receive, translate } from './inbound.ts'
import { API_VERSION, BUCKET, LIMIT } from './limits.ts'
import { ensureScreening } from './outbound.ts'
import { openClient } from './wire.ts'

export type { SignifydConfig, SignifydConfigInput } from './config.ts'

export const signifyd: Connector<SignifydConfig> = {
  name: 'signifyd',
  api: { version: API_VERSION },
  scopes: { team: "The team's API key: sending orders, and reading the decisions on them." },
  config: signifydConfig,

  open(config, { io, hookUrl }): Connection {
    const { requestTimeoutMs, formerKeys, send } = config
    const budget = openBudget({ vendor: 'Signifyd', limits: { [BUCKET]: LIMIT, '*': LIMIT }, now: () => io.now() })
    const teamKey = () => io.secret(config.teamKey)
    const client = openClient({ url: config.url.replace(/\/+$/, ''), teamKey, requestTimeoutMs }, io, budget)
    return {
      receive: (request) => receive(request, [teamKey(), ...formerKeys.map((one) => io.secret(one))]),
      translate,
      outbound: { 'screening.ensure': oneByOne(({ ask }) => ensureScreening(client, ask, send)) },
      // What webhooks lose is asked for by the order itself, which knows whether it is undecided.
      feeds: {},
      upkeep: {},
      budget,
      check: () => check(client, hookUrl),
    }
  },
}
