/** The first line of a page: its name, which is also the name of the browser's tab, and what belongs beside it. */
import type { ComponentChildren } from 'preact'
import { useEffect } from 'preact/hooks'

export function Heading({ title, children }: { title: string; children?: ComponentChildren }) {
  useEffect(() => void (document.title = `${title} · Crossdock`), [title])
  return (
    <div class="page-head">
      <h1 tabIndex={-1}>{title}</h1>
      {children}
    </div>
  )
}
