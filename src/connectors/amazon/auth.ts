/**
 * Access tokens of Login with Amazon: for the seller by the refresh token, for the app itself ("grantless") by its own
 * credentials. Each is asked for once at a time and renewed before it ends.
 */
import { z } from 'zod'
import { Fault } from '../../fault.ts'
import { jsonOf } from '../kit/shape.ts'
import { GRANTLESS_SCOPE, TOKEN_RENEW_AHEAD_MS } from './limits.ts'
import { statusFault, textOf, type Wire } from './wire.ts'

export type Grant = 'seller' | 'grantless'

export interface Tokens {
  /** A token that is good for a while. */
  current(grant: Grant): Promise<string>
  /** Another token, because Amazon refused this one. Asks only once when many were refused together. */
  renew(grant: Grant, refused: string): Promise<string>
  /** The last tokens, to be kept out of messages. */
  known(): string[]
}

export interface Credentials {
  url: string
  clientId: string
  /** Resolved when they are needed, so that rotated ones are picked up. */
  clientSecret(): string
  refreshToken(): string
}

const granted = z.object({ access_token: z.string().min(1), expires_in: z.number().positive().optional() })
const HOUR_S = 3_600

export function openTokens(credentials: Credentials, wire: Wire): Tokens {
  const tokens = new Map<Grant, { value: string; renewAt: number }>()
  const asking = new Map<Grant, Promise<string>>()

  async function ask(grant: Grant): Promise<string> {
    const response = await wire.send(credentials.url, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', 'accept': 'application/json' },
      body: new URLSearchParams({
        ...(grant === 'seller'
          ? { grant_type: 'refresh_token', refresh_token: credentials.refreshToken() }
          : { grant_type: 'client_credentials', scope: GRANTLESS_SCOPE }),
        client_id: credentials.clientId,
        client_secret: credentials.clientSecret(),
      }).toString(),
    })
    const text = await textOf(response)
    // 400 is how the grant refuses a wrong client or a withdrawn authorisation (RFC 6749, 5.2).
    if (response.status === 400 || response.status === 401) throw refused(jsonOf(text))
    if (response.status !== 200)
      throw statusFault(response, { what: 'the request for an access token', now: wire.now() })
    const answer = granted.safeParse(jsonOf(text))
    if (!answer.success) throw new Fault('unavailable', 'Amazon answered the request for an access token without one.')
    const livesMs = (answer.data.expires_in ?? HOUR_S) * 1_000
    const renewAt = wire.now() + livesMs - Math.min(TOKEN_RENEW_AHEAD_MS, livesMs / 2)
    tokens.set(grant, { value: answer.data.access_token, renewAt })
    return answer.data.access_token
  }

  const once = (grant: Grant): Promise<string> => {
    const under = asking.get(grant) ?? ask(grant).finally(() => asking.delete(grant))
    asking.set(grant, under)
    return under
  }

  return {
    async current(grant) {
      const token = tokens.get(grant)
      return token && wire.now() < token.renewAt ? token.value : once(grant)
    },
    async renew(grant, refusedToken) {
      if (tokens.get(grant)?.value === refusedToken) tokens.delete(grant)
      return tokens.get(grant)?.value ?? once(grant)
    },
    known: () => [...tokens.values()].map(({ value }) => value),
  }
}

/** `invalid_grant`: the seller withdrew the authorisation. Anything else: the app's own credentials. */
function refused(body: unknown): Fault {
  const code = z.object({ error: z.string() }).safeParse(body).data?.error
  const message =
    code === 'invalid_grant'
      ? "Amazon refused the refresh token: the seller's authorisation was withdrawn or has run out. Authorise the app again."
      : 'Amazon refused the client id and secret. Check both: the secret must be rotated every 180 days.'
  return new Fault('unauthorised', message, { code: 'amazon.unauthorised' })
}
