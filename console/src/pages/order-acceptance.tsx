/** A channel asks first: until when, and a person's answer line by line. */
import { useSignal } from '@preact/signals'
import { sorry } from '../action.ts'
import { answerChannel } from '../api.ts'
import { Card } from '../components/card.tsx'
import { Confirm } from '../components/dialog.tsx'
import { Left } from '../components/left.tsx'
import { Pill } from '../components/pill.tsx'
import { Clock } from '../components/time.tsx'
import { say } from '../components/toast.tsx'
import { count, counted } from '../money.ts'
import type { Acceptance, OrderPage } from '../types.ts'
import type { Word } from '../words.ts'

const STEPS: Readonly<Record<Acceptance['step'], Word & { means: string }>> = {
  open: { text: 'Not answered', tone: 'warn', means: 'The channel waits for an answer to this order.' },
  asked: { text: 'Being told', tone: 'info', means: 'It is decided, and the channel is being told.' },
  failed: { text: 'Not told', tone: 'bad', means: 'The channel could not be told. Answer again, or do it there.' },
  accepted: { text: 'Accepted', tone: 'good', means: 'The channel knows that the order is accepted.' },
  refused: { text: 'Refused', tone: 'plain', means: 'The order was refused, or its time ran out.' },
  void: { text: 'Void', tone: 'plain', means: 'The order was cancelled before it was answered.' },
}

export function AcceptanceCard({ order, onDone }: { order: OrderPage; onDone(): void }) {
  const { acceptance, can } = order
  if (!acceptance) return null
  const { by, step, late, whole } = acceptance
  const open = step === 'open' || step === 'asked' || step === 'failed'
  return (
    <Card title="Acceptance" beside={<Pill {...STEPS[step]} />}>
      <div class="card-body stack">
        <p class="soft">{STEPS[step].means}</p>
        {open && by && (
          <p>
            <Left by={by} />{' '}
            <span class="small soft">
              until <Clock at={by} />
            </span>
          </p>
        )}
        {late && <p class="small tone-bad">Nobody had decided when the time was over.</p>}
        {can.accept && <Answer order={order} whole={whole} onDone={onDone} />}
      </div>
    </Card>
  )
}

function Answer({ order: { summary, lines }, whole, onDone }: { order: OrderPage; whole: boolean; onDone(): void }) {
  const { channel, externalId, label } = summary
  const wanted = lines.filter(({ quantity }) => quantity > 0)
  const refused = useSignal<readonly string[]>([])
  const asking = useSignal(false)
  const busy = useSignal(false)
  const accepted = wanted.map(({ lineId }) => lineId).filter((id) => !refused.value.includes(id))
  const toggle = (id: string): void => {
    const without = refused.value.filter((one) => one !== id)
    refused.value = without.length < refused.value.length ? without : [...without, id]
  }
  const send = async (): Promise<void> => {
    busy.value = true
    try {
      await answerChannel(channel, externalId, accepted)
      say(`${channel} is being told about ${label}.`)
    } catch (error) {
      sorry(error)
    }
    busy.value = false
    asking.value = false
    onDone()
  }
  const all = accepted.length === wanted.length
  const none = accepted.length === 0
  const action = none ? 'Refuse the order' : all ? 'Accept the order' : `Accept ${counted(accepted.length, 'line')}`
  return (
    <>
      <fieldset class="lines-asked">
        <legend class="small soft">Lines that are accepted; the others are refused</legend>
        {wanted.map(({ lineId, sku, title, quantity }) => (
          <label key={lineId} class="choice">
            <input type="checkbox" checked={!refused.value.includes(lineId)} onChange={() => toggle(lineId)} />
            <span class="break">
              {count(quantity)} × {sku ?? title}
            </span>
          </label>
        ))}
      </fieldset>
      {whole && <p class="small tone-warn">This channel takes the order as a whole: accept every line, or none.</p>}
      <div>
        <button
          type="button"
          class={none ? 'button danger' : 'button main'}
          disabled={whole && !all && !none}
          onClick={() => (asking.value = true)}
        >
          {action}
        </button>
      </div>
      {asking.value && (
        <Confirm
          title={`${action}?`}
          action={action}
          danger={!all}
          busy={busy.value}
          onClose={() => (asking.value = false)}
          onConfirm={() => void send()}
        >
          <p class="soft">
            {channel} is told: {counted(accepted.length, 'line')} of {label} accepted,{' '}
            {count(wanted.length - accepted.length)} refused. An answer cannot be taken back.
          </p>
        </Confirm>
      )}
    </>
  )
}
