/** What a person does about a till: send again what the ERP refused, or let its sequence go on after a loss. */
import { useSignal } from '@preact/signals'
import { sorry } from '../action.ts'
import { resumeTill, retryTill } from '../api.ts'
import { Dialog } from '../components/dialog.tsx'
import { say } from '../components/toast.tsx'
import { count } from '../money.ts'
import type { Till } from '../types.ts'

interface Props {
  storeId: string
  till: Till
  onDone(): void
}

export function TillActions({ storeId, till, onDone }: Props) {
  const { registerId, held, trouble, asked, refusals } = till
  const busy = useSignal(false)
  const open = useSignal(false)
  const act = async (work: () => Promise<unknown>, done: string): Promise<void> => {
    busy.value = true
    try {
      await work()
      say(done)
      open.value = false
    } catch (error) {
      sorry(error)
    }
    busy.value = false
    onDone()
  }
  const retries = held.length > 0 || trouble !== null
  const resumes = asked.length > 0 || refusals.length > 0
  if (!retries && !resumes) return null
  const name = `till ${registerId}`
  return (
    <div class="actions">
      {retries && (
        <button
          type="button"
          class="button main"
          disabled={busy.value}
          onClick={() => void act(() => retryTill(storeId, registerId), `What ${name} sent goes to the ERP again.`)}
        >
          Retry<span class="hidden-text"> what {name} sent</span>
        </button>
      )}
      {resumes && (
        <button type="button" class="button" onClick={() => (open.value = true)}>
          Resume after a loss<span class="hidden-text"> with {name}</span>
        </button>
      )}
      {open.value && (
        <Resume
          till={till}
          busy={busy.value}
          onClose={() => (open.value = false)}
          onResume={(body) => void act(() => resumeTill(storeId, registerId, body), `The sequence of ${name} goes on.`)}
        />
      )}
    </div>
  )
}

interface ResumeProps {
  till: Till
  busy: boolean
  onClose(): void
  onResume(body: { next: number; prevHash: string; reason: string }): void
}

function Resume({ till: { registerId, takenTo }, busy, onClose, onResume }: ResumeProps) {
  const next = useSignal('')
  const prevHash = useSignal('')
  const reason = useSignal('')
  const fits = Number(next.value) > takenTo && /^[0-9a-f]{64}$/.test(prevHash.value) && reason.value.trim() !== ''
  const field = (label: string, text: typeof next, hint: string) => (
    <label>
      {label}
      <input
        class="field line"
        value={text.value}
        placeholder={hint}
        autoComplete="off"
        spellcheck={false}
        onInput={({ currentTarget }) => (text.value = currentTarget.value)}
      />
    </label>
  )
  return (
    <Dialog title={`Let till ${registerId} go on after a loss?`} onClose={onClose}>
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault()
          onResume({ next: Number(next.value), prevHash: prevHash.value, reason: reason.value.trim() })
        }}
      >
        <p class="soft">
          For a till whose memory was lost. It is taken up to {count(takenTo)}; what is missing before the number you
          give is given up for good.
        </p>
        {field('The next record', next, String(takenTo + 1))}
        {field('The hash it names as the one before it', prevHash, '64 characters 0-9, a-f')}
        {field('Why', reason, 'Disk replaced')}
        <div class="actions">
          <button type="button" class="button" onClick={onClose}>
            Leave it
          </button>
          <button type="submit" class="button danger" disabled={busy || !fits}>
            Give up what is missing
          </button>
        </div>
      </form>
    </Dialog>
  )
}
