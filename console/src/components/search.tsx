/** A search field that filters by the address, a moment after the last key. */
import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { filter } from '../paging.ts'
import { query } from '../router.ts'

const PAUSE_MS = 200

export function Search({ path, label }: { path: string; label: string }) {
  const asked = query.value.get('q') ?? ''
  const text = useSignal(asked)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  useEffect(() => {
    if (text.value.trim() !== asked) text.value = asked
    return () => clearTimeout(timer.current)
  }, [asked])
  const change = (value: string): void => {
    text.value = value
    clearTimeout(timer.current)
    timer.current = setTimeout(() => filter(path, 'q', value.trim()), PAUSE_MS)
  }
  return (
    <input
      type="search"
      class="field"
      aria-label={label}
      placeholder={`${label} ( / )`}
      maxLength={120}
      autoComplete="off"
      spellcheck={false}
      value={text.value}
      onInput={({ currentTarget }) => change(currentTarget.value)}
    />
  )
}
