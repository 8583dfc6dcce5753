/** Every hop of an order on one vertical line: when, where, what, how long after the one before, and what was said. */
import { useSignal } from '@preact/signals'
import { sorry } from '../action.ts'
import { reviveDelivery } from '../api.ts'
import { counted } from '../money.ts'
import { span } from '../time.ts'
import type { Hop } from '../types.ts'
import { Card } from './card.tsx'
import { Json } from './json.tsx'
import { Clock } from './time.tsx'
import { say } from './toast.tsx'

const FIRST_SHOWN = 60

const KINDS: Readonly<Record<Hop['kind'], string>> = {
  arrived: 'Arrived',
  decided: 'Decided',
  asked: 'Asked',
  attempted: 'Tried',
  answered: 'Answered',
  failed: 'Failed',
  noted: 'Noted',
}

export function Trace({ hops, onRevived }: { hops: readonly Hop[]; onRevived: () => void }) {
  const all = useSignal(false)
  const shown = all.value ? hops : hops.slice(-FIRST_SHOWN)
  const hidden = hops.length - shown.length
  const first = hops[0]
  const last = hops.at(-1)
  const took = first && last ? Date.parse(last.at) - Date.parse(first.at) : 0
  return (
    <Card title="Trace" beside={hops.length > 0 && `${counted(hops.length, 'hop')} in ${span(took)}`}>
      {hops.length === 0 && <p class="card-body soft">Nothing has happened yet.</p>}
      {hidden > 0 && (
        <p class="card-body">
          <button type="button" class="button low" onClick={() => (all.value = true)}>
            Show {counted(hidden, 'earlier hop')}
          </button>
        </p>
      )}
      <ol class="trace">
        {shown.map((hop, index) => (
          <HopLine key={hidden + index} hop={hop} before={hops[hidden + index - 1]} onRevived={onRevived} />
        ))}
      </ol>
    </Card>
  )
}

interface Props {
  hop: Hop
  before: Hop | undefined
  onRevived: () => void
}

function HopLine({ hop, before, onRevived }: Props) {
  const open = useSignal(false)
  const { kind, title, system, at, durationMs, key, payload, dead } = hop
  const since = before ? Date.parse(at) - Date.parse(before.at) : null
  return (
    <li data-kind={dead ? 'failed' : kind}>
      <div class="hop-when small faint">
        <Clock at={at} />
        <span class="hop-since">{since === null || since <= 0 ? '' : `+${span(since)}`}</span>
      </div>
      <details onToggle={({ currentTarget }) => (open.value = currentTarget.open)}>
        <summary>
          <span class="hop-title">{title}</span>
          <span class="hop-about small faint">
            {KINDS[kind]} · {system}
            {durationMs !== undefined && ` · took ${span(durationMs)}`}
          </span>
        </summary>
        {open.value && (
          <div class="hop-more">
            <p class="small faint hop-key">
              Key <code>{key}</code>
            </p>
            <Json value={payload ?? null} name={`What was said: ${title}`} />
          </div>
        )}
      </details>
      {dead && hop.inboxId !== undefined && <Revive id={hop.inboxId} onRevived={onRevived} />}
    </li>
  )
}

/** Puts a delivery that nobody could decide back into the queue. */
function Revive({ id, onRevived }: { id: number; onRevived: () => void }) {
  const busy = useSignal(false)
  const revive = async (): Promise<void> => {
    busy.value = true
    try {
      await reviveDelivery(id)
      say('The delivery is decided again.')
      onRevived()
    } catch (error) {
      sorry(error)
    }
    busy.value = false
  }
  return (
    <button type="button" class="button low" disabled={busy.value} onClick={() => void revive()}>
      Decide again
    </button>
  )
}
