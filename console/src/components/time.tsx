/** A moment: relative in the text, absolute with the time zone on hover, exact for machines. */
import { ago, exact, now, span, timeOf } from '../time.ts'

export const Ago = ({ at }: { at: string }) => (
  <time key={ago(at, now.value)} dateTime={at} title={exact(at)}>
    {ago(at, now.value)}
  </time>
)

/** How long it has been so: `18 min`. */
export const Age = ({ at }: { at: string }) => (
  <time key={ageOf(at)} dateTime={at} title={`Since ${exact(at)}`}>
    {ageOf(at)}
  </time>
)

const ageOf = (at: string): string => span(Math.max(0, now.value - Date.parse(at)))

export const Clock = ({ at }: { at: string }) => (
  <time dateTime={at} title={exact(at)}>
    {timeOf(at, now.value)}
  </time>
)
