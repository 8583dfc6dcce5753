/** The name a decision is written down under, and a line of text beside it. */
import type { Signal } from '@preact/signals'
import { useId } from 'preact/hooks'
import { rememberWho, who } from '../who.ts'

interface LineProps {
  label: string
  value: string
  limit: number
  onText(text: string): void
}

export function TextLine({ label, value, limit, onText }: LineProps) {
  const id = useId()
  return (
    <div class="form">
      <label for={id}>{label}</label>
      <input
        id={id}
        class="field"
        autoComplete="off"
        maxLength={limit}
        value={value}
        onInput={({ currentTarget }) => onText(currentTarget.value)}
      />
    </div>
  )
}

export const YourName = () => <TextLine label="Your name" value={who.value} limit={100} onText={rememberWho} />

export const Note = ({ text, label = 'Note' }: { text: Signal<string>; label?: string }) => (
  <TextLine label={label} value={text.value} limit={500} onText={(value) => (text.value = value)} />
)
