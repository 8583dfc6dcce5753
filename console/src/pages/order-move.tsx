/** Goods of an order that are to leave from elsewhere, all or some of them; and what is told or tried again. */
import { useSignal } from '@preact/signals'
import type { OrderAction } from '../actions-api.ts'
import { CodeChoice } from '../components/choice.tsx'
import { Dialog } from '../components/dialog.tsx'
import { Note, YourName } from '../components/person.tsx'
import type { OrderPage } from '../types.ts'
import { who } from '../who.ts'
import { ActionPreviewed } from './action-preview.tsx'

interface Props {
  order: OrderPage
  onClose(): void
  onDone(): void
}

export function MoveIt({ order: { summary, lines, pools }, ...rest }: Props) {
  const to = useSignal(pools.find((pool) => pool !== summary.pool) ?? '')
  const chosen = useSignal<readonly string[]>([])
  const reason = useSignal('')
  const movable = [
    ...new Set(
      lines.flatMap(({ sku, from, quantity }) => (sku && from && from !== to.value && quantity > 0 ? sku : [])),
    ),
  ]
  const skus = movable.filter((sku) => chosen.value.includes(sku))
  const by = who.value.trim()
  const said = { to: to.value, skus, by, note: reason.value.trim() }
  const all = skus.length === movable.length
  const action: OrderAction | null =
    by && to.value && skus.length > 0 ? { do: all ? 'reroute' : 'split', ...said } : null
  return (
    <Dialog title={`Have goods of ${summary.label} leave from elsewhere?`} onClose={rest.onClose}>
      <div class="form">
        <CodeChoice
          label="From"
          options={Object.fromEntries(pools.map((pool) => [pool, pool]))}
          value={to.value}
          onChange={(pool) => (to.value = pool)}
        />
        <fieldset class="pieces">
          <legend>Goods; what is left out makes a delivery of its own</legend>
          {movable.length === 0 && <p class="soft">Everything leaves from there already.</p>}
          {movable.map((sku) => (
            <label key={sku} class="choice">
              <input
                type="checkbox"
                checked={chosen.value.includes(sku)}
                onChange={({ currentTarget: { checked } }) =>
                  (chosen.value = checked ? [...chosen.value, sku] : chosen.value.filter((one) => one !== sku))
                }
              />
              {sku}
            </label>
          ))}
        </fieldset>
        <YourName />
        <Note text={reason} label="Reason, if you like" />
      </div>
      <ActionPreviewed
        place={summary}
        action={action}
        verb={all ? 'Move it' : 'Split it'}
        done={`Goods of ${summary.label} are being moved to ${to.value}.`}
        {...rest}
      />
    </Dialog>
  )
}

export const ResendIt = ({ order: { summary }, ...rest }: Props) => (
  <Dialog title={`Tell the channel of ${summary.label} again?`} onClose={rest.onClose}>
    <ActionPreviewed
      place={summary}
      action={{ do: 'resend' }}
      verb="Tell it again"
      done={`The channel is told of the parcels of ${summary.label} again.`}
      {...rest}
    />
  </Dialog>
)

export const RetryIt = ({ order: { summary }, ...rest }: Props) => (
  <Dialog title={`Try ${summary.label} again?`} onClose={rest.onClose}>
    <p class="soft">
      What failed is sent again. If the other side did it already, it is recognised and not done twice.
    </p>
    <ActionPreviewed
      place={summary}
      action={{ do: 'retry' }}
      verb="Retry"
      done={`${summary.label} is being tried again.`}
      {...rest}
    />
  </Dialog>
)
