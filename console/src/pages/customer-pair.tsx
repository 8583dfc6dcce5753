/** Two records side by side: why they match, and what a person's word would do. One key for each decision. */
import { useSignal } from '@preact/signals'
import { useAction } from '../action.ts'
import { Dialog } from '../components/dialog.tsx'
import { Note, YourName } from '../components/person.tsx'
import { Ago } from '../components/time.tsx'
import { joinCustomers, keepApart, previewPath } from '../customers-api.ts'
import { useResource } from '../resource.ts'
import type { CustomerPair, CustomerPreview } from '../types.ts'
import { who } from '../who.ts'
import { FACTS, reasonWords } from '../words-customers.ts'

interface Props {
  pair: CustomerPair
  onClose(): void
  onDone(): void
}

export function PairDialog({ pair, onClose, onDone }: Props) {
  const { key, other, score, reasons, sides } = pair
  const note = useSignal('')
  const { value: preview } = useResource<CustomerPreview>(previewPath(key, other, 'join'))
  const { busy, run } = useAction(() => {
    onClose()
    onDone()
  })
  const by = who.value.trim()
  const may = by !== '' && !busy
  const join = () => may && void run(() => joinCustomers(key, other, by, note.value.trim()), 'They are one person now.')
  const apart = () => may && void run(() => keepApart(key, other, by, note.value.trim()), 'They are kept apart.')
  function press({ key: pressed, target }: KeyboardEvent): void {
    if (target instanceof HTMLInputElement) return
    if (pressed === 'm') join()
    if (pressed === 'a') apart()
  }
  return (
    <Dialog title="One person or two?" onClose={onClose}>
      <div class="form" onKeyDown={press}>
        <p class="small">
          <strong>{score} of 100.</strong> {reasons.map(reasonWords).join(' · ')}
        </p>
        <div class="sides">
          {sides.map((side) => (
            <Side key={side.key} side={side} />
          ))}
        </div>
        <ul class="small soft">
          {(preview?.does ?? []).map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
        <YourName />
        <Note text={note} />
        <div class="actions">
          <button type="button" class="button" onClick={onClose}>
            Leave it
          </button>
          <button type="button" class="button" disabled={!may} onClick={apart}>
            Keep apart <kbd>a</kbd>
          </button>
          <button type="button" class="button main" disabled={!may || preview?.possible !== true} onClick={join}>
            One person <kbd>m</kbd>
          </button>
        </div>
      </div>
    </Dialog>
  )
}

const Side = ({ side: { key, channels, partnerId, facts, addresses } }: { side: CustomerPair['sides'][number] }) => (
  <section class="small" aria-label={key}>
    <strong class="break">{key}</strong>
    <div class="faint">
      {channels.join(', ')}
      {partnerId && `, partner ${partnerId}`}
    </div>
    {facts.map(({ field, value, channel, at }) => (
      <div key={field} class="break">
        {FACTS[field]}: {value}{' '}
        <span class="faint">
          {channel}, <Ago at={at} />
        </span>
      </div>
    ))}
    {addresses.map(({ text, channel, at }) => (
      <div key={`${text} ${at}`} class="break">
        {text} <span class="faint">{channel}</span>
      </div>
    ))}
  </section>
)
