/** One thing read from the API and kept for a page: its value, its trouble, and a way to read it again. */
import { type Signal, useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import type { Problem } from '../../src/api/contract.ts'
import { reachable, read, Trouble } from './api.ts'

export interface Resource<T> {
  value: T | null
  problem: Problem | null
  /** True from a change of the path to its answer; the value of the path before may still be there. */
  loading: boolean
  reload(): void
  /** To add what came by another way: the next page, a live update. */
  change(by: (value: T) => T): void
}

/** @param path what to read; when it changes, the old value stays until the new one is here. */
export function useResource<T>(path: string): Resource<T> {
  const value: Signal<T | null> = useSignal<T | null>(null)
  const problem = useSignal<Problem | null>(null)
  const shown = useSignal('')
  const round = useSignal(0)
  const latest = useRef('')
  latest.current = path

  useEffect(() => {
    const abort = new AbortController()
    read<T>(path, abort.signal).then(
      (fresh) => {
        value.value = fresh
        problem.value = null
        shown.value = path
      },
      (error: unknown) => {
        if (!(error instanceof Trouble)) return
        // What is on the screen stays while the hub is away; the banner says that it is old.
        if (error.problem.status !== 0 || shown.value !== path) problem.value = error.problem
        shown.value = path
      },
    )
    return () => abort.abort()
  }, [path, round.value])

  useEffect(() => reachable.subscribe((yes) => yes && problem.peek()?.status === 0 && round.value++), [])

  return {
    value: value.value,
    problem: problem.value,
    loading: shown.value !== path,
    reload: () => void round.value++,
    change(by) {
      if (value.value !== null && latest.current === path) value.value = by(value.value)
    },
  }
}
