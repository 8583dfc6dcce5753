/** What `doctor` asks of EasyPost: does the key work, in which mode, and does the webhook stand. */
import { toFault } from '../../fault.ts'
import type { Finding } from '../kit/connector.ts'
import { listWebhooks } from './webhooks.ts'
import type { Client } from './wire.ts'

export interface CheckOptions {
  hookUrl: string | undefined
  /** How many secrets are configured. */
  secrets: number
}

export async function check(client: Client, { hookUrl, secrets }: CheckOptions): Promise<Finding[]> {
  try {
    const all = await listWebhooks(client)
    const message = 'Connected to EasyPost.'
    return [{ level: 'ok', about: 'connection', message }, hooks(all, hookUrl, secrets)]
  } catch (error) {
    const { kind, message } = toFault(error)
    const about = kind === 'unauthorised' ? 'permissions' : 'connection'
    return [{ level: 'error', about, message, cure: 'Mend this first; nothing else could be looked at.' }]
  }
}

function hooks(all: Awaited<ReturnType<typeof listWebhooks>>, hookUrl: string | undefined, secrets: number): Finding {
  const about = 'webhooks'
  const warn = (message: string, cure: string): Finding => ({ level: 'warning', about, message, cure })
  if (hookUrl === undefined) {
    const cure = 'Configure the public URL of the hub to hear of parcels within seconds.'
    return warn('The hub has no public URL, so parcels are looked up every hour.', cure)
  }
  if (secrets === 0)
    return warn('No webhook secret is configured, so webhooks cannot be verified.', 'Add a secret to webhookSecrets.')
  const stands = all.some(({ url, disabled_at: off }) => url === hookUrl && !off)
  if (stands) return { level: 'ok', about, message: 'News of parcels is sent to us.' }
  return warn('News of parcels is not sent to us.', 'The upkeep of webhooks mends it within five minutes.')
}
