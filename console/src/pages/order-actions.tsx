/** What is in the order's way with its cure, and what a person can do about it or with it. */
import { useSignal } from '@preact/signals'
import type { OrderPage } from '../types.ts'
import { reasonOf } from '../words.ts'
import { CancelIt, RefundIt, ReturnIt } from './order-do.tsx'
import { TogetherIt } from './order-together.tsx'
import { MoveIt, ResendIt, RetryIt } from './order-move.tsx'

interface Props {
  order: OrderPage
  onDone(): void
}

export function Exceptions({ order }: Props) {
  if (order.exceptions.length === 0) return null
  return (
    <section class="notices" aria-label="What is in the way">
      {order.exceptions.map(({ code, detail, cure, waits }) => (
        <div key={code} class="notice" data-tone={waits ? 'info' : 'bad'}>
          <h2>{reasonOf(code).title}</h2>
          <p>{detail}</p>
          <p class="cure">{cure}</p>
        </div>
      ))}
    </section>
  )
}

const ACTIONS = {
  cancel: { name: 'Cancel order', Ask: CancelIt },
  refund: { name: 'Refund', Ask: RefundIt },
  return: { name: 'Return', Ask: ReturnIt },
  reroute: { name: 'Move or split', Ask: MoveIt },
  merge: { name: 'Send together', Ask: TogetherIt },
  unmerge: { name: 'Send by itself', Ask: TogetherIt },
  resend: { name: 'Tell the channel again', Ask: ResendIt },
  retry: { name: 'Retry', Ask: RetryIt },
} as const
type Action = keyof typeof ACTIONS

export function Actions({ order, onDone }: Props) {
  const open = useSignal<Action | null>(null)
  const close = () => void (open.value = null)
  const names = (Object.keys(ACTIONS) as Action[]).filter((name) => order.can[name])
  const Ask = open.value && ACTIONS[open.value].Ask
  return (
    <div class="push actions">
      {names.map((name) => (
        <button
          key={name}
          type="button"
          class={name === 'retry' ? 'button main' : 'button'}
          onClick={() => (open.value = name)}
        >
          {ACTIONS[name].name}
        </button>
      ))}
      {Ask && <Ask order={order} onClose={close} onDone={onDone} />}
    </div>
  )
}
