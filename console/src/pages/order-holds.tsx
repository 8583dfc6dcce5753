/** What an order is held for, beside its lines; and the button with which a person holds it. */
import { useSignal } from '@preact/signals'
import { useAction } from '../action.ts'
import { Card } from '../components/card.tsx'
import { Confirm } from '../components/dialog.tsx'
import { Left } from '../components/left.tsx'
import { Note, YourName } from '../components/person.tsx'
import { holdOrder } from '../holds-api.ts'
import type { Hold, OrderPage } from '../types.ts'
import { who } from '../who.ts'
import { AT_EXPIRY, HOLD_KINDS } from '../words-holds.ts'
import { plain } from '../words.ts'
import { HoldDialog, HoldReasons } from './hold-decide.tsx'

interface Props {
  order: OrderPage
  onDone(): void
}

export function HoldsCard({ order: { summary, holds, can }, onDone }: Props) {
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
      {holding.value && <HoldIt summary={summary} onClose={() => (holding.value = false)} onDone={onDone} />}
    </Card>
  )
}

function HoldIt({ summary, onClose, onDone }: { summary: OrderPage['summary']; onClose(): void; onDone(): void }) {
  const reason = useSignal('')
  const { busy, run } = useAction(() => {
    onClose()
    onDone()
  })
  const text = reason.value.trim()
  const by = who.value.trim()
  return (
    <Confirm
      title={`Hold ${summary.label}?`}
      action="Hold it"
      busy={busy || text === '' || by === ''}
      onClose={onClose}
      onConfirm={() => void run(() => holdOrder(summary, by, text), `${summary.label} is being held.`)}
    >
      <p class="soft">It does not go to the ERP until somebody lets it go, or its time is over.</p>
      <YourName />
      <Note text={reason} label="Reason" />
    </Confirm>
  )
}
