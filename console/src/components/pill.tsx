/** A short word with a colour. The word says it; the colour only helps to find it. */
import type { OrderStatusValue } from '../types.ts'
import { STATUSES, type Tone } from '../words.ts'

export const Pill = ({ text, tone }: { text: string; tone: Tone }) => (
  <span key={text} class="pill" data-tone={tone}>
    {text}
  </span>
)

export const Status = ({ status }: { status: OrderStatusValue }) => <Pill {...STATUSES[status]} />
