/** A list that grows page by page, is filtered by the address, and keeps its visible rows up to date. */
import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { read, Trouble } from './api.ts'
import { events } from './live.ts'
import { go, query } from './router.ts'
import { useResource } from './resource.ts'
import type { Problem } from './types.ts'

interface Page<Row> {
  rows: Row[]
  next: string | null
}

const FRESHEN_MS = 1_500

export interface List<Row> {
  rows: readonly Row[] | null
  problem: Problem | null
  loading: boolean
  hasMore: boolean
  /** Rows that came to the top since the list was read; they wait until somebody asks for them. */
  fresh: number
  reload(): void
  more(): void
}

/**
 * @param path without the filters, which come from the address.
 * @param kind of the streams whose events make the list read its first page again.
 * @param idOf tells rows apart.
 */
export function useList<Row>(path: string, kind: string, idOf: (row: Row) => string): List<Row> {
  const filters = query.value.toString()
  const whole = filters ? `${path}?${filters}` : path
  const resource = useResource<Page<Row>>(whole)
  const fresh = useSignal(0)
  const busy = useRef(false)

  useEffect(() => void (fresh.value = 0), [resource.loading])

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    let seen = events.peek()[0]?.position ?? 0
    const stop = events.subscribe((all) => {
      const news = all.some(({ position, stream }) => position > seen && stream.startsWith(`${kind}/`))
      seen = all[0]?.position ?? seen
      if (news) timer ??= setTimeout(() => void freshen(), FRESHEN_MS)
    })
    const freshen = async (): Promise<void> => {
      timer = undefined
      try {
        const page = await read<Page<Row>>(whole)
        resource.change((old) => {
          const current = new Map(page.rows.map((row) => [idOf(row), row]))
          const known = new Set(old.rows.map(idOf))
          fresh.value = page.rows.filter((row) => !known.has(idOf(row))).length
          return { ...old, rows: old.rows.map((row) => current.get(idOf(row)) ?? row) }
        })
      } catch (error) {
        if (!(error instanceof Trouble)) throw error
      }
    }
    return () => {
      stop()
      clearTimeout(timer)
    }
  }, [whole])

  const more = async (): Promise<void> => {
    const next = resource.value?.next
    if (!next || busy.current) return
    busy.current = true
    try {
      const page = await read<Page<Row>>(`${whole}${filters ? '&' : '?'}cursor=${encodeURIComponent(next)}`)
      resource.change((old) => {
        const known = new Set(old.rows.map(idOf))
        return { rows: [...old.rows, ...page.rows.filter((row) => !known.has(idOf(row)))], next: page.next }
      })
    } catch (error) {
      if (!(error instanceof Trouble)) throw error
    }
    busy.current = false
  }

  return {
    rows: resource.value?.rows ?? null,
    problem: resource.problem,
    loading: resource.loading,
    hasMore: (resource.value?.next ?? null) !== null,
    fresh: fresh.value,
    reload: resource.reload,
    more: () => void more(),
  }
}

/** Sets one filter in the address; an empty value takes it away. */
export function filter(path: string, name: string, value: string): void {
  const wanted = new URLSearchParams(query.peek())
  if (value) wanted.set(name, value)
  else wanted.delete(name)
  const text = wanted.toString()
  go(text ? `${path}?${text}` : path, true)
}
