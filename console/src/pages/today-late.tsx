/** What runs against a clock: orders a channel waits for an answer to, and tills that are late. */
import type { ComponentChildren } from 'preact'
import { Card } from '../components/card.tsx'
import { Pill } from '../components/pill.tsx'
import { Left } from '../components/left.tsx'
import { Ago } from '../components/time.tsx'
import { counted, money } from '../money.ts'
import { orderPath, storePath } from '../router.ts'
import type { Overview } from '../types.ts'

/** Stands last on the page, and only where there are tills or marketplaces: nothing moves when it appears. */
export function LateCards({ all }: { all: Overview | null }) {
  if (!all) return null
  const { stores, acceptances } = all
  if (stores.tills === 0 && acceptances.open === 0) return null
  return (
    <div class="today-more">
      <Acceptances {...acceptances} />
      <Stores {...stores} />
    </div>
  )
}

const List = ({ none, children }: { none: string; children: readonly ComponentChildren[] }) =>
  children.length === 0 ? <p class="card-body soft">{none}</p> : <ul class="list">{children}</ul>

const Acceptances = ({ open, soonest }: Overview['acceptances']) => (
  <Card title="To be accepted" beside={open > 0 && counted(open, 'order')}>
    <List none="No channel waits for an answer.">
      {soonest.map(({ channel, externalId, label, by, value }) => (
        <li key={`${channel}/${externalId}`} class="split">
          <span class="cut">
            <a href={orderPath(channel, externalId)}>{label}</a>{' '}
            <span class="faint small">
              {channel}
              {value && `, ${money(value)}`}
            </span>
          </span>
          <Left by={by} />
        </li>
      ))}
    </List>
  </Card>
)

const WHY = {
  trouble: { text: 'To look at', tone: 'bad' },
  silent: { text: 'Silent', tone: 'warn' },
  gap: { text: 'Gap', tone: 'warn' },
} as const

const Stores = ({ tills, late }: Overview['stores']) => (
  <Card title="Stores" beside={<a href="/stores">{counted(tills, 'till')}</a>}>
    <List none="No till is late.">
      {late.map(({ storeId, registerId, since, why, words }) => (
        <li key={`${storeId}/${registerId}`}>
          <div class="split">
            <a href={storePath(storeId)} class="cut">
              {storeId}, till {registerId}
            </a>
            <Pill {...WHY[why]} />
          </div>
          <div class="small soft">
            {words}
            {since && (
              <>
                , last upload <Ago at={since} />
              </>
            )}
          </div>
        </li>
      ))}
    </List>
  </Card>
)
