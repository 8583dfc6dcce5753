/** Every till of every store: where its day stands, its last upload, what is missing, what needs a person. */
import { useEffect } from 'preact/hooks'
import { Heading } from '../components/heading.tsx'
import { Pill } from '../components/pill.tsx'
import { Search } from '../components/search.tsx'
import { Empty, ProblemView, Skeleton } from '../components/states.tsx'
import { Ago } from '../components/time.tsx'
import { events, overview } from '../live.ts'
import { count, counted } from '../money.ts'
import { filter } from '../paging.ts'
import { useResource } from '../resource.ts'
import { query, storePath } from '../router.ts'
import type { Store, StoreList, Till } from '../types.ts'
import { TILL_STATES } from '../words-stock.ts'

const PATH = '/stores'

/** Reads again when a till of the store, or of any store, has news. */
export function useTillNews(prefix: string, reload: () => void): void {
  const newest = events.value.find(({ stream }) => stream.startsWith(prefix))?.position ?? 0
  useEffect(() => {
    if (newest > 0) reload()
  }, [newest])
}

export const missingOf = ({ asked }: Till): number => asked.reduce((all, { from, to }) => all + to - from + 1, 0)
const isLate = (till: Till): boolean => till.attention || till.offlineSince !== null || till.asked.length > 0

export function StoresPage() {
  const { value, problem, reload } = useResource<StoreList>('/api/stores')
  useTillNews('till/', reload)
  const figures = overview.value?.stores
  return (
    <>
      <Heading title="Stores">
        {figures && figures.tills > 0 && (
          <p class="soft">
            {counted(figures.tills, 'till')}, {count(figures.silent)} silent, {count(figures.gaps)} with gaps
          </p>
        )}
      </Heading>
      <search class="filters">
        <Search path={PATH} label="Search by store" />
        <label class="choice">
          <input
            type="checkbox"
            checked={query.value.get('late') === 'true'}
            onChange={({ currentTarget }) => filter(PATH, 'late', currentTarget.checked ? 'true' : '')}
          />
          Only late or in trouble
        </label>
      </search>
      {problem && !value ? (
        <ProblemView problem={problem} reload={reload} />
      ) : (
        <div class="card">{value ? <Tills stores={value.stores} /> : <Skeleton rows={12} />}</div>
      )}
    </>
  )
}

function Tills({ stores }: { stores: readonly Store[] }) {
  const text = (query.value.get('q') ?? '').toLowerCase()
  const onlyLate = query.value.get('late') === 'true'
  const rows = stores
    .filter(({ storeId }) => storeId.toLowerCase().includes(text))
    .flatMap(({ storeId, registers }): { storeId: string; till: Till | null }[] =>
      registers.length === 0 ? [{ storeId, till: null }] : registers.map((till) => ({ storeId, till })),
    )
    .filter(({ till }) => !onlyLate || (till !== null && isLate(till)))
  if (rows.length === 0) return <NoTills any={stores.length > 0} />
  return (
    <table class="rows tills">
      <thead>
        <tr>
          <th scope="col">Store and till</th>
          <th scope="col">Day</th>
          <th scope="col" class="wide-only">
            Last upload
          </th>
          <th scope="col" class="end wide-only">
            Taken to
          </th>
          <th scope="col">What is open</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ storeId, till }) => (
          <Row key={`${storeId}/${till?.registerId}`} storeId={storeId} till={till} />
        ))}
      </tbody>
    </table>
  )
}

const NoTills = ({ any }: { any: boolean }) =>
  any ? (
    <Empty title={query.value.get('late') && !query.value.get('q') ? 'No till is late' : 'No store fits'}>
      <p>Take a filter away to see all of them.</p>
      <a class="button" href={PATH}>
        Show all stores
      </a>
    </Empty>
  ) : (
    <Empty title="No stores yet">
      <p>Name them under policy.stores; their tills appear here with their first upload.</p>
    </Empty>
  )

const Row = ({ storeId, till }: { storeId: string; till: Till | null }) => (
  <tr>
    <td class="col-label">
      <a class="row-link" data-row href={storePath(storeId)}>
        {storeId}
      </a>
      <div class="faint small cut">{till ? `till ${till.registerId}` : 'no till heard of'}</div>
    </td>
    <td>{till && <Pill {...TILL_STATES[till.status]} />}</td>
    <td class="wide-only">{till && (till.lastUploadAt ? <Ago at={till.lastUploadAt} /> : 'never')}</td>
    <td class="end wide-only">{till && count(till.takenTo)}</td>
    <td class="small break">{till && <Open till={till} />}</td>
  </tr>
)

function Open({ till }: { till: Till }) {
  const missing = missingOf(till)
  const differing = till.days.filter(({ differences }) => differences.length > 0).length
  const bad = [
    till.refusals.length > 0 && `${counted(till.refusals.length, 'record')} refused`,
    till.held.length > 0 && `${counted(till.held.length, 'receipt')} held`,
    till.trouble !== null && 'session not closed',
    differing > 0 && 'Z-report differs',
  ].filter((one) => one !== false)
  if (!isLate(till)) return <span class="faint">nothing</span>
  return (
    <>
      {bad.length > 0 && <div class="tone-bad">{bad.join(', ')}</div>}
      {missing > 0 && <div class="tone-warn">{counted(missing, 'record')} missing, asked for again</div>}
      {till.offlineSince && (
        <div class="tone-warn">
          silent, last heard <Ago at={till.offlineSince} />
        </div>
      )}
    </>
  )
}
