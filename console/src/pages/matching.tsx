/**
 * The review before the first synchronisation: what a channel's unknown SKUs probably are, decided one by one, tried on
 * what is recorded, and taken away as rows for the table, which is a file of the configuration.
 */
import { useSignal } from '@preact/signals'
import { sorry } from '../action.ts'
import { previewSkus } from '../catalogue-api.ts'
import { Card } from '../components/card.tsx'
import { Heading } from '../components/heading.tsx'
import { Pill } from '../components/pill.tsx'
import { Empty, ProblemView, Skeleton } from '../components/states.tsx'
import { say } from '../components/toast.tsx'
import { save, tableOf } from '../csv.ts'
import { count, counted } from '../money.ts'
import { useResource } from '../resource.ts'
import type { MappingPreview, Matches, Proposal } from '../types.ts'

/** The channel's SKU to ours; an empty one: nothing of ours. */
type Decisions = Readonly<Record<string, string>>

export function MatchingPage({ channel }: { channel: string }) {
  const { value, problem, reload } = useResource<Matches>(
    `/api/catalogue/${encodeURIComponent(channel)}/matches?limit=100`,
  )
  const decisions = useSignal<Decisions>({})
  const preview = useSignal<MappingPreview | null>(null)
  const decide = (sku: string, to: string | null) => {
    const { [sku]: _, ...rest } = decisions.value
    decisions.value = to === null ? rest : { ...rest, [sku]: to }
    preview.value = null
  }
  return (
    <>
      <Heading title={`Match ${channel}`}>
        {value && (
          <p class="soft">
            {counted(value.unknown, 'SKU')} unknown in Odoo, {count(value.proposed)} with a proposal
          </p>
        )}
      </Heading>
      {problem && !value ? (
        <ProblemView problem={problem} reload={reload} />
      ) : (
        <Card title="What each probably is" beside="Nothing is written here">
          {value ? <Proposals {...value} decisions={decisions.value} decide={decide} /> : <Skeleton rows={8} />}
        </Card>
      )}
      <Decided channel={channel} proposals={value?.proposals ?? []} decisions={decisions} preview={preview} />
      {preview.value && <Preview {...preview.value} />}
    </>
  )
}

interface ProposalsProps extends Matches {
  decisions: Decisions
  decide(sku: string, to: string | null): void
}

function Proposals({ proposals, unknown, decisions, decide }: ProposalsProps) {
  if (proposals.length === 0)
    return (
      <Empty title={unknown === 0 ? 'Every SKU is known' : 'No proposals'}>
        <p>
          {unknown === 0 ? 'There is nothing to match.' : 'Give the products their SKUs in Odoo or in the channel.'}
        </p>
      </Empty>
    )
  return (
    <table class="rows plain matching">
      <thead>
        <tr>
          <th scope="col">In the channel</th>
          <th scope="col">By</th>
          <th scope="col">In Odoo</th>
        </tr>
      </thead>
      <tbody>
        {proposals.map((one) => (
          <tr key={one.sku}>
            <td>
              <span class="mono">{one.sku}</span>
              <div class="faint small cut">{one.name}</div>
            </td>
            <td>
              <Pill text={BY[one.by].text} tone={BY[one.by].tone} />
            </td>
            <td>
              <select
                class="field"
                data-row
                aria-label={`What ${one.sku} is`}
                value={decisions[one.sku] ?? UNDECIDED}
                onChange={({ currentTarget: { value } }) => decide(one.sku, value === UNDECIDED ? null : value)}
              >
                <option value={UNDECIDED}>Not decided</option>
                {one.candidates.map(({ sku, name }) => (
                  <option key={sku} value={sku}>
                    {sku} ({name})
                  </option>
                ))}
                <option value="">Nothing of ours</option>
              </select>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

/** No SKU: a tab cannot stand in one. */
const UNDECIDED = '\t'

const BY = {
  barcode: { text: 'Barcode', tone: 'good' },
  sku: { text: 'SKU', tone: 'info' },
  name: { text: 'Name', tone: 'warn' },
} as const

interface DecidedProps {
  channel: string
  proposals: readonly Proposal[]
  decisions: { value: Decisions }
  preview: { value: MappingPreview | null }
}

function Decided({ channel, proposals, decisions, preview }: DecidedProps) {
  const busy = useSignal(false)
  const made = Object.keys(decisions.value).length
  // As `crossdock match accept --all`: the same barcode, and one candidate.
  const certain = proposals.filter(({ by, candidates }) => by === 'barcode' && candidates.length === 1)
  const acceptAll = () => {
    decisions.value = {
      ...decisions.value,
      ...Object.fromEntries(certain.map((one) => [one.sku, one.candidates[0]!.sku])),
    }
    preview.value = null
  }
  const tryOut = async (): Promise<void> => {
    busy.value = true
    try {
      preview.value = await previewSkus(channel, decisions.value)
    } catch (error) {
      sorry(error)
    }
    busy.value = false
  }
  const take = () => {
    save(tableOf([['from', 'to'], ...Object.entries(decisions.value)]), `${channel}-skus.csv`)
    say(`Put the rows into the file under policy.mappings.${channel}.skus; the hub takes them at its next start.`)
  }
  return (
    <div class="actions">
      <button type="button" class="button" disabled={certain.length === 0} onClick={acceptAll}>
        Accept {count(certain.length)} with the same barcode
      </button>
      <button type="button" class="button" disabled={made === 0 || busy.value} onClick={() => void tryOut()}>
        Try {counted(made, 'decision')} on what is recorded
      </button>
      <button type="button" class="button main" disabled={made === 0} onClick={take}>
        Download the rows
      </button>
    </div>
  )
}

const Preview = ({ deliveries, changed, unreadable, words }: MappingPreview) => (
  <Card title="What would be said differently" beside="Nothing was changed">
    <p class="card-text" role="status">
      {count(changed)} of {counted(deliveries, 'recorded message')} would say something else.
      {unreadable > 0 && ` ${counted(unreadable, 'message')} could not be read.`}
    </p>
    <ul class="list">
      {Object.entries(words)
        .sort(([, a], [, b]) => b - a)
        .slice(0, 20)
        .map(([word, times]) => (
          <li key={word} class="split">
            <span class="mono break">{word}</span>
            <span class="faint small">{count(times)} times</span>
          </li>
        ))}
    </ul>
  </Card>
)
