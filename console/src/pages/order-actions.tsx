/** What is in the order's way with its cure, and what a person can do about it or with it. */
import { useSignal } from '@preact/signals'
import { useAction } from '../action.ts'
import { retryOrder } from '../api.ts'
import { Confirm } from '../components/dialog.tsx'
import type { OrderPage } from '../types.ts'
import { reasonOf } from '../words.ts'
import { CancelIt, RefundIt, ReturnIt } from './order-do.tsx'

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
} as const
type Action = keyof typeof ACTIONS

export function Actions({ order, onDone }: Props) {
  const open = useSignal<Action | 'retry' | null>(null)
  const close = () => void (open.value = null)
  const names = (Object.keys(ACTIONS) as Action[]).filter((name) => order.can[name])
  const Ask = open.value && open.value !== 'retry' ? ACTIONS[open.value].Ask : null
  return (
    <div class="push actions">
      {names.map((name) => (
        <button key={name} type="button" class="button" onClick={() => (open.value = name)}>
          {ACTIONS[name].name}
        </button>
      ))}
      {order.can.retry && (
        <button type="button" class="button main" onClick={() => (open.value = 'retry')}>
          Retry
        </button>
      )}
      {Ask && <Ask order={order} onClose={close} onDone={onDone} />}
      {open.value === 'retry' && <RetryIt order={order} onClose={close} onDone={onDone} />}
    </div>
  )
}

function RetryIt({ order: { summary }, onClose, onDone }: Props & { onClose(): void }) {
  const { channel, externalId, label } = summary
  const { busy, run } = useAction(() => {
    onClose()
    onDone()
  })
  return (
    <Confirm
      title={`Try ${label} again?`}
      action="Retry"
      busy={busy}
      onClose={onClose}
      onConfirm={() => void run(() => retryOrder(channel, externalId), `${label} is being tried again.`)}
    >
      <p class="soft">
        What failed is sent again. If the other side did it already, it is recognised and not done twice.
      </p>
    </Confirm>
  )
}
