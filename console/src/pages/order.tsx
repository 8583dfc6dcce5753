/** One order: where it stands, what is in its way, what is in it, and everything that ever happened to it. */
import { useEffect } from 'preact/hooks'
import { readOrderPath } from '../api.ts'
import { Heading } from '../components/heading.tsx'
import { Pill, Status } from '../components/pill.tsx'
import { ProblemView, Skeleton } from '../components/states.tsx'
import { Ago } from '../components/time.tsx'
import { TimeLine } from '../components/time-line.tsx'
import { events } from '../live.ts'
import { useResource } from '../resource.ts'
import { orderPath } from '../router.ts'
import type { OrderPage as Order } from '../types.ts'
import { plain } from '../words.ts'
import { Actions, Exceptions } from './order-actions.tsx'
import { AcceptanceCard } from './order-acceptance.tsx'
import { Again } from './order-again.tsx'
import { BackCard, PaymentsCard } from './order-back.tsx'
import { HoldsCard } from './order-holds.tsx'
import { Labels } from './order-labels.tsx'
import { Lines, Money, Parcels } from './order-parts.tsx'
import { Progress } from './order-progress.tsx'
import { RoutingCard } from './order-routing.tsx'

const FRESHEN_MS = 300

export function OrderPage({ channel, externalId }: { channel: string; externalId: string }) {
  const order = useResource<Order>(readOrderPath(channel, externalId))
  useFreshness(channel, externalId, order.reload)
  const { value, problem, reload } = order
  if (problem && (!value || problem.status === 404)) {
    return (
      <>
        <Crumbs />
        <Heading title={`Order ${externalId}`} />
        <ProblemView problem={problem} reload={reload} />
      </>
    )
  }
  return (
    <>
      <Crumbs />
      <Heading title={value?.summary.label ?? `Order ${externalId}`}>
        {value && <Marks {...value.summary} />}
        {value && <Actions order={value} onDone={reload} />}
      </Heading>
      {value ? <Body order={value} onDone={reload} /> : <Waiting />}
    </>
  )
}

/** Reads the order again when the hub tells of something that happened to it. */
function useFreshness(channel: string, externalId: string, reload: () => void): void {
  useEffect(() => {
    const own = orderPath(channel, externalId).slice('/orders/'.length)
    let seen = events.peek()[0]?.position ?? 0
    let timer: ReturnType<typeof setTimeout> | undefined
    const stop = events.subscribe((all) => {
      const news = all.some(({ position, stream }) => position > seen && stream.slice(stream.indexOf('/') + 1) === own)
      seen = all[0]?.position ?? seen
      if (!news) return
      clearTimeout(timer)
      timer = setTimeout(reload, FRESHEN_MS)
    })
    return () => {
      stop()
      clearTimeout(timer)
    }
  }, [channel, externalId])
}

const Crumbs = () => (
  <nav class="crumbs small" aria-label="Where you are">
    <a href="/orders">Orders</a>
  </nav>
)

const Marks = ({ status, channel, test, placedAt, paymentStatus }: Order['summary']) => (
  <>
    <Status status={status} />
    {test && <Pill text="Test order" tone="warn" />}
    <span class="soft small">
      {channel}
      {placedAt && (
        <>
          , placed <Ago at={placedAt} />
        </>
      )}
      {paymentStatus && `, ${plain(paymentStatus).toLowerCase()}`}
    </span>
  </>
)

const Waiting = () => (
  <div class="order">
    <div class="card order-lead">
      <Skeleton rows={2} />
    </div>
    <div class="card">
      <Skeleton rows={8} />
    </div>
    <div class="card">
      <Skeleton rows={6} />
    </div>
  </div>
)

const Spans = ({ order: { spans } }: { order: Order }) =>
  spans?.url ? (
    <p class="small">
      <a href={spans.url} rel="noreferrer" target="_blank">
        Open its trace in OpenTelemetry
      </a>
    </p>
  ) : null

const Body = ({ order, onDone }: { order: Order; onDone: () => void }) => (
  <>
    <Progress order={order} />
    <Exceptions order={order} onDone={onDone} />
    <div class="order">
      <div class="order-main">
        <Lines order={order} />
        <TimeLine
          hops={order.trace}
          path={orderPath(order.summary.channel, order.summary.externalId)}
          onRevived={onDone}
        />
      </div>
      <div class="order-side">
        <AcceptanceCard order={order} onDone={onDone} />
        <HoldsCard order={order} onDone={onDone} />
        <RoutingCard order={order} />
        <Money order={order} />
        <PaymentsCard order={order} />
        <BackCard order={order} onDone={onDone} />
        <Parcels order={order} />
        <Labels order={order} />
        <Again order={order} onDone={onDone} />
        <Spans order={order} />
      </div>
    </div>
  </>
)
