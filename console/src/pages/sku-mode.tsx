/** How a SKU is shared among its channels, and the choice of a person about it. */
import { useSignal } from '@preact/signals'
import { sorry } from '../action.ts'
import { setStockMode } from '../api.ts'
import { Card } from '../components/card.tsx'
import { Confirm } from '../components/dialog.tsx'
import { say } from '../components/toast.tsx'
import type { StockRow } from '../types.ts'
import { MODES } from '../words-stock.ts'

type Choice = 'exclusive' | 'shared' | 'policy'
const CHOICES: readonly { choice: Choice; text: string }[] = [
  { choice: 'policy', text: 'By policy' },
  { choice: 'exclusive', text: MODES.exclusive.text },
  { choice: 'shared', text: MODES.shared.text },
]

export function ModeCard({ stock: { pool, sku, mode, modeByHand }, onDone }: { stock: StockRow; onDone(): void }) {
  const busy = useSignal(false)
  const asking = useSignal(false)
  const selling = useSignal(false)
  const current: Choice = modeByHand ? mode : 'policy'
  const isSale = current === 'exclusive'
  const set = async (choice: Choice): Promise<void> => {
    busy.value = true
    try {
      await setStockMode(pool, sku, choice === 'policy' ? null : choice)
      say(choice === 'policy' ? `Policy decides how ${sku} is shared.` : `${sku} becomes ${choice}.`)
    } catch (error) {
      sorry(error)
    }
    busy.value = false
    asking.value = false
    selling.value = false
    onDone()
  }
  return (
    <Card title="Mode" beside={modeByHand ? 'set by hand' : 'by policy'}>
      <div class="card-body stack">
        <p class="soft">
          <strong>{MODES[mode].text}.</strong> {MODES[mode].means}
        </p>
        <div class="actions" role="group" aria-label="Who decides how it is shared">
          {CHOICES.map(({ choice, text }) => (
            <button
              key={choice}
              type="button"
              class="button"
              aria-pressed={choice === current}
              disabled={busy.value}
              onClick={() => (choice === 'shared' && mode !== 'shared' ? (asking.value = true) : void set(choice))}
            >
              {text}
            </button>
          ))}
        </div>
        <div class="actions">
          <button
            type="button"
            class={isSale ? 'button' : 'button main'}
            disabled={busy.value}
            onClick={() => (isSale ? void set('policy') : (selling.value = true))}
          >
            {isSale ? 'End the flash sale' : 'Start a flash sale'}
          </button>
        </div>
      </div>
      {selling.value && (
        <Confirm
          title={`Flash sale of ${sku}?`}
          action="Start it"
          busy={busy.value}
          onClose={() => (selling.value = false)}
          onConfirm={() => void set('exclusive')}
        >
          <p class="soft">
            Every channel sells from a share of its own from now on, whatever policy says, until the sale is ended. No
            piece is on sale twice, however many come at once.
          </p>
        </Confirm>
      )}
      {asking.value && (
        <Confirm
          title={`Share ${sku}?`}
          action="Share it"
          danger
          busy={busy.value}
          onClose={() => (asking.value = false)}
          onConfirm={() => void set('shared')}
        >
          <p class="soft">
            Every channel then shows all there is. The same piece can be sold twice while news of a sale are on their
            way. For deep stock only.
          </p>
        </Confirm>
      )}
    </Card>
  )
}
