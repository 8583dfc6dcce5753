/** What an order is made of: its lines, its money, its parcels. */
import { Card } from '../components/card.tsx'
import { ParcelWay } from '../components/parcel-way.tsx'
import { Pill } from '../components/pill.tsx'
import { count, counted, money } from '../money.ts'
import { skuPath } from '../router.ts'
import type { OrderLine, OrderPage, Parcel } from '../types.ts'
import { HOLDS, reasonOf } from '../words.ts'

export const Lines = ({ order: { lines, summary } }: { order: OrderPage }) => (
  <Card title="Lines" beside={counted(lines.length, 'line')}>
    {lines.length === 0 ? (
      <p class="card-body soft">Only news of this order is here so far, not the order itself.</p>
    ) : (
      <table class="rows plain">
        <thead>
          <tr>
            <th scope="col">Article</th>
            <th scope="col" class="end">
              Pieces
            </th>
            <th scope="col">Stock</th>
            <th scope="col" class="end">
              Shipped
            </th>
            <th scope="col" class="end">
              Price
            </th>
          </tr>
        </thead>
        <tbody>
          {lines.map((line) => (
            <Line key={line.lineId} {...line} pool={summary.pool} />
          ))}
        </tbody>
      </table>
    )}
  </Card>
)

const promised = ({ date, first }: NonNullable<OrderLine['promise']>): string => {
  if (date === null) return `was promised for ${first ?? 'no day'}; nothing is expected`
  return first !== null && date > first ? `comes ${date} instead of ${first}` : `comes ${date}`
}

const Line = ({
  sku,
  title,
  quantity,
  unitPrice,
  discount,
  hold,
  promise,
  shipped,
  from,
  pool,
}: OrderLine & { pool: string }) => (
  <tr>
    <td class="col-wide">
      <div class="cut" title={title}>
        <span class="small-only">{count(quantity)} × </span>
        {title}
      </div>
      <div class="small mono cut">
        {sku && pool ? <a href={skuPath(from ?? pool, sku)}>{sku}</a> : (sku ?? 'no SKU')}
      </div>
      {from && from !== pool && <div class="small soft">from {from}</div>}
    </td>
    <td class="end">{count(quantity)}</td>
    <td>
      {hold ? <Pill {...HOLDS[hold]} /> : <span class="faint small">not held</span>}
      {promise && <div class="small faint">{promised(promise)}</div>}
    </td>
    <td class="end">
      {count(shipped)} <span class="faint">of {count(quantity)}</span>
    </td>
    <td class="end col-money">
      {money(unitPrice)}
      {discount.amount > 0 && <div class="small faint">less {money(discount)}</div>}
    </td>
  </tr>
)

export const Money = ({ order: { money: sums, sale, invoice } }: { order: OrderPage }) => (
  <Card title="Money and papers">
    <dl class="facts card-body">
      {sums && (
        <>
          <dt>Shipping</dt>
          <dd>{money(sums.shipping)}</dd>
          <dt class="total">Total</dt>
          <dd class="total">{money(sums.total)}</dd>
          <dt>of which tax</dt>
          <dd>{money(sums.totalTax)}</dd>
          {sums.presentmentTotal.currency !== sums.total.currency && (
            <>
              <dt>As the customer saw it</dt>
              <dd>{money(sums.presentmentTotal)}</dd>
            </>
          )}
          {sums.refunded.amount > 0 && (
            <>
              <dt>Given back</dt>
              <dd>{money(sums.refunded)}</dd>
            </>
          )}
        </>
      )}
      <dt>Sale in Odoo</dt>
      <dd>{sale ? sale.saleName : <span class="faint">not yet</span>}</dd>
      <dt>Invoice</dt>
      <dd>{invoice.number ?? <span class="faint">{invoice.state === 'asked' ? 'asked for' : 'not yet'}</span>}</dd>
    </dl>
  </Card>
)

export const Parcels = ({ order: { parcels, lines } }: { order: OrderPage }) => (
  <Card title="Parcels" beside={parcels.length > 0 && counted(parcels.length, 'parcel')}>
    {parcels.length === 0 ? (
      <p class="card-body soft small">Nothing has left the warehouse yet.</p>
    ) : (
      <ul class="list">
        {parcels.map((parcel) => (
          <ParcelLine key={parcel.shipmentId} parcel={parcel} lines={lines} />
        ))}
      </ul>
    )}
  </Card>
)

function ParcelLine({ parcel, lines }: { parcel: Parcel; lines: readonly OrderLine[] }) {
  const { shipmentId, carrier, trackingNumber, trackingUrl, announced, failed, way } = parcel
  const link = trackingUrl && /^https?:/.test(trackingUrl) ? trackingUrl : null
  const number = trackingNumber ?? 'No tracking number'
  const inside = parcel.lines.map(({ lineId, quantity }) => {
    const line = lines.find((one) => one.lineId === lineId)
    return `${count(quantity)} × ${line?.sku ?? line?.title ?? lineId}`
  })
  return (
    <li>
      <div class="split">
        {link ? (
          <a href={link} target="_blank" rel="noreferrer" class="mono cut">
            {number}
          </a>
        ) : (
          <span class="mono cut">{number}</span>
        )}
        {failed ? (
          <Pill text={reasonOf(failed).title} tone="bad" />
        ) : (
          <Pill text={announced ? 'Channel told' : 'Telling the channel'} tone={announced ? 'good' : 'info'} />
        )}
      </div>
      <div class="small soft">
        {carrier ?? 'Carrier unknown'}, delivery {shipmentId}
      </div>
      {way && <ParcelWay way={way} />}
      <div class="small faint">{inside.join(', ')}</div>
    </li>
  )
}
