/** Every SKU that is counted: what is there, what is promised, what each channel shows. */
import { Heading } from '../components/heading.tsx'
import { ListFrame } from '../components/list.tsx'
import { Pill } from '../components/pill.tsx'
import { Empty } from '../components/states.tsx'
import { count, counted } from '../money.ts'
import { overview } from '../live.ts'
import { useList } from '../paging.ts'
import { query, skuPath } from '../router.ts'
import type { StockRow } from '../types.ts'
import { PATH, StockFilters } from './stock-filters.tsx'

export function StockPage() {
  const list = useList<StockRow>('/api/stock', 'stock', ({ pool, sku }) => `${pool}/${sku}`)
  const stock = overview.value?.stock
  return (
    <>
      <Heading title="Stock">
        {stock && (
          <p class="soft">
            {count(stock.agreeing)} of {counted(stock.skus, 'SKU')} agree with every channel
          </p>
        )}
      </Heading>
      <StockFilters pools={[...new Set(list.rows?.map(({ pool }) => pool))].sort()} />
      <ListFrame list={list} empty={<NoStock />}>
        {(rows) => (
          <table class="rows stock">
            <thead>
              <tr>
                <th scope="col">SKU</th>
                <th scope="col" class="end wide-only">
                  On hand
                </th>
                <th scope="col" class="end wide-only">
                  Free
                </th>
                <th scope="col" class="end wide-only">
                  Held
                </th>
                <th scope="col" class="end">
                  Available
                </th>
                <th scope="col">Channels show</th>
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <Row key={`${row.pool}/${row.sku}`} {...row} />
              ))}
            </tbody>
          </table>
        )}
      </ListFrame>
    </>
  )
}

const NoStock = () =>
  query.value.size === 0 ? (
    <Empty title="No stock counted yet">
      <p>SKUs appear when the ERP has told of its products. A SKU needs an internal reference in Odoo.</p>
    </Empty>
  ) : (
    <Empty title={nothingFits()}>
      <p>
        {only('attention') ? 'Every channel can be told its number.' : 'Take a filter away, or look at all of them.'}
      </p>
      <a class="button" href={PATH}>
        Show all SKUs
      </a>
    </Empty>
  )

const only = (name: string): boolean => query.value.size === 1 && query.value.get(name) === 'true'

function nothingFits(): string {
  if (only('attention')) return 'No SKU is in trouble'
  return only('waiting') ? 'No number waits for orders' : 'No SKU fits'
}

const Row = ({ pool, sku, status, attention, onHand, free, held, available, channels, mode }: StockRow) => (
  <tr>
    <td class="col-label">
      <a class="row-link mono" data-row href={skuPath(pool, sku)}>
        {sku}
      </a>
      <div class="faint small cut">
        {pool}
        {mode === 'shared' && ', shared'}
      </div>
    </td>
    <td class="end wide-only">{onHand ?? '–'}</td>
    <td class="end wide-only">{free ?? '–'}</td>
    <td class="end wide-only">{held}</td>
    <td class="end">
      <strong class={available !== null && available < 0 ? 'tone-bad' : ''}>{available ?? '–'}</strong>
    </td>
    <td class="col-channels">
      {status !== 'stocked' ? (
        <Pill text={status === 'unknown' ? 'Unknown in Odoo' : 'Not counted'} tone="plain" />
      ) : (
        channels.map(({ name, shown, inFlight, trouble, waits }) => (
          <span key={name} class="channel small">
            {name} <strong>{shown ?? '–'}</strong>
            {inFlight && <span class="faint"> → {inFlight.to}</span>}
            {waits && !trouble && (
              <span class="faint" title={waits}>
                {' '}
                waits
              </span>
            )}
            {trouble && (
              <span class="tone-bad" title={trouble}>
                {' '}
                trouble
              </span>
            )}
          </span>
        ))
      )}
      {attention && <span class="hidden-text">Needs attention</span>}
    </td>
  </tr>
)
