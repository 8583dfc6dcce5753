/** Where a parcel is, until when it was promised, and what somebody has to settle about it. */
import type { Parcel } from '../types.ts'
import { PARCEL_CASES, PARCEL_WORDS } from '../words-parcels.ts'
import { Pill } from './pill.tsx'
import { Ago } from './time.tsx'

export function ParcelWay({ way }: { way: NonNullable<Parcel['way']> }) {
  const { status, at, promisedBy, expectedBy, case: open } = way
  const isThere = status === 'delivered' || status === 'returned'
  return (
    <div class="small soft">
      <Pill {...(open ? PARCEL_CASES[open.kind] : PARCEL_WORDS[status])} /> <Ago at={at} />
      {!isThere && `, promised by ${promisedBy.slice(0, 10)}`}
      {!isThere && expectedBy && `, expected ${expectedBy.slice(0, 10)}`}
      {open && (
        <div>
          {open.owner}: {open.detail}
        </div>
      )}
    </div>
  )
}
