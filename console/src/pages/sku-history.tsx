/** How a SKU's numbers came about: what was free, on hand and shown over time, read back page by page. */
import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { sorry } from '../action.ts'
import { read } from '../api.ts'
import { Card } from '../components/card.tsx'
import { Skeleton } from '../components/states.tsx'
import { StockChart } from '../components/stock-chart.tsx'
import { useResource } from '../resource.ts'
import type { StockHistory } from '../types.ts'

export function SkuHistory({ pool, sku, newest }: { pool: string; sku: string; newest: number }) {
  const path = `/api/stock-history/${encodeURIComponent(pool)}/${encodeURIComponent(sku)}`
  const { value, problem, reload } = useResource<StockHistory>(path)
  const older = useSignal<StockHistory | null>(null)
  const busy = useSignal(false)
  useEffect(() => {
    if (newest > 0) reload()
  }, [newest])

  // The first page is read anew with every event; what was read of older times joins it where it begins now.
  const first = value?.points[0]?.version ?? 0
  const kept = older.value?.points.filter(({ version }) => version < first) ?? []
  const points = [...kept, ...(value?.points ?? [])]
  const before = older.value ? older.value.before : (value?.before ?? null)
  const more = async (): Promise<void> => {
    busy.value = true
    try {
      const page = await read<StockHistory>(`${path}?before=${before}`)
      older.value = { points: [...page.points, ...points], before: page.before }
    } catch (error) {
      sorry(error)
    }
    busy.value = false
  }
  return (
    <Card
      title="History"
      class="after history"
      beside={
        before !== null && (
          <button type="button" class="button low" disabled={busy.value} onClick={() => void more()}>
            Show older
          </button>
        )
      }
    >
      {problem && !value ? (
        <p class="card-body soft">
          {problem.detail} {problem.cure}
        </p>
      ) : value === null ? (
        <Skeleton rows={1} rowClass="block" />
      ) : points.length === 0 ? (
        <p class="card-body soft">No number was heard of this SKU yet.</p>
      ) : (
        <StockChart points={points} />
      )}
    </Card>
  )
}
