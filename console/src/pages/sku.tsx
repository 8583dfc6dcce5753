/** One SKU: the sum that gives what may be promised, each channel's share of it, and what happened lately. */
import { useEffect } from 'preact/hooks'
import { resumeStock, Trouble } from '../api.ts'
import { Card } from '../components/card.tsx'
import { Heading } from '../components/heading.tsx'
import { Json } from '../components/json.tsx'
import { Pill } from '../components/pill.tsx'
import { ProblemView, Skeleton } from '../components/states.tsx'
import { say } from '../components/toast.tsx'
import { Ago, Clock } from '../components/time.tsx'
import { events } from '../live.ts'
import { count, counted } from '../money.ts'
import { useResource } from '../resource.ts'
import { orderPath } from '../router.ts'
import type { StockPage, StockRow, StreamEvent } from '../types.ts'
import { plain } from '../words.ts'

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
        {value && value.stock.status !== 'stocked' && (
          <Pill text={value.stock.status === 'unknown' ? 'Unknown in Odoo' : 'Not counted'} tone="plain" />
        )}
        {value?.stock.attention && <Pill text="In trouble" tone="bad" />}
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
        <Body {...value} />
      ) : (
        <div class="card">
          <Skeleton rows={8} />
        </div>
      )}
    </>
  )
}

/** Safe to ask at any time: the channel is read first, and nothing is sent that the ledger does not allow. */
async function publishAgain(pool: string, sku: string): Promise<void> {
  try {
    await resumeStock(pool, sku)
    say(`${sku} is being published again.`)
  } catch (error) {
    if (!(error instanceof Trouble)) throw error
    say(`${error.problem.detail} ${error.problem.cure}`)
  }
}

const Body = ({ stock, holds, recent }: StockPage) => (
  <>
    <Sum stock={stock} />
    <div class="halves">
      <Channels channels={stock.channels} />
      <Holds holds={holds} />
    </div>
    <Recent events={recent} />
  </>
)

/** Free less held is what can be promised: shown as the sum it is. */
const Sum = ({ stock: { onHand, free, held, safety, available } }: { stock: StockRow }) => (
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

const Channels = ({ channels }: { channels: StockRow['channels'] }) => (
  <Card title="Channels">
    {channels.length === 0 ? (
      <p class="card-body soft">No channel lists this SKU.</p>
    ) : (
      <table class="rows plain">
        <thead>
          <tr>
            <th scope="col" class="channel-name">
              Channel
            </th>
            <th scope="col" class="end">
              Shows
            </th>
            <th scope="col" class="end">
              May sell
            </th>
            <th scope="col">On its way</th>
          </tr>
        </thead>
        <tbody>
          {channels.map(({ name, shown, bound, inFlight, trouble }) => (
            <tr key={name}>
              <td>
                {name}
                {trouble && <div class="small tone-bad">{trouble}</div>}
              </td>
              <td class="end">{shown ?? '–'}</td>
              <td class="end">{bound ?? '–'}</td>
              <td>{inFlight ? `${inFlight.from} → ${inFlight.to}` : <span class="faint">nothing</span>}</td>
            </tr>
          ))}
        </tbody>
      </table>
    )}
  </Card>
)

const Holds = ({ holds }: { holds: StockPage['holds'] }) => (
  <Card title="Held for orders" beside={holds.length > 0 && counted(holds.length, 'order')}>
    {holds.length === 0 ? (
      <p class="card-body soft">Nothing is held: Odoo knows of every order.</p>
    ) : (
      <ul class="list">
        {holds.map(({ channel, externalId, quantity, outcome }) => (
          <li key={`${channel}/${externalId}`} class="split">
            <a href={orderPath(channel, externalId)} class="cut">
              {channel} {externalId}
            </a>
            <span class="small soft">
              {counted(quantity, 'piece')}
              {outcome && `, ${plain(outcome).toLowerCase()}`}
            </span>
          </li>
        ))}
      </ul>
    )}
  </Card>
)

const Recent = ({ events: recent }: { events: readonly StreamEvent[] }) => (
  <Card title="Lately" beside="Newest first">
    {recent.length === 0 ? (
      <p class="card-body soft">Nothing has happened yet.</p>
    ) : (
      <ol class="trace">
        {recent.map(({ version, at, title, type, data }) => (
          <li key={version} data-kind="decided">
            <div class="hop-when small faint">
              <Clock at={at} />
            </div>
            <details>
              <summary>
                <span class="hop-title">{title}</span>
                <span class="hop-about small faint">
                  {type} · version {version}
                </span>
              </summary>
              <div class="hop-more">
                <Json value={data} name={`The event: ${title}`} />
              </div>
            </details>
          </li>
        ))}
      </ol>
    )}
  </Card>
)
