/** A connection in shadow: nothing is sent to it. How the hub compares with what works there today. */
import { Pill } from '../components/pill.tsx'
import { Ago } from '../components/time.tsx'
import { count, counted } from '../money.ts'
import type { ShadowOfConnection } from '../types.ts'
import { callOf, plain, SHADOW_VERDICTS } from '../words.ts'

/** Never rounded up to what is not there. */
const percent = (share: number): string => `${Math.floor(share * 1_000) / 10} %`

export function InShadow(shadow: ShadowOfConnection) {
  const { since, compared, same, share, different, missing, unsettled, waiting, reasons, byField } = shadow
  return (
    <section class="stack" aria-label="In shadow">
      <p>
        Nothing is sent to it: what the hub would do is compared with what another integration does.{' '}
        <Pill {...SHADOW_VERDICTS[shadow.verdict]} />
      </p>
      {reasons.length > 0 && (
        <ul class="final soft small">
          {reasons.map((reason) => (
            <li key={reason}>{reason}</li>
          ))}
        </ul>
      )}
      <dl class="facts">
        <dt>Compared</dt>
        <dd>
          {count(compared)}
          {since && (
            <>
              , first <Ago at={since} />
            </>
          )}
        </dd>
        <dt>The same</dt>
        <dd>
          {count(same)}
          {share !== null && ` (${percent(share)})`}
        </dd>
        <dt>Different</dt>
        <dd>
          {count(different)}
          {unsettled > 0 && `, ${count(unsettled)} to be looked at again`}
        </dd>
        <dt>Not done there</dt>
        <dd>{count(missing)}</dd>
        <dt>Waiting for it</dt>
        <dd>{waiting === 0 ? '0' : `${counted(waiting, 'call')}, sent when the shadow ends`}</dd>
      </dl>
      {byField.length > 0 && (
        <p class="small soft">
          Most often:{' '}
          {byField
            .toSorted((left, right) => right.count - left.count)
            .slice(0, 3)
            .map(({ type, field, count: times }) => `${callOf(type)}, ${wordsOf(field)} (${count(times)})`)
            .join('; ')}
          .
        </p>
      )}
    </section>
  )
}

const wordsOf = (field: string): string => (field === '' ? 'the whole record' : plain(field).toLowerCase())
