/** What `doctor` asks of Signifyd: does the key work, and can webhooks reach us. */
import { toFault } from '../../fault.ts'
import type { Finding } from '../kit/connector.ts'
import type { Client } from './wire.ts'

/** No order of ours is called so: a sound key is answered that there is none. */
const NOBODY = '/orders/crossdock-doctor/decision'

export async function check(client: Client, hookUrl: string | undefined): Promise<Finding[]> {
  try {
    await client.call({ method: 'GET', path: NOBODY, what: 'asking whether the key works', absent: true })
  } catch (error) {
    const { kind, message } = toFault(error)
    const about = kind === 'unauthorised' ? 'permissions' : 'connection'
    return [{ level: 'error', about, message, cure: 'Mend this first; nothing else could be looked at.' }]
  }
  const connected: Finding = { level: 'ok', about: 'connection', message: 'Signifyd takes the key.' }
  if (hookUrl !== undefined) return [connected, { level: 'ok', about: 'webhooks', message: WEBHOOKS(hookUrl) }]
  const message = 'The hub has no public URL, so decisions are asked for: after 5 minutes, then ever more seldom.'
  const cure = "Configure the public URL of the hub and enter it in Signifyd's console."
  return [connected, { level: 'warning', about: 'webhooks', message, cure }]
}

const WEBHOOKS = (hookUrl: string): string =>
  `Whether ${hookUrl} is entered in Signifyd's console cannot be asked; lost decisions are asked for.`
