/** A second person approves or declines a refund; who asked for it, how much, and through whom stands above. */
import { useSignal } from '@preact/signals'
import { useAction } from '../action.ts'
import { Dialog } from '../components/dialog.tsx'
import { YourName } from '../components/person.tsx'
import { Ago } from '../components/time.tsx'
import type { Place } from '../holds-api.ts'
import { money } from '../money.ts'
import { decideRefund } from '../refunds-api.ts'
import type { Giving } from '../types.ts'
import { isMe, who } from '../who.ts'
import { plain } from '../words.ts'

interface Props {
  place: Place
  label: string
  giving: Giving
  onDone(): void
}

export function RefundDecision({ place, label, giving, onDone }: Props) {
  const open = useSignal(false)
  if (giving.stage !== 'approval') return null
  return (
    <>
      <button type="button" class="button above" onClick={() => (open.value = true)}>
        Decide
        <span class="hidden-text">
          {' '}
          about {money(giving.amount)} of {label}
        </span>
      </button>
      {open.value && (
        <RefundDialog
          place={place}
          label={label}
          giving={giving}
          onDone={onDone}
          onClose={() => (open.value = false)}
        />
      )}
    </>
  )
}

function RefundDialog({ place, label, giving, onDone, onClose }: Props & { onClose(): void }) {
  const { requestId, amount, fee, by, at, reason, through } = giving
  const { busy, run } = useAction(() => {
    onClose()
    onDone()
  })
  const name = who.value.trim()
  const same = name !== '' && isMe(by)
  const decide = (approve: boolean): Promise<void> =>
    run(() => decideRefund(place, requestId, approve, name), approve ? 'It is approved.' : 'It is declined.')
  return (
    <Dialog title={`Give ${money(amount)} back on ${label}?`} onClose={onClose}>
      <p>
        <strong>{by}</strong> asked for it <Ago at={at} />: {plain(reason).toLowerCase()}.
      </p>
      <p class="soft small">
        Approved, {money(amount)} goes back through {through.length > 0 ? through.join(', ') : 'the channel'}
        {fee.amount > 0 && `; a fee of ${money(fee)} is kept`}, and a credit note follows where it is invoiced.
        Declined, nothing goes back.
      </p>
      <YourName />
      {same && <p class="small tone-bad">You asked for it, so somebody else has to decide.</p>}
      <div class="actions">
        <button type="button" class="button" onClick={onClose}>
          Leave it
        </button>
        <button
          type="button"
          class="button danger"
          disabled={busy || name === '' || same}
          onClick={() => void decide(false)}
        >
          Decline
        </button>
        <button
          type="button"
          class="button main"
          disabled={busy || name === '' || same}
          onClick={() => void decide(true)}
        >
          Approve
        </button>
      </div>
    </Dialog>
  )
}
