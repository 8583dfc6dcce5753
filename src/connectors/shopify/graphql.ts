/**
 * A small client for the Admin GraphQL API. It knows the price of what it asked before and what is left in the bucket,
 * and says `throttled` with the wait by itself instead of making a call that Shopify would turn down.
 */
import { z } from 'zod'
import { Fault } from '../../fault.ts'
import { jsonOf, type Tokens } from './auth.ts'
import { RETRY_AFTER_DEFAULT_MS } from './limits.ts'
import { quotable, statusFault, textOf, type Wire } from './wire.ts'

/** One document with the shape of its answer. The name is shown in messages. */
export interface Operation<T> {
  name: string
  text: string
  answer: z.ZodType<T>
}

export interface GraphQl {
  /**
   * Throws a Fault for everything but data of the promised shape; `userErrors` are part of the data.
   *
   * @param followedBy what is called right after: without budget for both, neither is called. Else a listing would use
   *   up again and again what was saved for the reading after it.
   */
  call<T>(operation: Operation<T>, variables: Record<string, unknown>, followedBy?: { name: string }): Promise<T>
  /** The `Date` header of the last answer against our clock, in milliseconds; null before the first answer. */
  clockSkewMs(): number | null
}

export interface GraphQlOptions {
  apiVersion: string
  /** Values never to be repeated in a message. */
  secrets(): string[]
}

const throttleStatus = z.object({
  maximumAvailable: z.number(),
  currentlyAvailable: z.number(),
  restoreRate: z.number(),
})
const envelope = z.object({
  data: z.record(z.string(), z.unknown()).nullish(),
  errors: z
    .union([
      z.array(z.object({ message: z.string(), extensions: z.looseObject({ code: z.string().optional() }).optional() })),
      z.string(),
    ])
    .optional(),
  extensions: z
    .object({ cost: z.object({ requestedQueryCost: z.number(), throttleStatus }).optional().catch(undefined) })
    .optional(),
})
type Envelope = z.infer<typeof envelope>

export function openGraphQl(options: GraphQlOptions, tokens: Tokens, wire: Wire): GraphQl {
  const path = `/admin/api/${options.apiVersion}/graphql.json`
  const bucket = openBucket(wire)
  let skewMs: number | null = null

  const post = (token: string, body: string) =>
    wire.post(
      path,
      { 'content-type': 'application/json', 'accept': 'application/json', 'x-shopify-access-token': token },
      body,
    )

  async function exchange(name: string, body: string): Promise<Envelope> {
    const token = await tokens.current()
    let response = await post(token, body)
    // A 401 need not mean that the token ended; one new token is tried, and a second 401 is final.
    if (response.status === 401) response = await post(await tokens.renew(token), body)
    const date = Date.parse(response.headers.get('date') ?? '')
    if (!Number.isNaN(date)) skewMs = wire.now() - date
    if (response.status !== 200) throw statusFault(response, name, wire.now())
    const parsed = envelope.safeParse(jsonOf(await textOf(response)))
    if (parsed.success) return parsed.data
    throw unexpected(name, 'not a GraphQL answer')
  }

  return {
    clockSkewMs: () => skewMs,
    async call(operation, variables, followedBy) {
      const settle = bucket.take(operation.name, followedBy?.name)
      let cost: Cost | undefined
      try {
        const answer = await exchange(operation.name, JSON.stringify({ query: operation.text, variables }))
        cost = answer.extensions?.cost
        if (answer.errors?.length)
          throw errorsFault(operation.name, answer, [...options.secrets(), tokens.known() ?? ''])
        const parsed = operation.answer.safeParse(answer.data)
        if (parsed.success) return parsed.data
        throw unexpected(operation.name, z.prettifyError(parsed.error))
      } finally {
        settle(cost)
      }
    },
  }
}

/** After such an answer it is not known whether the work was done, hence `unavailable` and not `malformed`. */
const unexpected = (name: string, why: string): Fault =>
  new Fault('unavailable', `The answer to ${name} has an unexpected shape: ${quotable(why)}`, {
    code: 'shopify.unexpected_answer',
  })

function errorsFault(name: string, answer: Envelope, secrets: string[]): Fault {
  const errors = typeof answer.errors === 'string' ? [{ message: answer.errors }] : answer.errors!
  const codes = errors.map((error) => ('extensions' in error ? (error.extensions?.code ?? '') : ''))
  const said = quotable(errors.map(({ message }) => message).join(' '), secrets)
  if (codes.includes('THROTTLED')) {
    const retryAfterMs = throttledMs(answer.extensions?.cost)
    return new Fault('throttled', `The query budget at Shopify is used up for ${name}.`, {
      code: 'shopify.throttled',
      retryAfterMs,
    })
  }
  if (codes.some((code) => code === 'ACCESS_DENIED' || code === 'SHOP_INACTIVE')) {
    return new Fault(
      'unauthorised',
      `Shopify denied ${name}: ${said} Grant the permission and install the app again.`,
      {
        code: 'shopify.access_denied',
      },
    )
  }
  if (codes.some((code) => code === 'INTERNAL_SERVER_ERROR' || code === 'TIMEOUT' || code === 'SERVICE_UNAVAILABLE')) {
    return new Fault('unavailable', `Shopify failed at ${name}: ${said}`, { code: 'shopify.server_error' })
  }
  return new Fault('rejected', `Shopify refused ${name}: ${said}`, { code: 'shopify.refused' })
}

type Cost = { requestedQueryCost: number; throttleStatus: z.infer<typeof throttleStatus> }

function throttledMs(cost: Cost | undefined): number {
  if (!cost) return RETRY_AFTER_DEFAULT_MS
  const { currentlyAvailable, restoreRate } = cost.throttleStatus
  const missing = cost.requestedQueryCost - currentlyAvailable
  return Math.max(50, restoreRate > 0 ? Math.ceil((missing / restoreRate) * 1_000) : RETRY_AFTER_DEFAULT_MS)
}

/** What we believe is in Shopify's bucket: the last status, what has flowed in since, less what is under way. */
function openBucket(wire: Wire) {
  const prices = new Map<string, number>()
  let last: { status: z.infer<typeof throttleStatus>; at: number } | null = null
  let underWay = 0

  return {
    /** Throws `throttled` when there is not enough; else gives the function to call with what it really cost. */
    take(name: string, followedBy?: string): (cost: Cost | undefined) => void {
      const price = prices.get(name) ?? 0
      const both = price + (prices.get(followedBy ?? '') ?? 0)
      if (last) {
        const { maximumAvailable, currentlyAvailable, restoreRate } = last.status
        const restored = Math.max(0, ((wire.now() - last.at) / 1_000) * restoreRate)
        const left = Math.min(maximumAvailable, currentlyAvailable + restored) - underWay
        const missing = Math.min(both, maximumAvailable) - left
        if (missing > 0 && restoreRate > 0) {
          const retryAfterMs = Math.max(50, Math.ceil((missing / restoreRate) * 1_000))
          const message = `Waiting for the query budget at Shopify before ${name}.`
          throw new Fault('throttled', message, { code: 'shopify.throttled', retryAfterMs })
        }
      }
      underWay += price
      return (cost) => {
        underWay -= price
        if (!cost) return
        prices.set(name, cost.requestedQueryCost)
        last = { status: cost.throttleStatus, at: wire.now() }
      }
    },
  }
}
