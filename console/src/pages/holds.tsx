/** Orders that are held: whose business each is, why, what it is worth, until when; a row opens what can be decided. */
import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { Choice, Flag } from '../components/choice.tsx'
import { Heading } from '../components/heading.tsx'
import { Left } from '../components/left.tsx'
import { Pill } from '../components/pill.tsx'
import { Empty, ProblemView, Skeleton } from '../components/states.tsx'
import { Age } from '../components/time.tsx'
import { events } from '../live.ts'
import { count, counted, money } from '../money.ts'
import { useResource } from '../resource.ts'
import { query } from '../router.ts'
import type { HeldOrder, HoldList } from '../types.ts'
import { AT_EXPIRY, HOLD_KINDS, HOLD_SORTS } from '../words-holds.ts'
import { plain } from '../words.ts'
import { HoldDialog } from './hold-decide.tsx'

const PATH = '/holds'
const SHOWN = 200
const FRESHEN_MS = 1_500

/** Reads again, a moment after an order had news: a burst of them is one reading. */
function useOrderNews(reload: () => void): void {
  const newest = events.value.find(({ stream }) => stream.startsWith('order/'))?.position ?? 0
  useEffect(() => {
    if (newest === 0) return
    const timer = setTimeout(reload, FRESHEN_MS)
    return () => clearTimeout(timer)
  }, [newest])
}

export function HoldsPage() {
  const filters = query.value.toString()
  const { value, problem, loading, reload } = useResource<HoldList>(
    `/api/holds?limit=${SHOWN}${filters ? `&${filters}` : ''}`,
  )
  const open = useSignal<HeldOrder | null>(null)
  useOrderNews(reload)
  return (
    <>
      <Heading title="Holds">{value && <Sum list={value} />}</Heading>
      <Filters owners={value?.owners ?? []} />
      {problem ? (
        <ProblemView problem={problem} reload={reload} />
      ) : (
        <div class="card" aria-busy={loading}>
          {!value && <Skeleton rows={12} />}
          {value &&
            (value.holds.length === 0 ? <Nothing /> : <Rows list={value} onOpen={(row) => (open.value = row)} />)}
        </div>
      )}
      {open.value && (
        <HoldDialog
          place={open.value}
          label={open.value.label}
          kind={open.value.kind}
          onClose={() => (open.value = null)}
          onDone={reload}
        />
      )}
    </>
  )
}

const Sum = ({ list: { holds, all, more } }: { list: HoldList }) => (
  <p class="soft">
    {counted(all, 'hold')}
    {holds.length < all && `, of which the first ${count(holds.length)}`}
    {more && '; there are more than are looked at'}
  </p>
)

function Filters({ owners }: { owners: readonly string[] }) {
  const asked = query.value.get('owner')
  const named = asked && !owners.includes(asked) ? [...owners, asked] : owners
  return (
    <search class="filters">
      <Choice
        path={PATH}
        name="owner"
        label="Owner"
        any="Any owner"
        options={named.map((owner) => [owner, plain(owner)])}
      />
      <Choice path={PATH} name="kind" label="Held for" any="Held for anything" options={Object.entries(HOLD_KINDS)} />
      <Choice path={PATH} name="sort" label="Order" options={Object.entries(HOLD_SORTS)} />
      <Flag path={PATH} name="asked" text="Waits for a second person" />
    </search>
  )
}

const Rows = ({ list, onOpen }: { list: HoldList; onOpen(row: HeldOrder): void }) => (
  <table class="rows holds">
    <thead>
      <tr>
        <th scope="col">Order</th>
        <th scope="col">Held for</th>
        <th scope="col" class="wide-only">
          Owner
        </th>
        <th scope="col" class="end wide-only">
          Value
        </th>
        <th scope="col">Time left</th>
      </tr>
    </thead>
    <tbody>
      {list.holds.map((row) => (
        <Row key={`${row.channel}/${row.externalId}/${row.kind}`} row={row} onOpen={() => onOpen(row)} />
      ))}
    </tbody>
  </table>
)

function Row({ row, onOpen }: { row: HeldOrder; onOpen(): void }) {
  const { channel, label, kind, owner, value, dueAt, since, atExpiry, escalated, asked, reasons } = row
  return (
    <tr>
      <td>
        <button type="button" class="row-link" data-row onClick={onOpen}>
          {label}
          <span class="hidden-text">, held: {HOLD_KINDS[kind].toLowerCase()}</span>
        </button>
        <div class="faint small cut">{channel}</div>
        {value && <div class="small-only small">{money(value)}</div>}
      </td>
      <td>
        <Pill text={HOLD_KINDS[kind]} tone={kind === 'fraud' ? 'bad' : 'warn'} />
        {asked && <span class="small tone-warn asked">{asked.by} asks to let it go</span>}
        <div class="faint small cut" title={reasons[0]?.detail}>
          {reasons[0]?.detail}
        </div>
        <div class="small-only faint small cut">{plain(owner)}</div>
      </td>
      <td class="wide-only soft cut">
        {plain(owner)}
        {escalated > 0 && <div class="small tone-warn">handed on {counted(escalated, 'time')}</div>}
      </td>
      <td class="end wide-only">{value ? money(value) : '–'}</td>
      <td>
        <Left by={dueAt} />
        <div class="faint small">{AT_EXPIRY[atExpiry]}</div>
        <div class="faint small wide-only">
          held for <Age at={since} />
        </div>
      </td>
    </tr>
  )
}

const Nothing = () => (
  <Empty title={query.value.size === 0 ? 'No order is held' : 'No hold fits these filters'}>
    <p>Orders that wait for somebody’s decision appear here, with their owner and the time that is left.</p>
    {query.value.size > 0 && (
      <a class="button" href={PATH}>
        Show all holds
      </a>
    )}
  </Empty>
)
