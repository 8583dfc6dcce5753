/**
 * Deciding an order again: first what would be different, which changes nothing; then, after a question that names what
 * cannot be undone, for real.
 */
import { useSignal } from '@preact/signals'
import { dryRunOf, previewOf, replayOf } from '../again-api.ts'
import { Trouble } from '../api.ts'
import { Card } from '../components/card.tsx'
import { Confirm } from '../components/dialog.tsx'
import { Json } from '../components/json.tsx'
import { Pill } from '../components/pill.tsx'
import { say } from '../components/toast.tsx'
import { counted } from '../money.ts'
import type { Difference, DryRun, OrderPage, Problem, ReplayPreview } from '../types.ts'
import { callOf, DIFFERENCES, plain, takenBackOf } from '../words.ts'

interface Looked {
  found: DryRun
  /** Null when there is nothing from outside that could be handed in again. */
  now: ReplayPreview | null
}

export function Again({ order: { summary }, onDone }: { order: OrderPage; onDone: () => void }) {
  const looked = useSignal<Looked | null>(null)
  const problem = useSignal<Problem | null>(null)
  const busy = useSignal(false)
  const asked = useSignal(false)
  const stream = `order/${summary.channel}/${summary.externalId}`

  const during = async (work: () => Promise<void>): Promise<void> => {
    busy.value = true
    problem.value = null
    try {
      await work()
    } catch (error) {
      if (!(error instanceof Trouble)) throw error
      problem.value = error.problem
      looked.value = null
    }
    busy.value = asked.value = false
  }
  const look = () =>
    during(async () => {
      const found = await dryRunOf(stream)
      looked.value = { found, now: await previewOf(stream).catch(unlessRefused) }
    })
  const run = (token: string) =>
    during(async () => {
      const { rows } = await replayOf(stream, token)
      looked.value = null
      say(`${counted(rows, 'delivery', 'deliveries')} of ${summary.label} handed to the hub again.`)
      onDone()
    })

  const now = looked.value?.now
  return (
    <Card title="Decide again">
      <div class="card-body stack again">
        <p class="soft small">What today's rules would make of all that was said to this order. It changes nothing.</p>
        <button type="button" class="button" disabled={busy.value} onClick={() => void look()}>
          Decide again (dry run)
        </button>
        <div class="stack" aria-live="polite">
          {problem.value && (
            <p class="small">
              {problem.value.detail} <strong>{problem.value.cure}</strong>
            </p>
          )}
          {looked.value && <Then found={looked.value.found} />}
          {looked.value && <Now now={looked.value.now} />}
        </div>
        {now && now.streams > 0 && (
          <button type="button" class="button" disabled={busy.value} onClick={() => (asked.value = true)}>
            Do it now
          </button>
        )}
      </div>
      {asked.value && now && (
        <Confirm
          title={`Decide ${summary.label} again for real?`}
          action="Decide again"
          danger={now.irreversible > 0}
          busy={busy.value}
          onClose={() => (asked.value = false)}
          onConfirm={() => void run(now.token)}
        >
          <Final now={now} />
        </Confirm>
      )}
    </Card>
  )
}

/** An order of which only the hub itself spoke has no delivery to hand in: that is no trouble. */
function unlessRefused(error: unknown): null {
  if (error instanceof Trouble && error.problem.status === 422) return null
  throw error
}

function Then({ found: { rows, events, streams, findings, more, answers, dead } }: { found: DryRun }) {
  if (rows === 0) return <p class="small">Nothing about it has been decided yet.</p>
  return (
    <>
      {streams === 0 ? (
        <p class="small">
          <Pill text="The same" tone="good" /> Nothing would be different: {counted(events.recorded, 'event')}, the same
          again.
        </p>
      ) : (
        <ul class="differences" aria-label="What would be different">
          {findings.map((one, index) => (
            <DifferenceLine key={index} {...one} />
          ))}
        </ul>
      )}
      {more > 0 && <p class="small soft">And {counted(more, 'more difference', 'more differences')}.</p>}
      {answers.unfit > 0 && (
        <p class="small soft">
          {counted(answers.unfit, 'answer')} of then would not fit. What would have followed is not known.
        </p>
      )}
      {dead.count > 0 && <p class="small soft">{counted(dead.count, 'message')} cannot be decided at all.</p>}
    </>
  )
}

const nameOf = ({ kind, type, to }: Difference): string =>
  kind === 'intent' ? `${callOf(type)} at ${to}` : kind === 'note' ? `${plain(type)}, to ${to}` : plain(type)

function DifferenceLine(one: Difference) {
  const open = useSignal(false)
  const { text, tone, means } = DIFFERENCES[one.verdict]
  const name = nameOf(one)
  return (
    <li>
      <Pill text={text} tone={tone} /> {name}
      <div class="small soft">
        {means}
        {one.fields.length > 0 && `: ${one.fields.join(', ')}`}.
      </div>
      <details class="small" onToggle={({ currentTarget }) => (open.value = currentTarget.open)}>
        <summary>Then and now</summary>
        {open.value && <Json name={`Then and now: ${name}`} value={{ recorded: one.recorded, again: one.again }} />}
      </details>
    </li>
  )
}

function Now({ now }: { now: ReplayPreview | null }) {
  if (!now) return <p class="small soft">Nothing that came from outside can be handed to the hub again.</p>
  if (now.streams === 0)
    return <p class="small soft">Handed to the hub again now, it would change nothing: all of it is done already.</p>
  return (
    <p class="small">
      Handed to the hub again now, it would change {counted(now.streams, 'thing')}: {eventsOf(now)}.
    </p>
  )
}

const eventsOf = ({ events }: ReplayPreview): string =>
  Object.entries(events)
    .map(([type, many]) => (many === 1 ? plain(type) : `${many} × ${plain(type)}`))
    .join(', ')

/** What is about to be done, and of it what stays done. */
function Final({ now }: { now: ReplayPreview }) {
  const lasting = now.intents.filter(({ irreversible }) => irreversible)
  return (
    <div class="stack soft">
      <p>
        {counted(now.rows, 'delivery', 'deliveries')} of this order go to the hub again. It would note: {eventsOf(now)}.
        What is done already is recognised and not done twice.
      </p>
      {lasting.length > 0 ? (
        <>
          <p>
            <strong>This cannot be undone:</strong>
          </p>
          <ul class="final">
            {lasting.map(({ type, connection, count }) => (
              <li key={`${type} ${connection}`}>
                {count > 1 && `${count} × `}
                {callOf(type)} at {connection}. {takenBackOf(type)}
              </li>
            ))}
          </ul>
        </>
      ) : (
        <p>Nothing of it that cannot be undone.</p>
      )}
      {now.intents.length > 0 && <p>What follows from the answers to these calls is not known yet.</p>}
      {now.refused.count > 0 && <p>{counted(now.refused.count, 'message')} would be refused.</p>}
    </div>
  )
}
