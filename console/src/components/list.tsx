/** The frame of every long list: the rows, and more of them when the end comes into sight. */
import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import type { List } from '../paging.ts'
import { ProblemView, Skeleton } from './states.tsx'

interface Props<Row> {
  list: List<Row>
  empty: ComponentChildren
  children: (rows: readonly Row[]) => ComponentChildren
}

export function ListFrame<Row>({ list, empty, children }: Props<Row>) {
  const { rows, problem, loading, reload } = list
  if (problem) return <ProblemView problem={problem} reload={reload} />
  if (rows === null) {
    return (
      <div class="card">
        <Skeleton rows={12} />
      </div>
    )
  }
  return (
    <div class="card" aria-busy={loading}>
      {rows.length === 0 ? empty : children(rows)}
      {rows.length > 0 && <End list={list} />}
    </div>
  )
}

const AHEAD = '400px'

function End<Row>({ list }: { list: List<Row> }) {
  const mark = useRef<HTMLDivElement>(null)
  const latest = useRef(list)
  latest.current = list
  useEffect(() => {
    const seen = ([entry]: IntersectionObserverEntry[]) => entry?.isIntersecting && latest.current.more()
    const observer = new IntersectionObserver(seen, { rootMargin: AHEAD })
    observer.observe(mark.current!)
    return () => observer.disconnect()
  }, [list.rows?.length])
  return (
    <div ref={mark} class="list-end faint small">
      {list.hasMore ? (
        <button type="button" class="button low" onClick={list.more}>
          Show more
        </button>
      ) : (
        'That is all.'
      )}
    </div>
  )
}
