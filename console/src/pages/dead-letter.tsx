/** One dead letter: what failed and why, what to do, its payload, and what people did about it. */
import { Card } from '../components/card.tsx'
import { Heading } from '../components/heading.tsx'
import { Json } from '../components/json.tsx'
import { Pill } from '../components/pill.tsx'
import { ProblemView, Skeleton } from '../components/states.tsx'
import { Ago } from '../components/time.tsx'
import { counted, money } from '../money.ts'
import { useResource } from '../resource.ts'
import type { DeadPage } from '../types.ts'
import { DEAD_CLASSES, DEAD_STATES, DEAD_STEPS, plain } from '../words.ts'
import { LetterActions, LetterNotes } from './dead-actions.tsx'
import { LetterEdit } from './dead-edit.tsx'
import { pathOf } from './today-events.tsx'

export function DeadLetterPage({ id }: { id: string }) {
  const { value, problem, reload } = useResource<DeadPage>(`/api/dead/${encodeURIComponent(id)}`)
  return (
    <>
      <nav class="crumbs small" aria-label="Where you are">
        <a href="/dead">Needs attention</a>
      </nav>
      <Heading title={`Dead letter ${id}`}>
        {value && <Pill {...DEAD_STATES[value.letter.state]} />}
        {value && <LetterActions page={value} onDone={reload} />}
      </Heading>
      {problem && !value ? (
        <ProblemView problem={problem} reload={reload} />
      ) : value ? (
        <Body page={value} onDone={reload} />
      ) : (
        <div class="card">
          <Skeleton rows={12} />
        </div>
      )}
    </>
  )
}

function Body({ page, onDone }: { page: DeadPage; onDone: () => void }) {
  const { letter, payload, can } = page
  return (
    <div class="stack">
      <section class="notice" data-tone={letter.state === 'resolved' ? 'info' : 'bad'} aria-label="What failed">
        <h2>{letter.title}</h2>
        <p>{letter.reason}</p>
        <p class="cure">{letter.proof ?? letter.next}</p>
      </section>
      <div class="halves">
        <Facts page={page} />
        <LetterNotes page={page} onDone={onDone} />
      </div>
      <Card title={letter.step === 'call' ? 'What was asked' : 'What arrived'} beside="Personal data is masked">
        <div class="card-body">
          {can.edit ? (
            <LetterEdit id={letter.id} payload={payload} onDone={onDone} />
          ) : (
            <Json value={payload} name="Payload" />
          )}
        </div>
      </Card>
    </div>
  )
}

function Facts({ page: { letter, key, attempts, bodies, notices } }: { page: DeadPage }) {
  const path = letter.correlation ? pathOf(letter.correlation) : letter.stream && pathOf(letter.stream)
  return (
    <Card title="About it" beside={<Pill {...DEAD_CLASSES[letter.class]} />}>
      <dl class="facts card-body">
        <dt>It means</dt>
        <dd>{letter.means}</dd>
        <dt>Failed</dt>
        <dd>
          {DEAD_STEPS[letter.step]}, <Ago at={letter.failedAt} />
          {letter.deaths > 1 && `, for the ${letter.deaths}. time`}
        </dd>
        <dt>System</dt>
        <dd>{letter.connection}</dd>
        <dt>What</dt>
        <dd>{path ? <a href={path}>{letter.what}</a> : letter.what}</dd>
        <dt>Code</dt>
        <dd>{letter.code}</dd>
        <dt>Owner</dt>
        <dd>
          {letter.owner}
          {letter.assignee && `, ${letter.assignee} is at it`}
        </dd>
        <dt>At risk</dt>
        <dd>{letter.value ? money(letter.value) : '–'}</dd>
        <dt>Retried by people</dt>
        <dd>{counted(letter.retries, 'time')}</dd>
        {attempts !== null && [<dt key="attempts">Calls</dt>, <dd key="calls">{attempts}</dd>]}
        {key && [<dt key="key">Key</dt>, <dd key="key-text">{key}</dd>]}
        {bodies.length > 1 && [<dt key="bodies">Edited</dt>, <dd key="edits">{counted(bodies.length - 1, 'time')}</dd>]}
        {notices.map(({ channel, state, sentAt, fault }) => [
          <dt key={channel}>Told by {channel}</dt>,
          <dd key={`${channel}-state`}>
            {sentAt ? <Ago at={sentAt} /> : plain(state)}
            {fault && <div class="small faint">{fault}</div>}
          </dd>,
        ])}
      </dl>
    </Card>
  )
}
