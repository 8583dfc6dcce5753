/** What `doctor` asks of PayPal: does the app get a token, may it search, does the webhook stand. */
import { toFault } from '../../fault.ts'
import type { Finding } from '../kit/connector.ts'
import { missingTypes, webhooks } from './webhooks.ts'
import type { Client } from './wire.ts'

export interface CheckOptions {
  hookUrl: string | undefined
  webhookId: string | undefined
}

/** Scopes of a token without which a part does not work. */
const NEEDED: readonly (readonly [string, string])[] = [
  ['https://uri.paypal.com/services/reporting/search/read', 'Transaction search'],
  ['https://uri.paypal.com/services/disputes/read-seller', 'Customer disputes'],
]

export async function check(client: Client, { hookUrl, webhookId }: CheckOptions): Promise<Finding[]> {
  try {
    const all = await webhooks(client)
    const granted = client.scopes() ?? []
    return [
      { level: 'ok', about: 'connection', message: 'Connected to PayPal.' },
      ...NEEDED.filter(([scope]) => !granted.includes(scope)).map(([, feature]): Finding => ({
        level: 'warning',
        about: 'permissions',
        message: `The app lacks the feature '${feature}'.`,
        cure: "Switch it on for the app in PayPal's developer dashboard.",
      })),
      webhookFinding(),
    ]

    function webhookFinding(): Finding {
      const about = 'webhooks'
      if (hookUrl === undefined) {
        const cure = 'Configure the public URL of the hub to hear of payments within seconds.'
        return { level: 'warning', about, message: 'The hub has no public URL: all is read by feeds.', cure }
      }
      const ours = all.find(({ url }) => url === hookUrl)
      const cure = 'The upkeep of webhooks mends it within five minutes.'
      if (!ours) return { level: 'warning', about, message: "There is no webhook with the hub's URL.", cure }
      if (webhookId !== undefined && webhookId !== ours.id)
        return {
          level: 'error',
          about,
          message: 'webhookId is of another webhook: signatures of this one do not fit.',
          cure: 'Leave webhookId out of the configuration; it is looked up.',
        }
      const missing = missingTypes(ours)
      if (missing.length === 0) return { level: 'ok', about, message: 'All kinds of event are sent to us.' }
      return { level: 'warning', about, message: `Events are not sent to us: ${missing.join(', ')}.`, cure }
    }
  } catch (error) {
    const { kind, message } = toFault(error)
    const about = kind === 'unauthorised' ? 'permissions' : 'connection'
    return [{ level: 'error', about, message, cure: 'Mend this first; nothing else could be looked at.' }]
  }
}
