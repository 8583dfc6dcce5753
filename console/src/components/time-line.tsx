/**
 * Everything that happened to an order on one line: order, money, parcels, returns, holds, edits, and calls into other
 * systems; who did what, when, how long after the step before, and what was said. Keys narrow it.
 */
import { useSignal } from '@preact/signals'
import { sorry } from '../action.ts'
import { reviveDelivery } from '../api.ts'
import { counted } from '../money.ts'
import { filter } from '../paging.ts'
import { letterPath, query } from '../router.ts'
import { span } from '../time.ts'
import type { Hop } from '../types.ts'
import { ABOUT, HOP_KINDS, whoOf } from '../words-life.ts'
import { Card } from './card.tsx'
import { Json } from './json.tsx'
import { Clock } from './time.tsx'
import { say } from './toast.tsx'

const FIRST_SHOWN = 60

type About = Hop['about']
const KINDS = Object.keys(ABOUT) as About[]

/** What is shown: the kinds in the address, else all but what one part of the hub told another. */
function chosen(): About[] {
  const named = (query.value.get('show') ?? '').split(',')
  return KINDS.filter((about) => named.includes(about))
}

interface LineProps {
  hops: readonly Hop[]
  /** The page it is on. */
  path: string
  onRevived: () => void
}

export function TimeLine({ hops, path, onRevived }: LineProps) {
  const all = useSignal(false)
  const only = chosen()
  const found = hops.filter(({ about }) => (only.length > 0 ? only.includes(about) : about !== 'inside'))
  const shown = all.value ? found : found.slice(-FIRST_SHOWN)
  const hidden = found.length - shown.length
  const [first, last] = [found[0], found.at(-1)]
  const took = first && last ? Date.parse(last.at) - Date.parse(first.at) : 0
  return (
    <Card title="Time line" beside={found.length > 0 && `${counted(found.length, 'step')} in ${span(took)}`}>
      <Kinds hops={hops} only={only} path={path} />
      {found.length === 0 && (
        <p class="card-body soft">
          {hops.length === 0 ? 'Nothing has happened yet.' : 'Nothing of this kind has happened.'}
        </p>
      )}
      {hidden > 0 && (
        <p class="card-body">
          <button type="button" class="button low" onClick={() => (all.value = true)}>
            Show {counted(hidden, 'earlier step')}
          </button>
        </p>
      )}
      <ol class="trace">
        {shown.map((hop, index) => (
          <HopLine
            key={`${hop.key} ${hop.kind} ${hop.at}`}
            hop={hop}
            before={found[hidden + index - 1]}
            onRevived={onRevived}
          />
        ))}
      </ol>
    </Card>
  )
}

/** One switch a kind. The digit on it works from anywhere on the page. */
function Kinds({ hops, only, path }: { hops: readonly Hop[]; only: readonly About[]; path: string }) {
  const toggle = (about: About) => {
    const wanted = KINDS.filter((one) => (one === about ? !only.includes(one) : only.includes(one)))
    filter(path, 'show', wanted.join(','))
  }
  return (
    <div class="kinds" role="group" aria-label="What the time line shows">
      <button
        type="button"
        class="kind"
        data-digit="0"
        aria-pressed={only.length === 0}
        onClick={() => filter(path, 'show', '')}
      >
        <kbd aria-hidden="true">0</kbd> All
      </button>
      {KINDS.map((about, index) => {
        const many = hops.filter((hop) => hop.about === about).length
        return (
          <button
            key={about}
            type="button"
            class="kind"
            data-digit={index + 1}
            aria-pressed={only.includes(about)}
            disabled={many === 0 && !only.includes(about)}
            onClick={() => toggle(about)}
          >
            <kbd aria-hidden="true">{index + 1}</kbd> {ABOUT[about]} <span class="faint">{many}</span>
          </button>
        )
      })}
    </div>
  )
}

interface Props {
  hop: Hop
  before: Hop | undefined
  onRevived: () => void
}

function HopLine({ hop, before, onRevived }: Props) {
  const open = useSignal(false)
  const { kind, about, title, system, at, durationMs, key, payload, dead, letter } = hop
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
            {ABOUT[about]} · {HOP_KINDS[kind]} {whoOf(system)}
            {durationMs !== undefined && ` · took ${span(durationMs)}`}
          </span>
        </summary>
        {open.value && (
          <div class="hop-more">
            <p class="small faint hop-key">
              Key <code>{key}</code>
            </p>
            {letter !== undefined && <a href={letterPath(letter)}>Open dead letter {letter}</a>}
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
