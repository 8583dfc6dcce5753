/** The catalogue: how products stand in each channel, what nobody has said the meaning of, and every difference. */
import { useSignal } from '@preact/signals'
import { Card } from '../components/card.tsx'
import { Heading } from '../components/heading.tsx'
import { ListFrame } from '../components/list.tsx'
import { Pill } from '../components/pill.tsx'
import { Empty, ProblemView, Skeleton } from '../components/states.tsx'
import { count, counted } from '../money.ts'
import { useList } from '../paging.ts'
import { useResource } from '../resource.ts'
import { matchingPath, query } from '../router.ts'
import type { CatalogueOverview, CatalogueRow, ChannelSync } from '../types.ts'
import { CATALOGUE_MODES, keyOf } from '../words-catalogue.ts'
import { CatalogueFilters, PATH } from './catalogue-filters.tsx'
import { CatalogueRows } from './catalogue-rows.tsx'
import { MappingDesk } from './mapping-desk.tsx'

export function CataloguePage() {
  const state = useResource<CatalogueOverview>('/api/catalogue')
  const list = useList<CatalogueRow>('/api/catalogue/differences', 'offer', keyOf)
  const chosen = useSignal<ReadonlySet<string>>(new Set())
  const { value, problem, reload } = state
  return (
    <>
      <Heading title="Catalogue">
        {value && (
          <p class="soft">
            {counted(value.scanned, 'product')} looked at{value.complete ? '' : ', and there are more'}
          </p>
        )}
      </Heading>
      {problem && !value ? (
        <ProblemView problem={problem} reload={reload} />
      ) : (
        <div class="catalogue-state">
          <Card title="Channels">{value ? <Channels channels={value.channels} /> : <Skeleton rows={5} />}</Card>
          <Card title="Mapping desk" beside={value ? counted(value.cases.length, 'case') : undefined}>
            {value ? <MappingDesk cases={value.cases} /> : <Skeleton rows={5} />}
          </Card>
        </div>
      )}
      {/* What stands above is as high as it has to say: nothing below may move when it comes. */}
      {(value || problem) && (
        <>
          <h2 class="between">Differences</h2>
          <CatalogueFilters
            channels={value?.channels ?? []}
            chosen={chosen}
            rows={list.rows ?? []}
            reload={list.reload}
          />
          <ListFrame list={list} empty={<NoDifferences />}>
            {(rows) => <CatalogueRows rows={rows} chosen={chosen} />}
          </ListFrame>
        </>
      )}
    </>
  )
}

const NoDifferences = () =>
  query.value.size === 0 ? (
    <Empty title="Every channel shows what it should">
      <p>Set mode: dry for a channel under policy.catalogue, and what differs appears here; nothing is written then.</p>
    </Empty>
  ) : (
    <Empty title="Nothing differs here">
      <p>Take a filter away to see the rest.</p>
      <a class="button" href={PATH}>
        Show all
      </a>
    </Empty>
  )

const FIGURES = [
  ['settled', 'As it should be'],
  ['differs', 'Differ'],
  ['held', 'Held'],
  ['unlisted', 'Not listed'],
  ['unknown', 'Unknown'],
] as const

function Channels({ channels }: { channels: readonly ChannelSync[] }) {
  if (channels.length === 0) return <Empty title="No channels yet" />
  return (
    <table class="rows plain sync">
      <thead>
        <tr>
          <th scope="col">Channel</th>
          {FIGURES.map(([name, text]) => (
            <th key={name} scope="col" class={name === 'settled' || name === 'differs' ? 'end' : 'end wide-only'}>
              {text}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {channels.map((one) => (
          <tr key={one.channel}>
            <td>
              {one.channel}
              <div class="small">
                <a href={matchingPath(one.channel)} aria-label={`Match SKUs of ${one.channel}`}>
                  Match
                </a>{' '}
                <Pill {...CATALOGUE_MODES[one.mode]} />
                {one.failed > 0 && <span class="tone-bad"> {count(one.failed)} given up</span>}
              </div>
            </td>
            {FIGURES.map(([name]) => (
              <td key={name} class={name === 'settled' || name === 'differs' ? 'end' : 'end wide-only'}>
                {one.mode === 'off' ? '–' : count(one[name])}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}
