/** Which runs the crash matrix is made of: every point that a rehearsal passed, each killed in several ways. */
import type { RunPlan } from './run.ts'

/**
 * Points that every rehearsal must pass. When the hub's statements or calls change and one of these is not found any
 * more, the matrix says so instead of proving less than it did.
 */
export const REQUIRED: readonly string[] = [
  'receive.before-store', 'receive.store-sent', 'receive.after-store-before-answer',
  'turn.after-claim', 'turn.after-load', 'turn.after-decide', 'turn.after-events', 'turn.after-states',
  'turn.after-intents', 'turn.after-notes', 'turn.before-commit', 'turn.commit-sent', 'turn.after-commit',
  'dispatch.after-claim', 'dispatch-lease.before-commit', 'dispatch-lease.commit-sent', 'dispatch-lease.after-commit',
  'dispatch-lease.claim-sent', 'dispatch-lease.after-claim',
  'dispatch.before-finish', 'dispatch-finish.commit-sent', 'dispatch-finish.after-commit',
  'dispatch.after-postpone', 'dispatch-postpone.commit-sent', 'governor.after-learn', 'governor.after-probe-claimed',
  'feed.before-store', 'feed.between-store-and-cursor', 'feed.before-commit', 'feed.commit-sent', 'feed.after-commit',
  'feed.move-sent', 'feed.after-move',
  'regular.after-take', 'regular.before-report', 'join.before-commit', 'join.commit-sent', 'heart.after-beat',
  'migrate.before-commit', 'migrate.commit-sent', 'migrate.after-commit',
  'sale.ensure.before-call', 'sale.ensure.after-call-before-finish', 'sale.ensure sale.order.load',
  'sale.ensure sale.order.action_confirm', 'sale.ensure sale.order.action_lock',
  'sale.cancel.after-call-before-finish', 'sale.cancel sale.order.action_cancel',
  'invoice.ensure.after-call-before-finish', 'invoice.ensure sale.advance.payment.inv.create_invoices',
  'invoice.ensure account.move.action_post', 'customer.ensure.after-call-before-finish',
  'stock.read.after-call-before-finish', 'inventory.set.after-call-before-finish',
  'fulfilment.ensure.after-call-before-finish', 'upkeep.shopify-main.webhooks.after-run-before-report',
] // prettier-ignore

/** Some places are passed as often as there is time; another day may have less of it. */
const PASSING_MAX = 20

export interface PlanOptions {
  /** How often each point was passed when nobody was killed. */
  passed: Readonly<Record<string, number>>
  seed: number
  /** Every way at every point, instead of one way each in turn. */
  thorough: boolean
  /** Only points that contain this. */
  filter: string
}

export const pointsOf = ({ passed, filter }: Pick<PlanOptions, 'passed' | 'filter'>): string[] =>
  Object.keys(passed).filter((point) => point.includes(filter)).sort() // prettier-ignore

/** @returns the runs, each point being where at least one of them is killed. */
export function planRuns(options: PlanOptions): RunPlan[] {
  const { passed, seed, thorough } = options
  return pointsOf(options).flatMap((point, index) => {
    const middle = Math.min(Math.ceil(passed[point]! / 2), PASSING_MAX)
    const ways = [
      // At the first chance, and again at the first chance of the next life.
      [1, 1],
      // In the middle of the day.
      [middle],
      [1],
      [Math.min(passed[point]!, middle + 1), 1],
    ]
    const chosen = thorough ? ways : [ways[(index + seed) % ways.length]!]
    return chosen.map((passings) => ({ seed, fatals: passings.map((passing) => ({ point, passing })) }))
  })
}

/** Days for places that the hub did not come by on the day it was to die there: others, and at the first chance. */
export const planAgain = (points: readonly string[], seed: number): RunPlan[] =>
  points.map((point) => ({ seed, fatals: [{ point, passing: 1 }] }))
