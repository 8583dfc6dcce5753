/** One store: each till with how far its records are taken, what is missing or refused, and its business days. */
import { Card } from '../components/card.tsx'
import { Heading } from '../components/heading.tsx'
import { Pill } from '../components/pill.tsx'
import { Empty, ProblemView, Skeleton } from '../components/states.tsx'
import { Ago } from '../components/time.tsx'
import { count, counted, money } from '../money.ts'
import { useResource } from '../resource.ts'
import type { Store, Till } from '../types.ts'
import { POSTINGS, TILL_STATES } from '../words-stock.ts'
import { plain } from '../words.ts'
import { TillActions } from './store-actions.tsx'
import { missingOf, useTillNews } from './stores.tsx'

export function StorePage({ storeId }: { storeId: string }) {
  const { value, problem, reload } = useResource<Store>(`/api/stores/${encodeURIComponent(storeId)}`)
  useTillNews(`till/${storeId}/`, reload)
  return (
    <>
      <nav class="crumbs small" aria-label="Where you are">
        <a href="/stores">Stores</a>
      </nav>
      <Heading title={storeId}>
        {value && (
          <span class="soft small">
            {value.pool ? `pool ${value.pool}` : 'not named by the policy any more'}
            {value.posting && `, ${POSTINGS[value.posting]}`}
          </span>
        )}
      </Heading>
      {problem && !value ? (
        <ProblemView problem={problem} reload={reload} />
      ) : value ? (
        <Tills store={value} onDone={reload} />
      ) : (
        <div class="card">
          <Skeleton rows={8} />
        </div>
      )}
    </>
  )
}

const Tills = ({ store: { storeId, registers }, onDone }: { store: Store; onDone(): void }) =>
  registers.length === 0 ? (
    <div class="card">
      <Empty title="No till was heard of yet">
        <p>A till appears here with its first upload, by HTTP or as a file.</p>
      </Empty>
    </div>
  ) : (
    <div class="stack">
      {registers.map((till) => (
        <TillCard key={till.registerId} storeId={storeId} till={till} onDone={onDone} />
      ))}
    </div>
  )

const TillCard = ({ storeId, till, onDone }: { storeId: string; till: Till; onDone(): void }) => (
  <Card title={`Till ${till.registerId}`} beside={<Pill {...TILL_STATES[till.status]} />}>
    <div class="card-body stack">
      <Facts till={till} />
      <Troubles till={till} />
      <TillActions storeId={storeId} till={till} onDone={onDone} />
    </div>
    {till.days.length > 0 && <Days days={till.days} />}
  </Card>
)

const Facts = ({ till }: { till: Till }) => (
  <dl class="facts even">
    <dt>Last upload</dt>
    <dd>{till.lastUploadAt ? <Ago at={till.lastUploadAt} /> : 'never'}</dd>
    <dt>Taken up to record</dt>
    <dd>{count(till.takenTo)}</dd>
    {till.lastRecordAt && [
      <dt key="record">Its newest record, by its own clock</dt>,
      <dd key="record-at">
        <Ago at={till.lastRecordAt} />
      </dd>,
    ]}
    {till.offlineSince && [
      <dt key="offline">Silent, with its day open, since</dt>,
      <dd key="offline-at" class="tone-warn">
        <Ago at={till.offlineSince} />
      </dd>,
    ]}
  </dl>
)

const rangeOf = ({ from, to }: Till['asked'][number]): string =>
  from === to ? count(from) : `${count(from)} to ${count(to)}`

function Troubles({ till }: { till: Till }) {
  const { asked, waiting, refusals, held, trouble, days } = till
  const differing = days.filter(({ differences }) => differences.length > 0)
  return (
    <>
      {asked.length > 0 && (
        <div class="notice" data-tone="warn">
          <h3>{counted(missingOf(till), 'record')} missing</h3>
          <p>Asked for again: {asked.map(rangeOf).join(', ')}.</p>
          {waiting > 0 && <p class="cure small">{counted(waiting, 'later record')} here wait for them.</p>}
        </div>
      )}
      {refusals.length > 0 && (
        <div class="notice" data-tone="bad">
          <h3>{counted(refusals.length, 'record')} refused</h3>
          <ul class="stack small">
            {refusals.map(({ sequence, code, detail }) => (
              <li key={sequence} class="break">
                <strong>Record {count(sequence)}</strong>: {detail} <span class="faint">({plain(code)})</span>
              </li>
            ))}
          </ul>
          <p class="cure small">Put it right at the till; it is asked for again and nothing is posted twice.</p>
        </div>
      )}
      {held.length > 0 && (
        <div class="notice" data-tone="bad">
          <h3>{counted(held.length, 'receipt')} the ERP does not take</h3>
          <ul class="stack small">
            {held.map(({ txId, number, businessDate, total, message }) => (
              <li key={txId} class="break">
                <strong>Receipt {number}</strong> of {businessDate}, {money(total)}: {message}
              </li>
            ))}
          </ul>
          <p class="cure small">Put right what it names in Odoo, then retry. Other receipts go on meanwhile.</p>
        </div>
      )}
      {trouble !== null && (
        <div class="notice" data-tone="bad">
          <h3>A session did not close</h3>
          <p>{trouble}</p>
        </div>
      )}
      {differing.map(({ businessDate, differences }) => (
        <div key={businessDate} class="notice" data-tone="bad">
          <h3>The Z-report of {businessDate} disagrees</h3>
          {differences.map((words) => (
            <p key={words}>{words}</p>
          ))}
        </div>
      ))}
    </>
  )
}

const Days = ({ days }: { days: Till['days'] }) => (
  <table class="rows plain till-days">
    <thead>
      <tr>
        <th scope="col">Business day</th>
        <th scope="col" class="end">
          Receipts
        </th>
        <th scope="col" class="end">
          Total
        </th>
        <th scope="col" class="end wide-only">
          In Odoo
        </th>
        <th scope="col" class="wide-only">
          State
        </th>
      </tr>
    </thead>
    <tbody>
      {days.map((day) => (
        <tr key={day.businessDate}>
          <td>
            {day.businessDate}
            <div class="faint small">
              {day.zReport ? 'Z-report is here' : 'no Z-report yet'}
              {day.late > 0 && `, ${counted(day.late, 'record')} came late`}
            </div>
          </td>
          <td class="end">{count(day.sales + day.returns)}</td>
          <td class="end">{day.total ? money(day.total) : '–'}</td>
          <td class="end wide-only">
            {count(day.posted)}
            {day.pending > 0 && <span class="faint"> + {count(day.pending)}</span>}
          </td>
          <td class="wide-only">{day.closed ? 'closed' : day.ended ? 'being closed' : 'open'}</td>
        </tr>
      ))}
    </tbody>
  </table>
)
