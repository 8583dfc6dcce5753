/** What belongs to a SKU: its channels, what is held of it, and what happened lately. */
import { Card } from '../components/card.tsx'
import { Json } from '../components/json.tsx'
import { Pill } from '../components/pill.tsx'
import { Ago, Clock } from '../components/time.tsx'
import { counted } from '../money.ts'
import { orderPath } from '../router.ts'
import type { StockHold, StockPage, StockRow, StreamEvent } from '../types.ts'
import { HOLD_KINDS, WRITES } from '../words-stock.ts'
import { plain } from '../words.ts'

type Channel = StockRow['channels'][number]

export const Channels = ({ channels }: { channels: readonly Channel[] }) => (
  <Card title="Channels" class="after">
    {channels.length === 0 ? (
      <p class="card-body soft">No channel lists this SKU.</p>
    ) : (
      <table class="rows plain sku-channels">
        <thead>
          <tr>
            <th scope="col">Channel</th>
            <th scope="col" class="end">
              Shows
            </th>
            <th scope="col" class="end">
              May sell
            </th>
            <th scope="col" class="end wide-only">
              Share
            </th>
            <th scope="col" class="wide-only">
              Takes a number by
            </th>
            <th scope="col" class="wide-only">
              Where it stands
            </th>
          </tr>
        </thead>
        <tbody>
          {channels.map((one) => (
            <Channel key={one.name} {...one} />
          ))}
        </tbody>
      </table>
    )}
  </Card>
)

const Channel = (channel: Channel) => {
  const { name, shown, bound, share, writes, inFlight } = channel
  return (
    <tr>
      <td class="break">
        {name}
        <div class="small-only">
          <Standing {...channel} />
        </div>
      </td>
      <td class="end">
        {shown ?? '–'}
        {inFlight && <span class="faint"> → {inFlight.to}</span>}
      </td>
      <td class="end">{bound ?? '–'}</td>
      <td class="end wide-only">{share}</td>
      <td class="wide-only">
        <span title={WRITES[writes].means}>{WRITES[writes].text}</span>
      </td>
      <td class="break wide-only">
        <Standing {...channel} />
      </td>
    </tr>
  )
}

const Standing = ({ trouble, standing, waits, waitsFor }: Channel) => (
  <div class="small">
    {trouble && <div class="tone-bad">{trouble}</div>}
    <div class="soft">{standing}</div>
    {waits && (
      <div class="tone-warn">
        {waitsFor ? (
          <>
            Waits until all its orders up to <Clock at={waitsFor} /> (<Ago at={waitsFor} />) are known.
          </>
        ) : (
          waits
        )}
      </div>
    )}
  </div>
)

export const Holds = ({ holds }: { holds: readonly StockHold[] }) => (
  <Card title="Held and set aside" beside={holds.length > 0 && counted(holds.length, 'hold')}>
    {holds.length === 0 ? (
      <p class="card-body soft">Nothing is held: Odoo knows of every order.</p>
    ) : (
      <ul class="list">
        {holds.map((hold, index) => (
          <Hold key={`${hold.channel}/${hold.externalId}/${index}`} {...hold} />
        ))}
      </ul>
    )}
  </Card>
)

const Hold = ({ kind, channel, externalId, quantity, waiting, outcome }: StockHold) => (
  <li class="split">
    {kind === 'reservation' ? (
      <span class="cut">Reservation {externalId}</span>
    ) : (
      <a href={orderPath(channel, externalId)} class="cut">
        {channel} {externalId}
      </a>
    )}
    <span class="small soft">
      {counted(quantity, 'piece')}
      {kind !== 'order' && ` ${HOLD_KINDS[kind]}`}
      {waiting ? ', not given yet' : outcome && `, ${plain(outcome).toLowerCase()}`}
    </span>
    {waiting && <Pill text="Waits" tone="warn" />}
  </li>
)

type Coming = NonNullable<StockPage['presale']>

/** What is sold before it is here: when it comes, and who waits for it. */
export const Presale = ({ expected, promised, promises, channels }: Coming) => (
  <Card title="Sold before it is here" beside={promised > 0 && `${counted(promised, 'piece')} promised`}>
    <dl class="facts card-body">
      <dt>Sold ahead by</dt>
      <dd>{channels.join(', ') || 'nobody any more'}</dd>
      {expected.map(({ date, pieces }) => [
        <dt key={`${date} comes`}>{date}</dt>,
        <dd key={date}>{counted(pieces, 'piece')}</dd>,
      ])}
    </dl>
    <ul class="list">
      {promises.map(({ channel, externalId, pieces, date }) => (
        <li key={`${channel}/${externalId}`} class="split">
          <a href={orderPath(channel, externalId)} class="cut">
            {channel} {externalId}
          </a>
          <span class={date === null ? 'small tone-bad' : 'small soft'}>
            {counted(pieces, 'piece')} {date === null ? 'promised, and nothing is expected' : `for ${date}`}
          </span>
        </li>
      ))}
    </ul>
  </Card>
)

export const Recent = ({ events: recent }: { events: readonly StreamEvent[] }) => (
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
