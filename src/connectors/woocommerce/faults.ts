/**
 * What a refusal of the shop means. WooCommerce's statuses say little: missing permission is 401, a refused refund is
 * 500 and final, and errors of a batch stand in a 200. So codes and messages decide.
 */
import { z } from 'zod'
import { Fault, type FaultKind } from '../../fault.ts'
import { quotable as plainWords } from '../kit/quotable.ts'
import { retryAfterMs } from '../kit/exchange.ts'
import { RETRY_AFTER_DEFAULT_MS } from './limits.ts'

const refusal = z.object({
  code: z.string(),
  message: z.string().default(''),
  data: z.object({ status: z.number().optional(), resource_id: z.number().optional() }).nullish().catch(undefined),
})
export type Refusal = z.infer<typeof refusal>

/** The error the shop speaks of; null when that is not the shop speaking. */
export const refusalIn = (body: unknown): Refusal | null => refusal.safeParse(body).data ?? null

export interface Refused {
  status: number
  headers: Headers
  body: unknown
  /** For a person: what was asked. */
  what: string
  now: number
  secrets: readonly string[]
}

/** The fault behind an answer that is no success. */
export function statusFault({ status, headers, body, what, now, secrets }: Refused): Fault {
  const wait = retryAfterMs(headers, now)
  const waits = wait === undefined ? {} : { retryAfterMs: wait }
  // Firewalls say 503 with a wait when they mean 429; without one it is the shop that is down.
  if (status === 429 || (status === 503 && wait !== undefined)) {
    const message = `The shop answered ${status} to ${what}: it asks to slow down. Sending goes on after the wait.`
    return new Fault('throttled', message, {
      code: 'woocommerce.throttled',
      retryAfterMs: wait ?? RETRY_AFTER_DEFAULT_MS,
    })
  }
  if (status >= 300 && status < 400) {
    return fault(
      'rejected',
      'woocommerce.moved',
      `The shop redirects ${what}. Set url to its home URL exactly as the shop has it.`,
    )
  }
  const said = refusalIn(body)
  if (said) return refusalFault(said, status, what, secrets)
  if (status === 401 || status === 403 || status === 406) {
    return fault(
      'unauthorised',
      'woocommerce.firewall',
      `Something in front of the shop answered ${status} to ${what}. Let the hub through.`,
    )
  }
  if (status >= 500 || status === 408) {
    return new Fault('unavailable', `The shop answered ${status} to ${what}.`, {
      code: 'woocommerce.server_error',
      ...waits,
    })
  }
  if (status === 404)
    return fault('rejected', 'woocommerce.no_api', `There is no REST API of WooCommerce where ${what} was asked.`)
  return fault('rejected', 'woocommerce.refused', `The shop answered ${status} to ${what}.`)
}

/** Of a whole answer or of one item in a batch. */
export function refusalFault(said: Refusal, status: number, what: string, secrets: readonly string[] = []): Fault {
  const rule = RULES.find(({ of }) => of(said, status))
  const quoted = quotable(said.message, secrets)
  const named = said.data?.resource_id ? ` It is number ${said.data.resource_id}.` : ''
  const { kind, code, cure = '' } = rule ?? { kind: 'rejected' as const, code: 'woocommerce.refused' }
  const message = `The shop refused ${what} (${status}): ${quoted}${named}${cure ? ` ${cure}` : ''}`
  return fault(kind, code, message)
}

interface Rule {
  of(said: Refusal, status: number): boolean
  kind: FaultKind
  code: string
  cure?: string
}

/** The first that fits counts. */
const RULES: readonly Rule[] = [
  {
    of: ({ message }) => /^invalid timestamp/i.test(message),
    kind: 'unauthorised',
    code: 'woocommerce.clock',
    cure: 'The clocks of hub and shop differ by more than 15 minutes: set one right.',
  },
  // Somebody in between repeated our request: signed anew it will pass.
  { of: ({ message }) => /^invalid nonce/i.test(message), kind: 'conflict', code: 'woocommerce.nonce' },
  // Permanent although it is a 500: the gateway cannot, or the amount is too much.
  {
    of: ({ code }) => code === 'woocommerce_rest_cannot_create_order_refund',
    kind: 'rejected',
    code: 'woocommerce.refund_refused',
  },
  { of: ({ code }) => code === 'product_invalid_sku', kind: 'rejected', code: 'woocommerce.sku_taken' },
  { of: ({ code }) => /shop_order.*invalid_id/.test(code), kind: 'rejected', code: 'woocommerce.unknown_order' },
  { of: ({ code }) => /product.*invalid_id/.test(code), kind: 'rejected', code: 'woocommerce.unknown_item' },
  { of: ({ code }) => code === 'rest_no_route', kind: 'rejected', code: 'woocommerce.no_api' },
  {
    of: (_, status) => status === 401 || status === 403,
    kind: 'unauthorised',
    code: 'woocommerce.unauthorised',
    cure: 'Check key, secret and permission; over http also that url is exactly the home URL.',
  },
  { of: (_, status) => status >= 500 || status === 408, kind: 'unavailable', code: 'woocommerce.server_error' },
]

export const fault = (kind: FaultKind, code: string, message: string): Fault => new Fault(kind, message, { code })

/** Words of the shop made fit to be shown: no markup either. */
const quotable = (text: string, secrets: readonly string[]): string =>
  plainWords(text.replace(/<[^>]*>/g, ' '), secrets, [/\bc[ks]_\w+/g, /(?<=oauth_signature=)[^&\s"]+/g])
