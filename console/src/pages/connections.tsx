/** The systems outside: do they work, what is owed to them, how far their feeds are read. */
import { Card } from '../components/card.tsx'
import { Heading } from '../components/heading.tsx'
import { Pill } from '../components/pill.tsx'
import { Empty, ProblemView, Skeleton } from '../components/states.tsx'
import { Ago, Clock } from '../components/time.tsx'
import { KindIcon } from '../icons.tsx'
import { overview, overviewProblem, readOverview } from '../live.ts'
import { count, counted } from '../money.ts'
import { useResource } from '../resource.ts'
import { now } from '../time.ts'
import type { ConnectionFigures, ShadowOfConnection, ShadowReport } from '../types.ts'
import { CONNECTION_STATES, plain, STATE_SENTENCES } from '../words.ts'
import { systemOf } from '../words-stock.ts'
import { InShadow } from './connection-shadow.tsx'

export function ConnectionsPage() {
  const connections = overview.value?.connections
  const shadows = useResource<ShadowReport>('/api/shadow?limit=5')
  const shadowOf = (name: string) => shadows.value?.connections.find(({ connection }) => connection === name) ?? null
  return (
    <>
      <Heading title="Connections" />
      {overviewProblem.value && !connections && (
        <ProblemView problem={overviewProblem.value} reload={() => void readOverview()} />
      )}
      <div class="halves">
        {connections
          ? connections.map((one) => <Connection key={one.name} figures={one} shadow={shadowOf(one.name)} />)
          : !overviewProblem.value && (
              <div class="card">
                <Skeleton rows={8} />
              </div>
            )}
      </div>
      {connections?.length === 0 && (
        <div class="card">
          <Empty title="Nothing is connected">
            <p>Name a shop and an Odoo in crossdock.yaml, then start the hub again.</p>
          </Empty>
        </div>
      )}
    </>
  )
}

/** Why nothing is sent to it, and for how long. */
function Paused({ breaker, openUntil, failuresInARow, pausedBecause }: ConnectionFigures) {
  if (breaker === 'closed') return null
  const after = `after ${counted(failuresInARow, 'failure')} in a row: ${pausedBecause}`
  return openUntil && Date.parse(openUntil) > now.value ? (
    <p>
      Paused until <Clock at={openUntil} /> {after}
    </p>
  ) : (
    <p>Paused {after} The next call finds out whether it works again.</p>
  )
}

function Connection({ figures, shadow }: { figures: ConnectionFigures; shadow: ShadowOfConnection | null }) {
  const { name, kind, role, state, openIntents, oldestOpenAt, lastFault, lastHeardAt, feeds, watchdog } = figures
  return (
    <Card
      title={name}
      beside={
        <>
          {shadow && <Pill text="In shadow" tone="info" />} <Pill {...CONNECTION_STATES[state]} />
        </>
      }
    >
      <div class="card-body stack">
        <p class="soft">{STATE_SENTENCES[state]}</p>
        <Paused {...figures} />
        {shadow && <InShadow {...shadow} />}
        <dl class="facts">
          <dt>System</dt>
          <dd>
            <KindIcon kind={kind} /> {systemOf(kind)}, {role === 'erp' ? 'ERP' : 'sales channel'}
          </dd>
          <dt>Calls owed to it</dt>
          <dd>
            {count(openIntents)}
            {oldestOpenAt && (
              <>
                , oldest <Ago at={oldestOpenAt} />
              </>
            )}
          </dd>
          <dt>Last heard of it</dt>
          <dd>{lastHeardAt ? <Ago at={lastHeardAt} /> : 'never'}</dd>
          {watchdog && [<dt key="watchdog">Watchdog</dt>, <dd key="watchdog-said">{watchdog}</dd>]}
        </dl>
        <h3>Feeds</h3>
        {feeds.length === 0 ? (
          <p class="faint small">It is not polled.</p>
        ) : (
          <dl class="facts">
            {feeds.map(({ name: feed, caughtUpAt, report, dueAt }) => [
              <dt key={feed}>{plain(feed)}</dt>,
              <dd key={`${feed}-at`}>
                {caughtUpAt ? (
                  <>
                    read to the end <Ago at={caughtUpAt} />
                  </>
                ) : (
                  'not read to the end yet'
                )}
                {dueAt && (
                  <div class="small faint">
                    due <Ago at={dueAt} />
                  </div>
                )}
                {report && <div class="small faint">{report}</div>}
              </dd>,
            ])}
          </dl>
        )}
        {lastFault && (
          <div class="notice" data-tone={state === 'ok' ? 'info' : state === 'waiting' ? 'warn' : 'bad'}>
            <h3>Last trouble</h3>
            <p>{lastFault.message}</p>
            <p class="cure small">
              {plain(lastFault.kind)} ({lastFault.code}), <Ago at={lastFault.at} />
            </p>
          </div>
        )}
      </div>
    </Card>
  )
}
