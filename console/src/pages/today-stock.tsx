/** On how many SKUs the channels show what they may sell, and which ones differ. */
import { Card } from '../components/card.tsx'
import { Empty, Skeleton } from '../components/states.tsx'
import { Still } from '../components/still.tsx'
import { count, counted } from '../money.ts'
import { skuPath } from '../router.ts'
import type { Overview, StockDisagreement } from '../types.ts'

type Stock = Overview['stock']

export const StockCard = ({ stock }: { stock: Stock | null }) => (
  <Card
    title="Stock agreement"
    class="today-stock"
    beside={
      stock && (
        <a href="/stock">
          <Still text={`${count(stock.agreeing)} of ${counted(stock.skus, 'SKU')}`} />
        </a>
      )
    }
  >
    {stock === null ? <Skeleton rows={4} /> : stock.skus === 0 ? <NoStock /> : <Agreement {...stock} />}
  </Card>
)

const NoStock = () => (
  <Empty title="No stock counted yet">
    <p>SKUs appear when the ERP has told of its products and their quantities.</p>
  </Empty>
)

const Agreement = ({ skus, agreeing, disagreeing, disagreeingCount, ...promise }: Stock) => (
  <>
    <div class="agreement">
      <meter class="bar" min={0} max={skus} value={agreeing} aria-label={`${agreeing} of ${skus} SKUs agree`} />
      <p class="small soft">
        <Promise {...promise} />
      </p>
    </div>
    <div class="scroll">
      {disagreeing.length === 0 ? (
        <p class="card-body soft">Every channel shows what it may sell.</p>
      ) : (
        <ul class="list">
          {disagreeing.map((one, index) => (
            <Disagreement key={index} {...one} />
          ))}
          {disagreeingCount > disagreeing.length && (
            <li class="faint small">and {count(disagreeingCount - disagreeing.length)} more places</li>
          )}
        </ul>
      )}
    </div>
  </>
)

/** What is promised or on sale and not there; the worst first. */
const Promise = ({ oversold, overOffered, incidents }: Pick<Stock, 'oversold' | 'overOffered' | 'incidents'>) => (
  <>
    {oversold > 0 ? <strong class="tone-bad">{counted(oversold, 'SKU')} oversold</strong> : 'Nothing is oversold.'}
    {overOffered > 0 && <strong class="tone-bad"> {counted(overOffered, 'piece')} on sale that are not there</strong>}
    {incidents > 0 && (
      <a href="/stock?attention=true" class="tone-bad">
        {' '}
        {counted(incidents, 'SKU')} to look at
      </a>
    )}
  </>
)

const Disagreement = ({ pool, sku, channel, shown, promised, trouble }: StockDisagreement) => (
  <li>
    <div class="split">
      <a href={skuPath(pool, sku)} class="cut">
        {sku}
      </a>
      <span class="small soft numbers">
        <Still text={`shows ${shown ?? '–'}, may sell ${promised ?? '–'}`} />
      </span>
    </div>
    <div class="small faint cut" title={trouble ?? undefined}>
      {channel}: {trouble ?? 'the new number is on its way'}
    </div>
  </li>
)
