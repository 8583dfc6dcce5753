/** What `doctor` asks of Uber: does the application work for this organization, and can webhooks be verified. */
import { toFault } from '../../fault.ts'
import type { Finding } from '../kit/connector.ts'
import { list } from './deliveries.ts'
import type { Client } from './wire.ts'

export interface CheckOptions {
  hookUrl: string | undefined
  /** How many keys are configured. */
  keys: number
}

export async function check(client: Client, { hookUrl, keys }: CheckOptions): Promise<Finding[]> {
  try {
    await list(client, 'ongoing', 'filter=ongoing&limit=1')
    return [{ level: 'ok', about: 'connection', message: 'Connected to Uber Direct.' }, hooks(hookUrl, keys)]
  } catch (error) {
    const { kind, message } = toFault(error)
    const about = kind === 'unauthorised' ? 'permissions' : 'connection'
    return [{ level: 'error', about, message, cure: 'Mend this first; nothing else could be looked at.' }]
  }
}

/** Uber's API does not say which webhooks there are: only the dashboard does. */
function hooks(hookUrl: string | undefined, keys: number): Finding {
  const about = 'webhooks'
  const warn = (message: string, cure: string): Finding => ({ level: 'warning', about, message, cure })
  if (hookUrl === undefined)
    return warn(
      'The hub has no public URL, so couriers are looked up every other minute.',
      'Configure the public URL of the hub to hear of them within seconds.',
    )
  if (keys > 0) {
    const message = 'Webhooks can be verified. Whether Uber sends them is shown in its dashboard alone.'
    return { level: 'ok', about, message }
  }
  const cure = `Make a webhook for event.delivery_status to ${hookUrl} in the dashboard; add its key to webhookKeys.`
  return warn('No signing key is configured, so webhooks cannot be verified.', cure)
}
