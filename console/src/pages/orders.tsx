/** Every order, newest first, with filters that live in the address. */
import { Choice, Flag, optionsOf } from '../components/choice.tsx'
import { Heading } from '../components/heading.tsx'
import { ListFrame } from '../components/list.tsx'
import { Status } from '../components/pill.tsx'
import { Search } from '../components/search.tsx'
import { Empty } from '../components/states.tsx'
import { Ago } from '../components/time.tsx'
import { counted, money } from '../money.ts'
import { type List, useList } from '../paging.ts'
import { orderPath, query } from '../router.ts'
import type { OrderRow, OrderStatusValue } from '../types.ts'
import { reasonOf, STATUSES } from '../words.ts'

const PATH = '/orders'

export function OrdersPage() {
  const list = useList<OrderRow>('/api/orders', 'order', ({ channel, externalId }) => `${channel}/${externalId}`)
  return (
    <>
      <Heading title="Orders">
        <Fresh list={list} />
      </Heading>
      <Filters />
      <ListFrame list={list} empty={<NoOrders />}>
        {(rows) => (
          <table class="rows orders">
            <thead>
              <tr>
                <th scope="col">Order</th>
                <th scope="col">Status</th>
                <th scope="col" class="wide-only">
                  Customer
                </th>
                <th scope="col" class="end">
                  Total
                </th>
                <th scope="col" class="end wide-only">
                  Placed
                </th>
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <Row key={`${row.channel}/${row.externalId}`} {...row} />
              ))}
            </tbody>
          </table>
        )}
      </ListFrame>
    </>
  )
}

const Fresh = ({ list: { fresh, reload } }: { list: List<OrderRow> }) => (
  <div class="push" aria-live="polite">
    {fresh > 0 && (
      <button type="button" class="button low" onClick={reload}>
        Show {counted(fresh, 'new order')}
      </button>
    )}
  </div>
)

const Filters = () => (
  <search class="filters">
    <Search path={PATH} label="Search by order name" />
    <Choice path={PATH} name="status" label="Status" any="Any status" options={optionsOf(STATUSES)} />
    <Flag path={PATH} name="attention" text="Needs attention" />
  </search>
)

function NoOrders() {
  const asked = query.value
  if (asked.size === 0) {
    return (
      <Empty title="No orders yet">
        <p>
          Place one in the demo shop, or wait: orders appear here a moment after a channel tells of them. If none come,
          look whether the <a href="/connections">connections</a> work.
        </p>
      </Empty>
    )
  }
  const status = asked.get('status') as OrderStatusValue | null
  const onlyAttention = asked.get('attention') === 'true' && asked.size === 1
  if (onlyAttention) {
    return (
      <Empty title="No order needs attention">
        <p>Everything that can move is moving.</p>
        <a class="button" href={PATH}>
          Show all orders
        </a>
      </Empty>
    )
  }
  return (
    <Empty title="No order fits these filters">
      <p>
        {asked.get('q') && `No name begins with “${asked.get('q')}”. `}
        {status && status in STATUSES && `The status asked for is “${STATUSES[status].text}”. `}
        Take a filter away to see more.
      </p>
      <a class="button" href={PATH}>
        Show all orders
      </a>
    </Empty>
  )
}

function Row({
  channel,
  externalId,
  label,
  status,
  attention,
  codes,
  total,
  placedAt,
  updatedAt,
  customerMasked,
}: OrderRow) {
  return (
    <tr>
      <td class="col-label">
        <a class="row-link" data-row href={orderPath(channel, externalId)}>
          {label}
        </a>
        <div class="faint small cut">{channel}</div>
      </td>
      <td>
        <Status status={status} />
        {codes[0] && (
          <span class={`why small cut ${attention ? 'tone-bad' : 'faint'}`}>{reasonOf(codes[0]).title}</span>
        )}
      </td>
      <td class="wide-only soft cut">{customerMasked ?? '–'}</td>
      <td class="end col-money">
        {total ? money(total) : '–'}
        <div class="small-only faint small">
          <Ago at={placedAt ?? updatedAt} />
        </div>
      </td>
      <td class="end wide-only faint small">
        <Ago at={placedAt ?? updatedAt} />
      </td>
    </tr>
  )
}
