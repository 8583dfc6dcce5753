/** What a person does with an order: cancel it, hold it, let goods come back, give money back. */
import { useSignal } from '@preact/signals'
import { useRef } from 'preact/hooks'
import type { OrderAction } from '../actions-api.ts'
import { freshKey } from '../api.ts'
import { Dialog } from '../components/dialog.tsx'
import { Note, TextLine, YourName } from '../components/person.tsx'
import type { OrderLine, OrderPage } from '../types.ts'
import { who } from '../who.ts'
import { RETURN_REASONS } from '../words-life.ts'
import { CANCEL_REASONS } from '../words.ts'
import { CodeChoice } from '../components/choice.tsx'
import { ActionPreviewed } from './action-preview.tsx'

interface Props {
  order: OrderPage
  onClose(): void
  onDone(): void
}

export function CancelIt({ order: { summary }, ...rest }: Props) {
  const reason = useSignal<keyof typeof CANCEL_REASONS>('staff')
  return (
    <Dialog title={`Cancel ${summary.label}?`} onClose={rest.onClose}>
      <div class="form">
        <CodeChoice
          label="Reason"
          options={CANCEL_REASONS}
          value={reason.value}
          onChange={(code) => (reason.value = code)}
        />
      </div>
      <ActionPreviewed
        place={summary}
        action={{ do: 'cancel', reason: reason.value }}
        verb="Cancel order"
        danger
        done={`${summary.label} is being cancelled.`}
        {...rest}
      />
    </Dialog>
  )
}

export function HoldIt({ order: { summary }, ...rest }: Props) {
  const reason = useSignal('')
  const [by, text] = [who.value.trim(), reason.value.trim()]
  return (
    <Dialog title={`Hold ${summary.label}?`} onClose={rest.onClose}>
      <div class="form">
        <YourName />
        <Note text={reason} label="Reason" />
      </div>
      <ActionPreviewed
        place={summary}
        action={by && text ? { do: 'hold', by, reason: text } : null}
        verb="Hold it"
        done={`${summary.label} is being held.`}
        {...rest}
      />
    </Dialog>
  )
}

type Reason = keyof typeof RETURN_REASONS

export function ReturnIt({ order: { summary, lines }, ...rest }: Props) {
  const name = useRef(`rma-${freshKey().slice(0, 8)}`)
  const reason = useSignal<Reason>('unwanted')
  const pieces = useSignal<Readonly<Record<string, number>>>({})
  const wanted = wantedOf(pieces.value)
  const action: OrderAction = { do: 'return', returnId: name.current, reason: reason.value, lines: wanted }
  return (
    <Dialog title={`Let goods of ${summary.label} come back?`} onClose={rest.onClose}>
      <div class="form">
        <CodeChoice
          label="Reason"
          options={RETURN_REASONS}
          value={reason.value}
          onChange={(code) => (reason.value = code)}
        />
        <Pieces
          lines={lines}
          mostOf={({ shipped }) => shipped}
          value={pieces.value}
          onChange={(all) => (pieces.value = all)}
        />
      </div>
      <ActionPreviewed
        place={summary}
        action={wanted.length > 0 ? action : null}
        verb="Let them come back"
        done={`The return is named ${name.current}.`}
        {...rest}
      />
    </Dialog>
  )
}

const HOW = { whole: 'All that is left', lines: 'What these pieces cost', amount: 'An amount' } as const

export function RefundIt({ order: { summary, lines, money }, ...rest }: Props) {
  const name = useRef(`c-${freshKey().slice(0, 8)}`)
  const how = useSignal<keyof typeof HOW>('whole')
  const reason = useSignal<Reason>('other')
  const pieces = useSignal<Readonly<Record<string, number>>>({})
  const shipping = useSignal(false)
  const sum = useSignal('')
  const by = who.value.trim()
  const base = { do: 'refund' as const, requestId: name.current, reason: reason.value, by, whole: false }
  const wanted = wantedOf(pieces.value)
  const amount = money && minorOf(sum.value, money.total)
  const actions: Record<keyof typeof HOW, OrderAction | null> = {
    whole: { ...base, whole: true, lines: [] },
    lines: wanted.length > 0 ? { ...base, lines: wanted, shipping: shipping.value } : null,
    amount: amount ? { ...base, lines: [], amount } : null,
  }
  return (
    <Dialog title={`Give money back on ${summary.label}?`} onClose={rest.onClose}>
      <div class="form">
        <CodeChoice label="How much" options={HOW} value={how.value} onChange={(code) => (how.value = code)} />
        {how.value === 'lines' && (
          <>
            <Pieces
              lines={lines}
              mostOf={({ quantity }) => quantity}
              value={pieces.value}
              onChange={(all) => (pieces.value = all)}
            />
            <label class="choice">
              <input
                type="checkbox"
                checked={shipping.value}
                onChange={({ currentTarget }) => (shipping.value = currentTarget.checked)}
              />
              And what was paid for shipping
            </label>
          </>
        )}
        {how.value === 'amount' && money && (
          <TextLine
            label={`Amount in ${money.total.currency}, tax included`}
            value={sum.value}
            limit={20}
            onText={(text) => (sum.value = text)}
          />
        )}
        <CodeChoice
          label="Reason"
          options={RETURN_REASONS}
          value={reason.value}
          onChange={(code) => (reason.value = code)}
        />
        <YourName />
      </div>
      <ActionPreviewed
        place={summary}
        action={by ? actions[how.value] : null}
        verb="Give it back"
        danger
        done="The refund is asked for."
        {...rest}
      />
    </Dialog>
  )
}

const wantedOf = (pieces: Readonly<Record<string, number>>) =>
  Object.entries(pieces).flatMap(([lineId, quantity]) => (quantity > 0 ? [{ lineId, quantity }] : []))

/** `12.5` in the minor units of a currency; null when it is no amount. @param like an amount of that currency. */
function minorOf(written: string, like: { currency: string; text: string }) {
  const digits = like.text.split('.')[1]?.length ?? 0
  const [whole = '', part = '', ...more] = written.trim().replace(',', '.').split('.')
  if (!/^\d{1,12}$/.test(whole) || !/^\d*$/.test(part) || part.length > digits || more.length > 0) return null
  const amount = Number(whole + part.padEnd(digits, '0'))
  return amount > 0 ? { amount, currency: like.currency } : null
}

interface PiecesProps {
  lines: readonly OrderLine[]
  mostOf(line: OrderLine): number
  value: Readonly<Record<string, number>>
  onChange(all: Readonly<Record<string, number>>): void
}

const Pieces = ({ lines, mostOf, value, onChange }: PiecesProps) => (
  <fieldset class="pieces">
    <legend>Pieces</legend>
    {lines.map((line) => (
      <label key={line.lineId} class="split">
        <span class="cut" title={line.title}>
          {line.sku ?? line.title}
        </span>
        <span class="faint small">of {mostOf(line)}</span>
        <input
          class="field"
          type="number"
          min={0}
          max={mostOf(line)}
          value={value[line.lineId] ?? 0}
          onInput={({ currentTarget }) =>
            onChange({ ...value, [line.lineId]: Math.max(0, Math.trunc(Number(currentTarget.value) || 0)) })
          }
        />
      </label>
    ))}
  </fieldset>
)
