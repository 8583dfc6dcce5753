/**
 * A small client for the Admin GraphQL API. It reserves the price of each call in the budget beforehand and gives back
 * what the call did not cost; without enough it makes no call and says `throttled` with the wait.
 */
import { z } from 'zod'
import { Fault } from '../../fault.ts'
import { jsonOf } from '../kit/shape.ts'
import type { Tokens } from './auth.ts'
import type { Bill, Budget } from '../kit/budget.ts'
import { BUCKET, PRICE_UNKNOWN, PRICES, RETRY_AFTER_DEFAULT_MS } from './limits.ts'
import { quotable, statusFault, textOf, type Wire } from './wire.ts'

/** One document with the shape of its answer. The name is shown in messages. */
export interface Operation<T> {
  name: string
  text: string
  answer: z.ZodType<T>
}

export interface Caller {
  /**
   * Throws a Fault for everything but data of the promised shape; `userErrors` are part of the data.
   *
   * @param followedBy what is called right after: without budget for both, neither is called. Else a listing would use
   *   up again and again what was saved for the reading after it.
   */
  call<T>(operation: Operation<T>, variables: Record<string, unknown>, followedBy?: { name: string }): Promise<T>
  /** The same, with what the shop's clock said when it answered, to the second; null when it did not say. */
  timed<T>(
    operation: Operation<T>,
    variables: Record<string, unknown>,
    followedBy?: { name: string },
  ): Promise<{ data: T; at: string | null }>
}

export interface GraphQl extends Caller {
  /** The `Date` header of the last answer against our clock, in milliseconds; null before the first answer. */
  clockSkewMs(): number | null
  /** The same, but yielding: orders and stock go first when the query budget is short. */
  patient: Caller
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
const queryCost = z.object({
  requestedQueryCost: z.number(),
  actualQueryCost: z.number().nullish(),
  throttleStatus,
})
type Cost = z.infer<typeof queryCost>
const envelope = z.object({
  data: z.record(z.string(), z.unknown()).nullish(),
  errors: z
    .union([
      z.array(z.object({ message: z.string(), extensions: z.looseObject({ code: z.string().optional() }).optional() })),
      z.string(),
    ])
    .optional(),
  extensions: z.object({ cost: queryCost.optional().catch(undefined) }).optional(),
})
type Envelope = z.infer<typeof envelope>

export function openGraphQl(options: GraphQlOptions, tokens: Tokens, wire: Wire, budget: Budget): GraphQl {
  const path = `/admin/api/${options.apiVersion}/graphql.json`
  const prices = new Map(Object.entries(PRICES))
  let skewMs: number | null = null

  const post = (token: string, body: string) =>
    wire.post(
      path,
      { 'content-type': 'application/json', 'accept': 'application/json', 'x-shopify-access-token': token },
      body,
    )

  async function exchange(name: string, body: string): Promise<{ answer: Envelope; dateMs: number }> {
    const token = await tokens.current()
    let response = await post(token, body)
    // A 401 need not mean that the token ended; one new token is tried, and a second 401 is final.
    if (response.status === 401) response = await post(await tokens.renew(token), body)
    const dateMs = Date.parse(response.headers.get('date') ?? '')
    if (!Number.isNaN(dateMs)) skewMs = wire.now() - dateMs
    if (response.status !== 200) throw statusFault(response, name, wire.now())
    const parsed = envelope.safeParse(jsonOf(await textOf(response)))
    if (parsed.success) return { answer: parsed.data, dateMs }
    throw unexpected(name, 'not a GraphQL answer')
  }

  const timedAs =
    (patient: boolean): GraphQl['timed'] =>
    async (operation, variables, followedBy) => {
      const { name } = operation
      const price = prices.get(name) ?? PRICE_UNKNOWN
      const next = followedBy ? (prices.get(followedBy.name) ?? PRICE_UNKNOWN) : 0
      const settle = await budget.draw({ bucket: BUCKET, price, next, patient, what: name })
      let cost: Cost | undefined
      try {
        const { answer, dateMs } = await exchange(name, JSON.stringify({ query: operation.text, variables }))
        cost = answer.extensions?.cost
        if (cost) prices.set(name, cost.requestedQueryCost)
        if (answer.errors?.length) throw errorsFault(name, answer, [...options.secrets(), tokens.known() ?? ''])
        const parsed = operation.answer.safeParse(answer.data)
        if (parsed.success)
          return { data: parsed.data, at: Number.isNaN(dateMs) ? null : new Date(dateMs).toISOString() }
        throw unexpected(name, z.prettifyError(parsed.error))
      } finally {
        settle(cost ? billOf(cost) : {})
      }
    }

  const callerAs = (patient: boolean): Caller => {
    const timed = timedAs(patient)
    return { timed, call: async (...asked) => (await timed(...asked)).data }
  }
  return { clockSkewMs: () => skewMs, ...callerAs(false), patient: callerAs(true) }
}

/** Charged as asked and refunded to what it came to; what was turned down is not charged. */
function billOf({ requestedQueryCost, actualQueryCost, throttleStatus: status }: Cost): Bill {
  const limit = status.restoreRate > 0 ? { burst: status.maximumAvailable, perSecond: status.restoreRate } : undefined
  const refused = actualQueryCost === null && status.currentlyAvailable < requestedQueryCost
  const cost = refused ? 0 : (actualQueryCost ?? requestedQueryCost)
  return { cost, level: status.currentlyAvailable, refused, ...(limit ? { limit } : {}) }
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

function throttledMs(cost: Cost | undefined): number {
  if (!cost) return RETRY_AFTER_DEFAULT_MS
  const { currentlyAvailable, restoreRate } = cost.throttleStatus
  const missing = cost.requestedQueryCost - currentlyAvailable
  return Math.max(50, restoreRate > 0 ? Math.ceil((missing / restoreRate) * 1_000) : RETRY_AFTER_DEFAULT_MS)
}
