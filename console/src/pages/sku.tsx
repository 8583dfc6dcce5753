/** One SKU: its numbers and the sums behind them, each channel's share of it, and how it all came about. */
import { useEffect } from 'preact/hooks'
import { sorry } from '../action.ts'
import { resumeStock } from '../api.ts'
import { Heading } from '../components/heading.tsx'
import { Pill } from '../components/pill.tsx'
import { ProblemView, Skeleton } from '../components/states.tsx'
import { say } from '../components/toast.tsx'
import { Ago } from '../components/time.tsx'
import { events } from '../live.ts'
import { count } from '../money.ts'
import { useResource } from '../resource.ts'
import type { StockPage, StockRow } from '../types.ts'
import { MODES } from '../words-stock.ts'
import { SkuHistory } from './sku-history.tsx'
import { ModeCard } from './sku-mode.tsx'
import { Channels, Holds, Presale, Recent } from './sku-parts.tsx'
import { Sums } from './sku-sums.tsx'

export function SkuPage({ pool, sku }: { pool: string; sku: string }) {
  const page = useResource<StockPage>(`/api/stock/${encodeURIComponent(pool)}/${encodeURIComponent(sku)}`)
  const { value, problem, reload } = page
  const newest = events.value.find(({ stream }) => stream === `stock/${pool}/${sku}`)?.position ?? 0
  useEffect(() => {
    if (newest > 0) reload()
  }, [newest])
  return (
    <>
      <nav class="crumbs small" aria-label="Where you are">
        <a href="/stock">Stock</a>
      </nav>
      <Heading title={sku}>
        <span class="soft small">in {pool}</span>
        {value && <Marks {...value.stock} />}
        {value?.stock.channels.some(({ trouble }) => trouble !== null) && (
          <button type="button" class="button main" onClick={() => void publishAgain(pool, sku)}>
            Publish again
          </button>
        )}
        {value && (
          <span class="faint small push">
            changed <Ago at={value.stock.updatedAt} />
          </span>
        )}
      </Heading>
      {problem && !value ? (
        <ProblemView problem={problem} reload={reload} />
      ) : value ? (
        <Body page={value} newest={newest} reload={reload} />
      ) : (
        <div class="card">
          <Skeleton rows={8} />
        </div>
      )}
    </>
  )
}

const Marks = ({ status, attention, mode }: StockRow) => (
  <>
    {status !== 'stocked' && <Pill text={status === 'unknown' ? 'Unknown in Odoo' : 'Not counted'} tone="plain" />}
    {mode === 'shared' && <Pill {...MODES.shared} />}
    {attention && <Pill text="In trouble" tone="bad" />}
  </>
)

/** Safe to ask at any time: the channel is read first, and nothing is sent that the ledger does not allow. */
async function publishAgain(pool: string, sku: string): Promise<void> {
  try {
    await resumeStock(pool, sku)
    say(`${sku} is being published again.`)
  } catch (error) {
    sorry(error)
  }
}

const Body = ({
  page: { stock, holds, sums, presale, recent },
  newest,
  reload,
}: {
  page: StockPage
  newest: number
  reload(): void
}) => (
  <>
    <Incidents words={stock.incidents} />
    <Figures stock={stock} />
    <Channels channels={stock.channels} />
    <SkuHistory pool={stock.pool} sku={stock.sku} newest={newest} />
    <div class="halves">
      <Sums sums={sums} />
      <div class="stack">
        <ModeCard stock={stock} onDone={reload} />
        <Holds holds={holds} />
        {presale && <Presale {...presale} />}
      </div>
    </div>
    <Recent events={recent} />
  </>
)

const Incidents = ({ words }: { words: readonly string[] }) =>
  words.length === 0 ? null : (
    <section class="notices" aria-label="What people have to know of">
      {words.map((one) => (
        <div key={one} class="notice" data-tone="bad">
          <h2>To look at</h2>
          <p>{one}</p>
        </div>
      ))}
    </section>
  )

/** Free less held is what can be promised: shown as the sum it is. */
const Figures = ({ stock: { onHand, free, held, safety, available } }: { stock: StockRow }) => (
  <dl class="sum card">
    <div>
      <dt>On hand</dt>
      <dd>{onHand ?? '–'}</dd>
    </div>
    <div>
      <dt>Free in Odoo</dt>
      <dd>{free ?? '–'}</dd>
    </div>
    <div data-sign="−">
      <dt>Held for new orders</dt>
      <dd>{count(held)}</dd>
    </div>
    <div data-sign="=">
      <dt>Can be promised</dt>
      <dd class={available !== null && available < 0 ? 'tone-bad' : ''}>{available ?? '–'}</dd>
    </div>
    <div>
      <dt>Never offered</dt>
      <dd>{count(safety)}</dd>
    </div>
  </dl>
)
