/** Where two systems disagree: what is compared with what, how the last run went, and what to do about it. */
import { Card } from '../components/card.tsx'
import { Heading } from '../components/heading.tsx'
import { Pill } from '../components/pill.tsx'
import { ListFrame } from '../components/list.tsx'
import { Empty, ProblemView, Skeleton } from '../components/states.tsx'
import { Ago } from '../components/time.tsx'
import { count, counted } from '../money.ts'
import { useList } from '../paging.ts'
import { useResource } from '../resource.ts'
import type { FindingView, ReconciliationList, ReconciliationView } from '../types.ts'
import { FINDING_WORDS, plain, type Word } from '../words.ts'
import { pathOf } from './today-events.tsx'

export function ReconciliationPage() {
  const list = useList<FindingView>('/api/reconcile/findings', 'reconcile', ({ id }) => String(id))
  return (
    <>
      <Heading title="Reconciliation" />
      <Compared />
      <h2 class="between">Differences</h2>
      <ListFrame list={list} empty={<Agreed />}>
        {(rows) => (
          <ul class="list">
            {rows.map((row) => (
              <Finding key={row.id} row={row} />
            ))}
          </ul>
        )}
      </ListFrame>
    </>
  )
}

const Agreed = () => (
  <Empty title="No differences">
    <p>What a comparison finds two systems to hold differently appears here with what to do about it.</p>
  </Empty>
)

function Compared() {
  const { value, problem, reload } = useResource<ReconciliationList>('/api/reconcile')
  if (problem) return <ProblemView problem={problem} reload={reload} />
  return (
    <Card title="Compared">
      {value === null ? (
        <Skeleton rows={5} />
      ) : (
        <ul class="list">
          {value.rows.map((one) => (
            <Reconciliation key={one.name} {...one} />
          ))}
        </ul>
      )}
    </Card>
  )
}

function Reconciliation({ name, what, open, nextAt, runs: [last] }: ReconciliationView) {
  return (
    <li class="split">
      <div>
        <div>
          <strong>{name}</strong> <span class="faint small">{what}</span>
        </div>
        <div class="small soft">{last ? <LastRun {...last} /> : 'Not compared yet.'}</div>
        {nextAt && (
          <div class="faint small">
            Next <Ago at={nextAt} />
          </div>
        )}
      </div>
      <Pill {...stateOf(open, last)} />
    </li>
  )
}

function stateOf(open: number, last: ReconciliationView['runs'][number] | undefined): Word {
  if (open > 0) return { text: counted(open, 'difference'), tone: 'warn' }
  return last ? { text: 'Agrees', tone: 'good' } : { text: 'Not compared', tone: 'plain' }
}

function LastRun({ state, startedAt, finishedAt, read, report }: ReconciliationView['runs'][number]) {
  const records = read.map(count).join(' against ')
  if (finishedAt === null)
    return (
      <>
        {plain(state)} since <Ago at={startedAt} />, {records} records read. {report}
      </>
    )
  return (
    <>
      {records} records, <Ago at={finishedAt} />. {report}
    </>
  )
}

function Finding({ row: { definition, kind, message, cure, state, stream, foundAt } }: { row: FindingView }) {
  const path = stream ? pathOf(stream) : null
  return (
    <li class="split">
      <div>
        <div>{message}</div>
        <div class="small soft">{cure}</div>
        <div class="faint small">
          {definition}, found <Ago at={foundAt} />
          {state === 'handed_in' && ', handed in to be mended'}
        </div>
        {path && (
          <a class="small" data-row href={path}>
            Open what it is about
          </a>
        )}
      </div>
      <Pill {...(FINDING_WORDS[kind] ?? { text: plain(kind), tone: 'plain' })} />
    </li>
  )
}
