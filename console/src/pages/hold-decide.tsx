/** A person decides about one hold: what each step would do is shown before it is done, and who asked for it. */
import { useSignal } from '@preact/signals'
import { useAction } from '../action.ts'
import type { OrderAction } from '../actions-api.ts'
import { Dialog } from '../components/dialog.tsx'
import { Note, YourName } from '../components/person.tsx'
import { ProblemView, Skeleton } from '../components/states.tsx'
import { Ago } from '../components/time.tsx'
import { holdsPath, keepHold, type Place } from '../holds-api.ts'
import { useResource } from '../resource.ts'
import { orderPath } from '../router.ts'
import type { Hold, HoldWithSteps, OrderHolds } from '../types.ts'
import { HOLD_KINDS, HOLD_STEPS, RELEASERS } from '../words-holds.ts'
import { isMe, who } from '../who.ts'
import { CANCEL_REASONS } from '../words.ts'
import { CodeChoice } from '../components/choice.tsx'
import { ActionPreviewed } from './action-preview.tsx'

interface Props {
  place: Place
  label: string
  kind: Hold['kind']
  onClose(): void
  onDone(): void
}

export function HoldDialog({ place, label, kind, onClose, onDone }: Props) {
  const { value, problem, reload } = useResource<OrderHolds>(holdsPath(place.channel, place.externalId))
  const hold = value?.holds.find((one) => one.kind === kind)
  return (
    <Dialog title={`${label} is held: ${HOLD_KINDS[kind].toLowerCase()}`} onClose={onClose}>
      {problem && <ProblemView problem={problem} reload={reload} />}
      {!value && !problem && <Skeleton rows={4} />}
      {value && !hold && <p class="soft">It is not held for this any more.</p>}
      {hold && <Decide place={place} hold={hold} onClose={onClose} onDone={onDone} />}
      {!hold && (
        <div class="actions">
          <button type="button" class="button" onClick={onClose}>
            Close
          </button>
        </div>
      )}
      <p class="small">
        <a href={orderPath(place.channel, place.externalId)}>Open the order</a>
      </p>
    </Dialog>
  )
}

/** Why a hold is there, what mends it, and who asked to let it go. */
export const HoldReasons = ({ hold }: { hold: Hold }) => (
  <>
    {hold.reasons.map(({ code, detail, cure }) => (
      <p key={code} class="small break">
        {detail} <span class="faint">{cure}</span>
      </p>
    ))}
    {hold.asked && (
      <p class="small tone-warn">
        <strong>{hold.asked.by}</strong> asked to let it go <Ago at={hold.asked.at} />
        {hold.asked.note && `: ${hold.asked.note}`}
      </p>
    )}
  </>
)

interface DecideProps extends Omit<Props, 'label' | 'kind'> {
  place: Place
  hold: HoldWithSteps
}

function Decide({ place, hold, onClose, onDone }: DecideProps) {
  const chosen = useSignal<string | null>(null)
  const note = useSignal('')
  const reason = useSignal<keyof typeof CANCEL_REASONS>(hold.kind === 'fraud' ? 'fraud' : 'staff')
  const { busy, run } = useAction(() => {
    onClose()
    onDone()
  })
  const asks = hold.release === 'second_person' && !hold.asked
  const wordsOf = (step: string) => HOLD_STEPS[step === 'release' && asks ? 'ask' : step]!
  const step = chosen.value
  const same = step === 'release' && hold.asked !== null && isMe(hold.asked.by)
  const named = step === 'cancel' || who.value.trim() !== ''
  const by = who.value.trim()
  const action = (): OrderAction | null => {
    if (step === 'cancel') return { do: 'cancel', reason: reason.value }
    return named && !same ? { do: 'release', kind: hold.kind, by, note: note.value.trim() } : null
  }
  return (
    <form
      class="form"
      onSubmit={(event) => {
        event.preventDefault()
        if (step === 'keep') void run(() => keepHold(place, hold.kind, by, note.value.trim()), wordsOf(step).done)
      }}
    >
      <HoldReasons hold={hold} />
      <p class="small soft">{RELEASERS[hold.release]}</p>
      <fieldset class="options">
        <legend class="hidden-text">What to do</legend>
        {hold.steps.map(({ step: name, does, possible }) => (
          <label key={name} class="option">
            <input
              type="radio"
              name="step"
              disabled={!possible}
              checked={step === name}
              onChange={() => (chosen.value = name)}
            />
            <span>
              <strong>{wordsOf(name).name}</strong>
              <span class="small soft">{does}</span>
            </span>
          </label>
        ))}
      </fieldset>
      {step === 'cancel' && (
        <CodeChoice
          label="Reason"
          options={CANCEL_REASONS}
          value={reason.value}
          onChange={(code) => (reason.value = code)}
        />
      )}
      {(step === 'release' || step === 'keep') && (
        <>
          <YourName />
          <Note text={note} />
        </>
      )}
      {same && <p class="small tone-bad">You asked for it, so somebody else has to agree.</p>}
      {step === 'release' || step === 'cancel' ? (
        <ActionPreviewed
          place={place}
          action={action()}
          verb={wordsOf(step).action}
          danger={step === 'cancel'}
          done={wordsOf(step).done}
          onClose={onClose}
          onDone={onDone}
        />
      ) : (
        <div class="actions">
          <button type="button" class="button" onClick={onClose}>
            Leave it
          </button>
          <button type="submit" class="button main" disabled={busy || step === null || !named}>
            {step ? wordsOf(step).action : 'Choose first'}
          </button>
        </div>
      )}
    </form>
  )
}
