/**
 * Editing what arrived. It is shown masked; only the members a person changed are sent, and what the hub would not take
 * is said beside the text, with the member's name.
 */
import { useSignal } from '@preact/signals'
import { useId } from 'preact/hooks'
import { Trouble } from '../api.ts'
import { say } from '../components/toast.tsx'
import { editLetter } from '../dead-api.ts'
import { type Change, changesBetween } from '../json-changes.ts'

interface Props {
  id: number
  payload: unknown
  onDone(): void
}

export function LetterEdit({ id, payload, onDone }: Props) {
  const field = useId()
  const help = useId()
  const text = useSignal(JSON.stringify(payload, null, 2))
  const wrong = useSignal('')
  const good = useSignal('')
  const busy = useSignal(false)

  const send = async (check: boolean): Promise<void> => {
    wrong.value = good.value = ''
    const changes = changesOf(payload, text.value)
    if (typeof changes === 'string') return void (wrong.value = changes)
    busy.value = true
    try {
      const { said } = await editLetter(id, changes, check)
      if (check) good.value = said
      else say(said)
      if (!check) onDone()
    } catch (error) {
      if (!(error instanceof Trouble)) throw error
      wrong.value = `${error.problem.detail} ${error.problem.cure}`
    }
    busy.value = false
  }

  return (
    <form class="form" onSubmit={(event) => (event.preventDefault(), void send(false))}>
      <label for={field}>The body. What is masked stays as it is, as long as you leave it.</label>
      <textarea
        id={field}
        class="field area code"
        spellcheck={false}
        aria-invalid={wrong.value !== ''}
        aria-describedby={help}
        value={text.value}
        onInput={({ currentTarget }) => (text.value = currentTarget.value)}
      />
      <div id={help} class="small" aria-live="polite">
        {wrong.value ? <p class="tone-bad">{wrong.value}</p> : <p class="soft">{good.value}</p>}
      </div>
      <div class="actions">
        <button type="button" class="button" disabled={busy.value} onClick={() => void send(true)}>
          Check
        </button>
        <button type="submit" class="button main" disabled={busy.value}>
          Save
        </button>
      </div>
    </form>
  )
}

/** @returns what is wrong in words, or the changes. */
function changesOf(payload: unknown, text: string): Change[] | string {
  let edited: unknown
  try {
    edited = JSON.parse(text)
  } catch {
    return 'This is not JSON. Look for a missing comma, quote or brace.'
  }
  const changes = changesBetween(payload, edited)
  if (changes.length === 0) return 'Nothing was changed.'
  if (changes.some(({ path }) => path === '')) return 'Change single members, not the whole body.'
  const masked = changes.find((one) => 'value' in one && JSON.stringify(one.value).includes('•••'))
  return masked ? `${masked.path}: would write masked data. Change only what is wrong there.` : changes
}
