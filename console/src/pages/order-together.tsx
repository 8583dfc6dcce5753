/** Orders of one buyer that leave in one parcel: asked for, shown, and undone. */
import { useSignal } from '@preact/signals'
import type { OrderAction } from '../actions-api.ts'
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

/** Has others leave with it; or, when it leaves with others, sends it by itself. */
export function TogetherIt({ order: { summary, together }, ...rest }: Props) {
  const others = useSignal('')
  const reason = useSignal('')
  const { label } = summary
  const refs = others.value.split(/[\s,]+/).filter(Boolean)
  const said = { by: who.value.trim(), note: reason.value.trim() }
  const isWhole =
    said.by !== '' && (together !== null || (refs.length > 0 && refs.every((ref) => /^[^:/]+:./.test(ref))))
  const action: OrderAction = together ? { do: 'unmerge', ...said } : { do: 'merge', with: refs, ...said }
  return (
    <Dialog
      title={together ? `Send ${label} by itself?` : `Send other orders together with ${label}?`}
      onClose={rest.onClose}
    >
      <div class="form">
        {!together && (
          <TextLine
            label="Other orders of the buyer, as channel:number, …"
            value={others.value}
            limit={500}
            onText={(text) => (others.value = text)}
          />
        )}
        <YourName />
        <Note text={reason} label="Reason, if you like" />
      </div>
      <ActionPreviewed
        place={summary}
        action={isWhole ? action : null}
        verb={together ? 'Send by itself' : 'Send together'}
        done={together ? `${label} is sent by itself.` : `${label} leaves in one parcel with ${refs.join(', ')}.`}
        {...rest}
      />
    </Dialog>
  )
}

export const companions = ({ lead, others }: NonNullable<OrderPage['together']>): string =>
  others.length > 0 ? `One parcel with ${others.join(', ')}` : `In the parcel of ${lead}`
