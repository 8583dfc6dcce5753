/** What a person does about a dead letter: retry it, say who is at it, write beside it, resolve it with a reason. */
import { useSignal } from '@preact/signals'
import { useId } from 'preact/hooks'
import { sorry } from '../action.ts'
import { Card } from '../components/card.tsx'
import { Confirm } from '../components/dialog.tsx'
import { Ago } from '../components/time.tsx'
import { say } from '../components/toast.tsx'
import { assignLetter, commentLetter, resolveLetter, retryLetter } from '../dead-api.ts'
import type { DeadPage } from '../types.ts'
import { plain } from '../words.ts'

interface Props {
  page: DeadPage
  onDone(): void
}

/** Does it, says what came of it in the API's own words, and reads the page again. */
function useAction(onDone: () => void) {
  const busy = useSignal(false)
  const run = async (work: () => Promise<{ said: string }>): Promise<void> => {
    busy.value = true
    try {
      say((await work()).said)
    } catch (error) {
      sorry(error)
    }
    busy.value = false
    onDone()
  }
  return { busy: busy.value, run }
}

type Question = 'step' | 'latest' | 'resolve'

const QUESTIONS = {
  step: {
    title: 'Try the same once more?',
    action: 'Retry',
    text: 'The same is sent or decided again, under the same key. What was done already is recognised and not done twice.',
  },
  latest: {
    title: 'Let it be decided anew?',
    action: 'Retry on latest',
    text: 'What it belongs to decides again on what it knows today. What has changed since is taken into account.',
  },
  resolve: {
    title: 'Resolve it?',
    action: 'Resolve',
    text: 'It leaves the list. What is wrong outside stays as it is.',
  },
} as const

export function LetterActions({ page: { letter, can }, onDone }: Props) {
  const open = useSignal<Question | null>(null)
  const reason = useSignal('')
  const { busy, run } = useAction(() => {
    open.value = null
    onDone()
  })
  const { id } = letter
  const confirm = (question: Question) =>
    run(() => (question === 'resolve' ? resolveLetter(id, reason.value) : retryLetter(id, question)))
  const asked = open.value
  return (
    <div class="push actions">
      {can.resolve && <Ask text="Resolve" onAsk={() => (open.value = 'resolve')} />}
      {can.retryLatest && <Ask text="Retry on latest" onAsk={() => (open.value = 'latest')} />}
      {can.retryStep && <Ask text="Retry" main onAsk={() => (open.value = 'step')} />}
      {asked && (
        <Confirm
          title={QUESTIONS[asked].title}
          action={QUESTIONS[asked].action}
          busy={busy || (asked === 'resolve' && reason.value.trim().length < 3)}
          onClose={() => (open.value = null)}
          onConfirm={() => void confirm(asked)}
        >
          <p class="soft">{QUESTIONS[asked].text}</p>
          {asked === 'resolve' && (
            <label class="choice">
              Reason
              <input
                class="field"
                maxLength={1000}
                value={reason.value}
                onInput={({ currentTarget }) => (reason.value = currentTarget.value)}
              />
            </label>
          )}
        </Confirm>
      )}
    </div>
  )
}

const Ask = ({ text, main = false, onAsk }: { text: string; main?: boolean; onAsk: () => void }) => (
  <button type="button" class={main ? 'button main' : 'button'} onClick={onAsk}>
    {text}
  </button>
)

export function LetterNotes({ page: { letter, comments }, onDone }: Props) {
  return (
    <Card title="What was done">
      <ul class="list" aria-label="Comments">
        {comments.map(({ at, who, action, text }, index) => (
          <li key={index}>
            <strong>{who}</strong>{' '}
            <span class="faint small">
              {plain(action).toLowerCase()}, <Ago at={at} />
            </span>
            <div class="small soft">{text}</div>
          </li>
        ))}
      </ul>
      <div class="card-body stack">
        <OneField
          label="Comment"
          action="Write"
          limit={2_000}
          onSend={(text) => commentLetter(letter.id, text)}
          onDone={onDone}
        />
        <OneField
          label="Who is at it"
          action="Assign"
          limit={60}
          optional
          onSend={(text) => assignLetter(letter.id, text === '' ? null : text)}
          onDone={onDone}
        />
      </div>
    </Card>
  )
}

interface FieldProps {
  label: string
  action: string
  limit: number
  /** May be sent empty. */
  optional?: boolean
  onSend(text: string): Promise<{ said: string }>
  onDone(): void
}

function OneField({ label, action, limit, optional = false, onSend, onDone }: FieldProps) {
  const id = useId()
  const text = useSignal('')
  const { busy, run } = useAction(onDone)
  const send = async (event: Event): Promise<void> => {
    event.preventDefault()
    await run(() => onSend(text.value.trim()))
    text.value = ''
  }
  return (
    <form class="form" onSubmit={(event) => void send(event)}>
      <label for={id}>{label}</label>
      <div class="actions">
        <input
          id={id}
          class="field"
          autoComplete="off"
          maxLength={limit}
          value={text.value}
          onInput={({ currentTarget }) => (text.value = currentTarget.value)}
        />
        <button type="submit" class="button" disabled={busy || (!optional && text.value.trim() === '')}>
          {action}
        </button>
      </div>
    </form>
  )
}
