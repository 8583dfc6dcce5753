/** The systems outside in one line each: do they work, what is owed to them, what went wrong last. */
import { Card } from '../components/card.tsx'
import { Pill } from '../components/pill.tsx'
import { Empty, Skeleton } from '../components/states.tsx'
import { Ago } from '../components/time.tsx'
import { KindIcon } from '../icons.tsx'
import { counted } from '../money.ts'
import type { ConnectionFigures } from '../types.ts'
import { systemOf } from '../words-stock.ts'
import { CONNECTION_STATES } from '../words.ts'

export const ConnectionsCard = ({ connections }: { connections: readonly ConnectionFigures[] | null }) => (
  <Card title="Connections" class="today-connections" beside={<a href="/connections">Details</a>}>
    <div class="scroll">
      {connections === null ? (
        <Skeleton rows={3} />
      ) : connections.length === 0 ? (
        <Empty title="Nothing is connected">
          <p>Name a shop and an Odoo in crossdock.yaml, then start the hub again.</p>
        </Empty>
      ) : (
        <ul class="list">
          {connections.map((one) => (
            <Line key={one.name} {...one} />
          ))}
        </ul>
      )}
    </div>
  </Card>
)

const Heard = ({ at }: { at: string }) => (
  <>
    Last heard <Ago at={at} />
  </>
)

const Line = ({ name, kind, state, openIntents, lastFault, lastHeardAt }: ConnectionFigures) => (
  <li>
    <div class="split">
      <span class="cut">
        <KindIcon kind={kind} /> <strong>{name}</strong> <span class="faint small">{systemOf(kind)}</span>
      </span>
      <Pill {...CONNECTION_STATES[state]} />
    </div>
    <div class="small soft cut" title={lastFault?.message}>
      {openIntents === 0 ? 'Nothing owed' : `${counted(openIntents, 'call')} owed`}
      {lastFault && state !== 'ok' && `. ${lastFault.message}`}
    </div>
    <div class="small faint cut">{lastHeardAt ? <Heard at={lastHeardAt} /> : 'Not heard of yet'}</div>
  </li>
)
