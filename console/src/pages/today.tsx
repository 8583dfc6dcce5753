/** The first page: are orders flowing, what is stuck and worth what, does stock agree, do the connections work. */
import { Card } from '../components/card.tsx'
import { FlowChart } from '../components/flow-chart.tsx'
import { Heading } from '../components/heading.tsx'
import { ProblemView, Skeleton } from '../components/states.tsx'
import { overview, overviewProblem, readOverview } from '../live.ts'
import { count, counted, money } from '../money.ts'
import { now, today, zone } from '../time.ts'
import type { Overview } from '../types.ts'
import { STATUSES, type Tone } from '../words.ts'
import { ConnectionsCard } from './today-connections.tsx'
import { QueueCard, Ticker } from './today-events.tsx'
import { LateCards } from './today-late.tsx'
import { StockCard } from './today-stock.tsx'
import { StuckCard } from './today-stuck.tsx'

export function TodayPage() {
  const all = overview.value
  if (!all && overviewProblem.value) {
    return (
      <>
        <Heading title="Today" />
        <ProblemView problem={overviewProblem.value} reload={() => void readOverview()} />
      </>
    )
  }
  return (
    <>
      <Heading title="Today">
        <p class="faint" title={`Times are in ${zone}`}>
          {today(now.value)}
        </p>
      </Heading>
      <Answers all={all} />
      <div class="today">
        <Card title="Orders per minute" class="today-flow">
          {all ? (
            <>
              <FlowChart minutes={all.ordersPerMinute} />
              <Pipeline statuses={all.byStatus} />
            </>
          ) : (
            <Skeleton rows={1} rowClass="block" />
          )}
        </Card>
        <StockCard stock={all?.stock ?? null} />
        <StuckCard stuck={all?.stuck ?? null} />
        <ConnectionsCard connections={all?.connections ?? null} />
        <Ticker />
        <QueueCard all={all} />
      </div>
      <LateCards all={all} />
    </>
  )
}

interface Answer {
  question: string
  answer: string
  more: string
  tone: Tone
  path: string
}

/** Four questions, answered in a word each; the colour says which to look at. */
const Answers = ({ all }: { all: Overview | null }) => (
  <ul class="answers" aria-label="At a glance">
    {(all ? answersOf(all) : NO_ANSWERS).map(({ question, answer, more, tone, path }) => (
      <li key={question} class="card" data-tone={tone}>
        <a href={path}>
          <span class="question">{question}</span>
          <strong class="figure">{answer}</strong>
          <span class="more cut">{more}</span>
        </a>
      </li>
    ))}
  </ul>
)

const QUESTIONS = [
  ['Are orders flowing?', '/orders'],
  ['What is stuck?', '/orders?attention=true'],
  ['Does stock agree?', '/stock'],
  ['Do the connections work?', '/connections'],
] as const

const NO_ANSWERS: readonly Answer[] = QUESTIONS.map(([question, path]) => ({
  question, path, answer: '–', more: 'Loading', tone: 'plain',
})) // prettier-ignore

const RECENT_MINUTES = 10

function answersOf({ ordersPerMinute, stuck, stock, connections }: Overview): Answer[] {
  const recent = ordersPerMinute.slice(-RECENT_MINUTES)
  const placed = recent.reduce((sum, minute) => sum + minute.placed, 0)
  const confirmed = recent.reduce((sum, minute) => sum + minute.confirmed, 0)
  const halted = placed > 0 && confirmed === 0
  const down = connections.filter(({ state }) => state === 'trouble' || state === 'lost')
  const slow = connections.filter(({ state }) => state === 'waiting')
  const worth = stuck.value.map(money).join(' + ')
  const apart = stock.skus - stock.agreeing
  const found: Omit<Answer, 'question' | 'path'>[] = [
    {
      answer: placed === 0 ? 'Quiet' : halted ? 'Halted' : 'Yes',
      more: `${RECENT_MINUTES} min: ${count(placed)} placed, ${count(confirmed)} confirmed`,
      tone: placed === 0 ? 'plain' : halted ? 'bad' : 'good',
    },
    {
      answer: stuck.count === 0 ? 'Nothing' : counted(stuck.count, 'order'),
      more: stuck.count === 0 ? 'No order needs a person' : worth ? `Worth ${worth}` : 'Value not known yet',
      tone: stuck.count === 0 ? 'good' : 'bad',
    },
    {
      answer:
        stock.skus === 0 ? 'Not counted' : apart === 0 ? 'Yes' : `${count(stock.agreeing)} of ${count(stock.skus)}`,
      more:
        stock.oversold > 0
          ? `${counted(stock.oversold, 'SKU')} oversold`
          : apart === 0
            ? `${counted(stock.skus, 'SKU')} agree`
            : 'SKUs agree',
      tone: stock.oversold > 0 ? 'bad' : stock.skus === 0 ? 'plain' : apart === 0 ? 'good' : 'warn',
    },
    {
      answer:
        down.length > 0
          ? `${count(down.length)} of ${count(connections.length)} down`
          : slow.length > 0
            ? 'Slowly'
            : 'Yes',
      more: named('Down', down) || named('Slow', slow) || `All ${count(connections.length)} work`,
      tone: down.length > 0 ? 'bad' : slow.length > 0 ? 'warn' : 'good',
    },
  ]
  return QUESTIONS.map(([question, path], index) => ({ question, path, ...found[index]! }))
}

const named = (word: string, all: Overview['connections']): string =>
  all.length > 0 ? `${word}: ${all.map(({ name }) => name).join(', ')}` : ''

const Pipeline = ({ statuses }: { statuses: Overview['byStatus'] }) => (
  <ul class="pipeline" aria-label="Orders by status">
    {statuses.map(({ status, count: here }) => (
      <li key={status}>
        <a href={`/orders?status=${status}`} data-tone={here > 0 ? STATUSES[status].tone : 'plain'}>
          <strong>{count(here)}</strong>
          <span>{STATUSES[status].text}</span>
        </a>
      </li>
    ))}
  </ul>
)
