/** What an order is held for, beside its lines; and the button with which a person holds it. */
import { useSignal } from '@preact/signals'
import { Card } from '../components/card.tsx'
import { Left } from '../components/left.tsx'
import type { Hold, OrderPage } from '../types.ts'
import { AT_EXPIRY, HOLD_KINDS } from '../words-holds.ts'
import { plain } from '../words.ts'
import { HoldDialog, HoldReasons } from './hold-decide.tsx'
import { HoldIt } from './order-do.tsx'

interface Props {
  order: OrderPage
  onDone(): void
}

export function HoldsCard({ order, onDone }: Props) {
  const { summary, holds, can } = order
  const open = useSignal<Hold['kind'] | null>(null)
  const holding = useSignal(false)
  if (holds.length === 0 && !can.hold) return null
  return (
    <Card title="Holds">
      {holds.length > 0 && (
        <ul class="list">
          {holds.map((hold) => (
            <li key={hold.kind}>
              <div class="split">
                <strong>{HOLD_KINDS[hold.kind]}</strong>
                <Left by={hold.dueAt} />
              </div>
              <div class="small soft">
                {plain(hold.owner)}, {AT_EXPIRY[hold.atExpiry]}
              </div>
              <HoldReasons hold={hold} />
              <button type="button" class="button" onClick={() => (open.value = hold.kind)}>
                Decide<span class="hidden-text"> about {HOLD_KINDS[hold.kind].toLowerCase()}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
      {can.hold && (
        <div class="card-body">
          <button type="button" class="button" onClick={() => (holding.value = true)}>
            Hold the order
          </button>
        </div>
      )}
      {open.value && (
        <HoldDialog
          place={summary}
          label={summary.label}
          kind={open.value}
          onClose={() => (open.value = null)}
          onDone={onDone}
        />
      )}
      {holding.value && <HoldIt order={order} onClose={() => (holding.value = false)} onDone={onDone} />}
    </Card>
  )
}
