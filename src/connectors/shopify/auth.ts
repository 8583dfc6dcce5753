/** The access token by the client-credentials grant: asked for once at a time, renewed before it ends. */
import { z } from 'zod'
import { Fault } from '../../fault.ts'
import { jsonOf } from '../kit/shape.ts'
import { TOKEN_RENEW_AHEAD_MS } from './limits.ts'
import { statusFault, textOf, type Wire } from './wire.ts'

export interface Tokens {
  /** A token that is good for a while. */
  current(): Promise<string>
  /** Another token, because Shopify refused this one. Asks only once when many were refused together. */
  renew(refused: string): Promise<string>
  /** The last token, to be kept out of messages. */
  known(): string | null
}

export interface ClientCredentials {
  clientId: string
  /** Resolves the secret when it is needed, so that a rotated one is picked up. */
  clientSecret(): string
}

const granted = z.object({ access_token: z.string().min(1), expires_in: z.number().positive().optional() })
const DAY_S = 86_400

export function openTokens(credentials: ClientCredentials, wire: Wire): Tokens {
  let token: { value: string; renewAt: number } | null = null
  let asking: Promise<string> | null = null

  async function ask(): Promise<string> {
    const response = await wire.post(
      '/admin/oauth/access_token',
      { 'content-type': 'application/x-www-form-urlencoded', 'accept': 'application/json' },
      new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: credentials.clientId,
        client_secret: credentials.clientSecret(),
      }).toString(),
    )
    const text = await textOf(response)
    // 400 is how the grant refuses a wrong client (RFC 6749, 5.2).
    if (response.status === 400 || response.status === 401) {
      throw new Fault(
        'unauthorised',
        'Shopify refused the client id and secret. Check both, and that the app is installed.',
        {
          code: 'shopify.unauthorised',
        },
      )
    }
    if (response.status !== 200) throw statusFault(response, 'the request for an access token', wire.now())
    const answer = granted.safeParse(jsonOf(text))
    if (!answer.success) throw new Fault('unavailable', 'Shopify answered the request for an access token without one.')
    const livesMs = (answer.data.expires_in ?? DAY_S) * 1_000
    token = {
      value: answer.data.access_token,
      renewAt: wire.now() + livesMs - Math.min(TOKEN_RENEW_AHEAD_MS, livesMs / 2),
    }
    return token.value
  }

  const once = (): Promise<string> => {
    asking ??= ask().finally(() => (asking = null))
    return asking
  }

  return {
    current: async () => (token && wire.now() < token.renewAt ? token.value : once()),
    renew: async (refused) => {
      if (token?.value === refused) token = null
      return token?.value ?? once()
    },
    known: () => token?.value ?? null,
  }
}
