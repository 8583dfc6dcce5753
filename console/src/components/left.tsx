/** The time that is left until a limit: calm, then urgent, then over. */
import { exact, now, span } from '../time.ts'

const SOON_MS = 60 * 60_000

export function Left({ by }: { by: string }) {
  const leftMs = Date.parse(by) - now.value
  const text = leftMs > 0 ? `${span(leftMs)} left` : `${span(-leftMs)} over`
  const tone = leftMs <= 0 ? 'bad' : leftMs < SOON_MS ? 'warn' : 'info'
  return (
    <time key={text} class="pill" data-tone={tone} dateTime={by} title={`Until ${exact(by)}`}>
      {text}
    </time>
  )
}
