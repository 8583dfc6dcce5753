/** Something a person is about to do: what it will do in every system is shown, and only that can be confirmed. */
import { useSignal } from '@preact/signals'
import { doAction, lookAtAction, type ActionPreview, type OrderAction } from '../actions-api.ts'
import { sorry, useAction } from '../action.ts'
import type { Place } from '../holds-api.ts'
import { whoOf } from '../words-life.ts'

interface Props {
  place: Place
  /** Null as long as something is missing. What was shown counts for exactly this. */
  action: OrderAction | null
  /** On the button that does it. */
  verb: string
  danger?: boolean
  /** Said once it was accepted. */
  done: string
  onClose(): void
  onDone(): void
}

export function ActionPreviewed({ place, action, verb, danger = false, done, onClose, onDone }: Props) {
  const shown = useSignal<{ of: string; preview: ActionPreview } | null>(null)
  const looking = useSignal(false)
  const { busy, run } = useAction(() => {
    onClose()
    onDone()
  })
  const of = JSON.stringify(action)
  const preview = shown.value?.of === of ? shown.value.preview : null
  const look = async (wanted: OrderAction): Promise<void> => {
    looking.value = true
    try {
      shown.value = { of, preview: await lookAtAction(place, wanted) }
    } catch (error) {
      sorry(error)
    }
    looking.value = false
  }
  const ready = preview !== null && preview.refused === null
  return (
    <>
      <div class="preview" aria-live="polite">
        {preview && <Steps preview={preview} />}
      </div>
      <div class="actions">
        <button type="button" class="button" onClick={onClose}>
          Leave it
        </button>
        {!ready && (
          <button
            type="button"
            class="button main"
            disabled={action === null || looking.value || preview !== null}
            onClick={() => action && void look(action)}
          >
            See what it does
          </button>
        )}
        {ready && action && (
          <button
            type="button"
            class={danger ? 'button danger' : 'button main'}
            disabled={busy}
            onClick={() => {
              // Refused because things have changed: what was shown counts no more.
              void run(() => doAction(place, action, preview.token), done).then(() => (shown.value = null))
            }}
          >
            {verb}
          </button>
        )}
      </div>
    </>
  )
}

function Steps({ preview: { refused, steps, after } }: { preview: ActionPreview }) {
  if (refused)
    return (
      <p class="tone-bad">
        {refused.reason} <strong>{refused.cure}</strong>
      </p>
    )
  return (
    <>
      <h3 class="small">What it does</h3>
      <ul class="doings">
        {steps.map(({ system, does, lasts }) => (
          <li key={`${system} ${does}`}>
            <span class="faint small">{whoOf(system)}</span>
            <span>
              {does}
              {lasts && <span class="small tone-warn"> It cannot be undone by the hub. {lasts}</span>}
            </span>
          </li>
        ))}
      </ul>
      <p class="small soft">{after}</p>
    </>
  )
}
