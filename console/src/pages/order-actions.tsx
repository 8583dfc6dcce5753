/** What is in the order's way with its cure, and what a person can do: try again, cancel. Both ask before they act. */
import { useSignal } from '@preact/signals'
import { sorry } from '../action.ts'
import { cancelOrder, retryOrder } from '../api.ts'
import { Confirm } from '../components/dialog.tsx'
import { say } from '../components/toast.tsx'
import type { OrderPage } from '../types.ts'
import { reasonOf } from '../words.ts'
import { CancelReason } from './hold-decide.tsx'

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

type Question = 'retry' | 'cancel'

export function Actions({ order, onDone }: Props) {
  const open = useSignal<Question | null>(null)
  const busy = useSignal(false)
  const reason = useSignal<string>('staff')
  const { channel, externalId, label } = order.summary

  const act = async (work: () => Promise<unknown>, done: string): Promise<void> => {
    busy.value = true
    try {
      await work()
      say(done)
    } catch (error) {
      sorry(error)
    }
    busy.value = false
    open.value = null
    onDone()
  }
  const close = () => void (open.value = null)

  return (
    <div class="push actions">
      {order.can.cancel && (
        <button type="button" class="button" onClick={() => (open.value = 'cancel')}>
          Cancel order
        </button>
      )}
      {order.can.retry && (
        <button type="button" class="button main" onClick={() => (open.value = 'retry')}>
          Retry
        </button>
      )}
      {open.value === 'retry' && (
        <Confirm
          title={`Try ${label} again?`}
          action="Retry"
          busy={busy.value}
          onClose={close}
          onConfirm={() => void act(() => retryOrder(channel, externalId), `${label} is being tried again.`)}
        >
          <p class="soft">
            What failed is sent again. If the other side did it already, it is recognised and not done twice.
          </p>
        </Confirm>
      )}
      {open.value === 'cancel' && (
        <Confirm
          title={`Cancel ${label}?`}
          action="Cancel order"
          danger
          busy={busy.value}
          onClose={close}
          onConfirm={() =>
            void act(() => cancelOrder(channel, externalId, reason.value), `${label} is being cancelled.`)
          }
        >
          <p class="soft">
            What has not left the warehouse is cancelled in Odoo and its stock is free again. No money moves: refund it
            in the channel.
          </p>
          <CancelReason value={reason.value} onChange={(code) => (reason.value = code)} />
        </Confirm>
      )}
    </div>
  )
}
