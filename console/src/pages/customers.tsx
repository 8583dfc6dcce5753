/** Records that may be one person, how sure that is and why; and all records, with who said what of each. */
import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { Heading } from '../components/heading.tsx'
import { Pill } from '../components/pill.tsx'
import { Empty, ProblemView, Skeleton } from '../components/states.tsx'
import { Age } from '../components/time.tsx'
import { events } from '../live.ts'
import { counted } from '../money.ts'
import { useResource } from '../resource.ts'
import type { CustomerList, CustomerPair, CustomerReviews } from '../types.ts'
import { reasonWords } from '../words-customers.ts'
import { PairDialog } from './customer-pair.tsx'
import { RecordDialog } from './customer-record.tsx'

const SHOWN = 100
const FRESHEN_MS = 1_500

/** Reads again, a moment after a customer had news: a burst of them is one reading. */
function useCustomerNews(reload: () => void): void {
  const newest = events.value.find(({ stream }) => stream.startsWith('customer'))?.position ?? 0
  useEffect(() => {
    if (newest === 0) return
    const timer = setTimeout(reload, FRESHEN_MS)
    return () => clearTimeout(timer)
  }, [newest])
}

export function CustomersPage() {
  const { value, problem, loading, reload } = useResource<CustomerReviews>(`/api/customer-reviews?limit=${SHOWN}`)
  const open = useSignal<CustomerPair | null>(null)
  useCustomerNews(reload)
  return (
    <>
      <Heading title="Customers">
        {value && (
          <p class="soft">
            {counted(value.pairs.length, 'pair')} to decide about{value.next && ', and more'}
          </p>
        )}
      </Heading>
      {problem ? (
        <ProblemView problem={problem} reload={reload} />
      ) : (
        <div class="card" aria-busy={loading}>
          {!value && <Skeleton rows={8} />}
          {value &&
            (value.pairs.length === 0 ? <Nothing /> : <Rows list={value} onOpen={(pair) => (open.value = pair)} />)}
        </div>
      )}
      <Records />
      {open.value && <PairDialog pair={open.value} onClose={() => (open.value = null)} onDone={reload} />}
    </>
  )
}

const Rows = ({ list, onOpen }: { list: CustomerReviews; onOpen(pair: CustomerPair): void }) => (
  <table class="rows">
    <thead>
      <tr>
        <th scope="col">May be one person</th>
        <th scope="col">Sure</th>
        <th scope="col" class="wide-only">
          Why
        </th>
        <th scope="col" class="end wide-only">
          Since
        </th>
      </tr>
    </thead>
    <tbody>
      {list.pairs.map((pair) => (
        <Row key={`${pair.key}/${pair.other}`} pair={pair} onOpen={() => onOpen(pair)} />
      ))}
    </tbody>
  </table>
)

const Row = ({ pair, onOpen }: { pair: CustomerPair; onOpen(): void }) => (
  <tr>
    <td>
      <button type="button" class="row-link break" data-row onClick={onOpen}>
        {nameOf(pair.sides[0])} <span class="faint">and</span> {nameOf(pair.sides[1])}
      </button>
      <div class="faint small cut">{pair.sides.flatMap(({ channels }) => channels).join(', ')}</div>
    </td>
    <td>
      <Pill text={`${pair.score} of 100`} tone={pair.score >= 90 ? 'good' : 'warn'} />
    </td>
    <td class="wide-only small soft">{pair.reasons.map(reasonWords).join(' · ')}</td>
    <td class="end wide-only faint small">{pair.since && <Age at={pair.since} />}</td>
  </tr>
)

/** The newest of all records. */
function Records() {
  const { value, reload } = useResource<CustomerList>('/api/customers?limit=50')
  const open = useSignal<string | null>(null)
  useCustomerNews(reload)
  if (!value || value.rows.length === 0) return null
  return (
    <section class="card" aria-label="Records">
      <table class="rows">
        <thead>
          <tr>
            <th scope="col">Record</th>
            <th scope="col">Channels</th>
            <th scope="col" class="end">
              Last news
            </th>
          </tr>
        </thead>
        <tbody>
          {value.rows.map(({ key, name, channels, partOf, updatedAt }) => (
            <tr key={key}>
              <td>
                <button type="button" class="row-link break" onClick={() => (open.value = key)}>
                  {name ?? 'no name'} <span class="faint">{key}</span>
                </button>
                {partOf && <div class="faint small">part of {partOf}</div>}
              </td>
              <td class="small soft">{channels.join(', ')}</td>
              <td class="end faint small">
                <Age at={updatedAt} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {open.value && <RecordDialog of={open.value} onClose={() => (open.value = null)} />}
    </section>
  )
}

const nameOf = (side: CustomerPair['sides'][number] | undefined): string =>
  side?.facts.find(({ field }) => field === 'name')?.value ?? 'no name'

const Nothing = () => (
  <Empty title="Nobody has to be decided about">
    <p>Records of several channels that may be one person appear here, once policy.customers says to look for them.</p>
  </Empty>
)
