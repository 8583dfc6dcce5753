/** What was just decided, line by line, and how long the queue in front of it is. */
import { Card } from '../components/card.tsx'
import { Empty } from '../components/states.tsx'
import { Still } from '../components/still.tsx'
import { Age, Clock } from '../components/time.tsx'
import { events } from '../live.ts'
import { count, counted } from '../money.ts'
import { orderPath, skuPath } from '../router.ts'
import { span } from '../time.ts'
import type { LiveEvent, Overview } from '../types.ts'

const SHOWN = 8

/** Lines keep their places and change their text: nothing moves under the reader. */
export const Ticker = () => (
  <Card title="Just now" class="today-ticker" beside="Newest first">
    {events.value.length === 0 ? (
      <Empty title="Quiet">
        <p>What the hub decides appears here as it happens.</p>
      </Empty>
    ) : (
      <ol class="ticker">
        {events.value.slice(0, SHOWN).map((event, index) => (
          <TickerLine key={index} {...event} />
        ))}
      </ol>
    )}
  </Card>
)

function TickerLine({ at, title, stream, label }: LiveEvent) {
  const path = pathOf(stream)
  return (
    <li>
      <span class="faint small">
        <Clock at={at} />
      </span>
      <span class="cut">{path ? <a href={path}>{label}</a> : label}</span>
      <span class="cut soft">{title}</span>
    </li>
  )
}

/** The page of what an event happened to, where there is one. */
export function pathOf(stream: string): string | null {
  const [kind, first, ...rest] = stream.split('/')
  if (!first || rest.length === 0) return null
  if (kind === 'order' || kind === 'fulfilment') return orderPath(first, rest.join('/'))
  return kind === 'stock' ? skuPath(first, rest.join('/')) : null
}

export const QueueCard = ({ all }: { all: Overview | null }) => (
  <Card title="Queue" class="today-queue" beside={all && `Version ${all.version}`}>
    <dl class="facts card-body">
      <dt>Waiting to be decided</dt>
      <Figure text={all && count(all.queue.undecided)} />
      <dt>Oldest waits for</dt>
      <dd>{all?.queue.oldestUndecidedAt ? <Age at={all.queue.oldestUndecidedAt} /> : '–'}</dd>
      <dt>Given up, needs a person</dt>
      <dd>{all && all.queue.deadLetters > 0 ? <Dead letters={all.queue.deadLetters} /> : all ? '0' : '–'}</dd>
      <dt>Systems disagree about</dt>
      <dd>{all && all.queue.findings > 0 ? <Found findings={all.queue.findings} /> : all ? '0' : '–'}</dd>
      <dt>Repeats recognised</dt>
      <Figure text={all && count(all.duplicatesDropped)} />
      <dt>Running for</dt>
      <Figure text={all && span(all.uptimeSeconds * 1_000)} />
    </dl>
  </Card>
)

const Figure = ({ text }: { text: string | null }) => (
  <dd>
    <Still text={text ?? '–'} />
  </dd>
)

const Found = ({ findings }: { findings: number }) => (
  <a href="/reconciliation" class="tone-warn">
    <Still text={counted(findings, 'thing')} />
  </a>
)

const Dead = ({ letters }: { letters: number }) => (
  <a href="/dead" class="tone-bad">
    <Still text={counted(letters, 'dead letter')} />
  </a>
)
