/** Where an order is served from and why, whether its channel waits for an answer, and whose place it takes. */
import { headPool, poolOf } from '#core/order/route.ts'
import type { OrderState } from '#core/order/state.ts'
import type { Policy } from '#core/policy.ts'
import { poolsOf } from '#core/pools.ts'
import { RESERVATION_TAG } from '#core/reservation/reservation.ts'
import type { RouteState } from '#core/route/route.ts'

export const reservationOf = (tags: readonly string[]): string | null =>
  tags.flatMap((tag) => RESERVATION_TAG.exec(tag)?.[1] ?? [])[0] ?? null

/** What goods may leave from. */
export const warehousesOf = (policy: Policy): string[] => poolsOf(policy)

export function acceptanceOf({ acceptance }: OrderState) {
  if (!acceptance) return null
  const { by, step, urgent, late, whole } = acceptance
  return { by, step, urgent, late, whole }
}

/** @param search how the pools were asked; null when the order was never routed. */
export function routeOf(order: OrderState, search: RouteState | null) {
  if (!order.route || !search) return null
  const { pool: home, holds } = order
  const { settled } = order.route
  const wanted = holds.filter(({ quantity }) => quantity > 0)
  const names = [...new Set([...search.candidates.map(({ pool }) => pool), home])]
  return {
    home,
    settled,
    why: whyOf(order, search),
    pools: names.map((pool) => ({ pool, what: whatOf(order, search, pool) })),
    parts: wanted.map(({ sku }) => ({ sku, pool: poolOf(order, sku) })),
  }
}

function whyOf(order: OrderState, { stopped, done, candidates }: RouteState): string {
  if (stopped) return 'The order was cancelled: nothing is wanted from anywhere.'
  if (!order.route!.settled)
    return done ? 'No pool may send all of it together.' : 'The pools that come first by the rules are being asked.'
  const from = [...new Set(order.holds.filter(({ quantity }) => quantity > 0).map(({ sku }) => poolOf(order, sku)))]
  if ((order.route?.pins ?? []).length > 0 || order.soldFrom) return 'A person had goods of it leave from elsewhere.'
  if (from.length > 1) return 'No pool had all of it, so it is sent from several.'
  const head = headPool(order)
  if (head === candidates[0]?.pool) return `${head} comes first by the rules and has all of it.`
  if (head === order.pool) return `No other pool that may serve it has all of it, so ${head} keeps it.`
  return `${head} is the first by the rules that has all of it.`
}

function whatOf(order: OrderState, { candidates, placements, short, tried }: RouteState, pool: string): string {
  const rank = candidates.findIndex((one) => one.pool === pool)
  const never = candidates[rank]?.never ?? []
  const place = rank < 0 ? 'not named by the rules' : `choice ${rank + 1}`
  const said: string[] = []
  if (pool === order.pool) said.push('holds the goods from the start')
  if (never.length > 0) said.push(`must not send ${never.join(', ')}`)
  if (pool === order.pool && short.length > 0) said.push(`has not enough of ${short.join(', ')}`)
  const here = placements.filter((one) => one.pool === pool)
  const asked = here.filter(({ asked: open }) => open > 0).map(({ sku }) => sku)
  const given = here.filter(({ granted }) => granted > 0).map(({ sku }) => sku)
  if (asked.length > 0) said.push(`is asked for ${asked.join(', ')}`)
  if (given.length > 0) said.push(`has set aside ${given.join(', ')}`)
  const passed = tried.some((one) => one.endsWith(` ${pool}`))
  if (here.length === 0 && passed && pool !== order.pool) said.push('could not give what was asked')
  if (here.length === 0 && !passed && pool !== order.pool) said.push('did not have to be asked')
  return [place, ...said].join(', ')
}
