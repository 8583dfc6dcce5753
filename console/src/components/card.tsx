/** A part of a page with its own heading. */
import type { ComponentChildren } from 'preact'
import { useId } from 'preact/hooks'

interface Props {
  title: string
  /** Beside the heading, at the end of the line. */
  beside?: ComponentChildren
  class?: string
  children: ComponentChildren
}

export function Card({ title, beside, class: extra = '', children }: Props) {
  const id = useId()
  return (
    <section class={`card ${extra}`} aria-labelledby={id}>
      <div class="card-head">
        <h2 id={id}>{title}</h2>
        {beside !== undefined && <div class="push soft small">{beside}</div>}
      </div>
      {children}
    </section>
  )
}
