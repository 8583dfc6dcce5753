/** What stands where data will be, is not, or could not be had. */
import type { ComponentChildren } from 'preact'
import type { Problem } from '../types.ts'

/** Grey bars in the place of what is being loaded, so that nothing moves when it comes. */
export const Skeleton = ({ rows = 6, rowClass = 'bar' }: { rows?: number; rowClass?: string }) => (
  <div class="skeleton-list" role="status">
    <span class="hidden-text">Loading</span>
    {Array.from({ length: rows }, (_, index) => (
      <span key={index} class={`skeleton ${rowClass}`} />
    ))}
  </div>
)

/** Nothing is there. The children say why, and what to do. */
export const Empty = ({ title, children }: { title: string; children?: ComponentChildren }) => (
  <div class="empty">
    <h2>{title}</h2>
    {children}
  </div>
)

/** A problem of the API in its own words: what happened, and what to do. */
export const ProblemView = ({ problem, reload }: { problem: Problem; reload?: () => void }) => (
  <div class="card" role="alert">
    <Empty title={problem.title}>
      <p>{problem.detail}</p>
      <p>
        <strong>{problem.cure}</strong>
      </p>
      {reload && (
        <button type="button" class="button" onClick={reload}>
          Try again
        </button>
      )}
      {problem.status !== 0 && <p class="faint small">Answer {problem.status}</p>}
    </Empty>
  </div>
)
