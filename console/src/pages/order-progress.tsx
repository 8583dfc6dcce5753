/** The way of an order as a line: what it has behind it, where it is, what comes next. */
import type { OrderPage, OrderStatusValue } from '../types.ts'

const STEPS = ['Placed', 'Released', 'Confirmed', 'Shipped', 'Invoiced', 'Completed'] as const

/** How many of the steps are done in a status. */
const DONE: Readonly<Record<OrderStatusValue, number>> = {
  waiting: 1,
  held_back: 1,
  releasing: 2,
  confirmed: 3,
  part_shipped: 3,
  shipped: 4,
  invoiced: 5,
  completed: 6,
  cancelling: 1,
  cancelled: 1,
}

type State = 'done' | 'now' | 'next' | 'stopped'
interface Step {
  name: string
  state: State
}

export function Progress({ order }: { order: OrderPage }) {
  const steps = stepsOf(order)
  const stopped = steps.findIndex(({ state }) => state === 'stopped')
  // On a narrow screen only this one keeps its name: what stopped it, else what was done last.
  const told = stopped >= 0 ? stopped : steps.findLastIndex(({ state }) => state === 'done')
  return (
    <ol class="progress card" aria-label="Progress of the order">
      {steps.map(({ name, state }, index) => (
        <li
          key={name}
          data-state={state}
          data-told={index === told}
          aria-current={state === 'now' ? 'step' : undefined}
        >
          <span>{name}</span>
          <span class="hidden-text">
            {{ done: 'done', now: 'is next', next: 'not yet', stopped: 'it stands here' }[state]}
          </span>
        </li>
      ))}
    </ol>
  )
}

function stepsOf({ summary: { status, attention }, sale, invoice, parcels }: OrderPage): Step[] {
  if (status === 'cancelled' || status === 'cancelling') {
    const behind = [
      'Placed',
      sale && 'Released',
      sale && 'Confirmed',
      parcels.length > 0 && 'Shipped',
      invoice.number && 'Invoiced',
    ]
    const done = behind.filter((name) => typeof name === 'string').map((name): Step => ({ name, state: 'done' }))
    return [
      ...done,
      status === 'cancelled' ? { name: 'Cancelled', state: 'stopped' } : { name: 'Cancelling', state: 'now' },
    ]
  }
  const done = DONE[status]
  return STEPS.map((name, index) => {
    const state = index < done ? 'done' : index === done ? (attention ? 'stopped' : 'now') : 'next'
    if (state === 'stopped') return { name: `Not ${name.toLowerCase()}`, state }
    return { name: status === 'part_shipped' && name === 'Shipped' ? 'Part shipped' : name, state }
  })
}
