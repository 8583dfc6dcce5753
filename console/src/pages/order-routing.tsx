/** Which pool serves an order and why, and the reservation whose place it takes. */
import { Card } from '../components/card.tsx'
import { Pill } from '../components/pill.tsx'
import { skuPath } from '../router.ts'
import type { OrderPage } from '../types.ts'

export function RoutingCard({ order: { routing, reservation, summary } }: { order: OrderPage }) {
  if (!routing && !reservation) return null
  const away = routing?.parts.filter(({ pool }) => pool !== summary.pool) ?? []
  return (
    <Card title="Where it is sent from" beside={routing && !routing.settled && <Pill text="Being asked" tone="info" />}>
      <div class="card-body stack">
        {routing && (
          <>
            <p>{routing.why}</p>
            {away.map(({ sku, pool }) => (
              <p key={sku} class="small break">
                <a href={skuPath(pool, sku)}>{sku}</a> from {pool}
              </p>
            ))}
            <ul class="small soft stack">
              {routing.pools.map(({ pool, what }) => (
                <li key={pool} class="break">
                  <strong>{pool}</strong>: {what}
                </li>
              ))}
            </ul>
          </>
        )}
        {reservation && <p class="small break">Takes the place of reservation {reservation}.</p>}
      </div>
    </Card>
  )
}
