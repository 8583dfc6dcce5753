/** Words that nothing here stands for: what each is about, what it holds up, and what to do. */
import { Pill } from '../components/pill.tsx'
import { Empty } from '../components/states.tsx'
import { counted } from '../money.ts'
import { matchingPath } from '../router.ts'
import type { MappingCase } from '../types.ts'
import { DESK_WORDS } from '../words-catalogue.ts'

const SHOWN = 8

const THINGS: Readonly<Record<MappingCase['holds'], string>> = {
  'orders': 'order',
  'receipts': 'receipt',
  'listings': 'listing',
  'stock news': 'message of stock',
  'calls': 'call',
  'offers': "supplier's offer",
}

export function MappingDesk({ cases }: { cases: readonly MappingCase[] }) {
  if (cases.length === 0)
    return (
      <Empty title="Nothing to say the meaning of">
        <p>A SKU, tax class, location or tender that is known nowhere appears here, and holds only what it must.</p>
      </Empty>
    )
  return (
    <>
      <ul class="list">
        {cases.slice(0, SHOWN).map((one) => (
          <Case key={`${one.kind}/${one.connection}/${one.about}/${one.holds}`} {...one} />
        ))}
      </ul>
      {cases.length > SHOWN && <p class="list-end faint small">{counted(cases.length - SHOWN, 'more case')}.</p>}
    </>
  )
}

function Case({ kind, connection, about, count, holds }: MappingCase) {
  const { text, tone, cure } = DESK_WORDS[kind]
  return (
    <li class="split">
      <div>
        <div class="break">{about}</div>
        <div class="small soft">{cure}</div>
        <div class="faint small">
          {connection}, holds {counted(count, THINGS[holds])}
        </div>
        {kind === 'sku' && holds === 'listings' && (
          <a class="small" href={matchingPath(connection)}>
            Match it
          </a>
        )}
      </div>
      <Pill text={text} tone={tone} />
    </li>
  )
}
