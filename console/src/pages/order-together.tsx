/** Orders of one buyer that leave in one parcel: asked for, shown, and undone. */
import { useSignal } from '@preact/signals'
import { Dialog } from '../components/dialog.tsx'
import { Note, TextLine, YourName } from '../components/person.tsx'
import type { OrderPage } from '../types.ts'
import { who } from '../who.ts'
import { ActionPreviewed } from './action-preview.tsx'

interface Props {
  order: OrderPage
  onClose(): void
  onDone(): void
}

export function MergeIt({ order: { summary }, ...rest }: Props) {
  const others = useSignal('')
  const reason = useSignal('')
  const refs = others.value.split(/[\s,]+/).filter(Boolean)
  const by = who.value.trim()
  const isWhole = by !== '' && refs.length > 0 && refs.every((ref) => /^[^:/]+:.+$/.test(ref))
  return (
    <Dialog title={`Send other orders together with ${summary.label}?`} onClose={rest.onClose}>
      <div class="form">
        <TextLine
          label="Other orders of the buyer, as channel:number, …"
          value={others.value}
          limit={500}
          onText={(text) => (others.value = text)}
        />
        <YourName />
        <Note text={reason} label="Reason, if you like" />
      </div>
      <ActionPreviewed
        place={summary}
        action={isWhole ? { do: 'merge', with: refs, by, note: reason.value.trim() } : null}
        verb="Send together"
        done={`${summary.label} leaves in one parcel with ${refs.join(', ')}.`}
        {...rest}
      />
    </Dialog>
  )
}

export function UnmergeIt({ order: { summary, together }, ...rest }: Props) {
  const reason = useSignal('')
  const by = who.value.trim()
  return (
    <Dialog title={`Send ${summary.label} by itself?`} onClose={rest.onClose}>
      {together && <Companions together={together} />}
      <div class="form">
        <YourName />
        <Note text={reason} label="Reason, if you like" />
      </div>
      <ActionPreviewed
        place={summary}
        action={by ? { do: 'unmerge', by, note: reason.value.trim() } : null}
        verb="Send by itself"
        done={`${summary.label} is sent by itself.`}
        {...rest}
      />
    </Dialog>
  )
}

export const Companions = ({ together: { lead, others } }: { together: NonNullable<OrderPage['together']> }) => (
  <p class="soft">
    {others.length > 0 ? `Leaves in one parcel with ${others.join(', ')}.` : `Leaves in the parcel of ${lead}.`}
  </p>
)
