/** One record and the person it stands for: who said what and when, and who joined it or took it apart. */
import { Dialog } from '../components/dialog.tsx'
import { ProblemView, Skeleton } from '../components/states.tsx'
import { Ago } from '../components/time.tsx'
import { recordPath } from '../customers-api.ts'
import { useResource } from '../resource.ts'
import type { CustomerPage } from '../types.ts'
import { FACTS, RULES, whoDecided } from '../words-customers.ts'

export function RecordDialog({ of, onClose }: { of: string; onClose(): void }) {
  const { value, problem, reload } = useResource<CustomerPage>(recordPath(of))
  return (
    <Dialog title={`Who said what of ${of}`} onClose={onClose}>
      {problem && <ProblemView problem={problem} reload={reload} />}
      {!value && !problem && <Skeleton rows={4} />}
      {value && <Record page={value} />}
      <div class="actions">
        <button type="button" class="button" onClick={onClose}>
          Close
        </button>
      </div>
    </Dialog>
  )
}

const Record = ({ page: { person, partOf, candidates } }: { page: CustomerPage }) => (
  <div class="form small">
    <section aria-label="Who said what" class="stack">
      {person.facts.map((fact) => (
        <Fact key={fact.field} {...fact} />
      ))}
      {person.addresses.map(({ text, channel, at }) => (
        <p key={`${text} ${at}`} class="break">
          {text} <Source channel={channel} at={at} />
        </p>
      ))}
    </section>
    <section aria-label="Joined and apart" class="stack">
      {partOf && (
        <p class="break">
          Part of {partOf.key}: joined by {whoDecided(partOf.by)}, <Ago at={partOf.at} />
        </p>
      )}
      {person.records
        .filter(({ key }) => key !== person.head)
        .map(({ key, channels }) => (
          <p key={key} class="break">
            {key} is part of {person.head} <span class="faint">{channels.join(', ')}</span>
          </p>
        ))}
      {candidates.map(({ other, status, by, at, score }) => (
        <p key={other} class="break">
          {status === 'apart' ? `Kept apart from ${other}` : `May be ${other}, ${score} of 100`}
          {by && ` by ${whoDecided(by)}`}
          {at && (
            <>
              , <Ago at={at} />
            </>
          )}
        </p>
      ))}
      {!partOf && candidates.length === 0 && person.records.length === 1 && <p class="soft">It stands by itself.</p>}
    </section>
  </div>
)

const Source = ({ channel, at }: { channel: string; at: string }) => (
  <span class="faint">
    {channel}, <Ago at={at} />
  </span>
)

const Fact = ({ field, value, channel, at, rule, others }: CustomerPage['person']['facts'][number]) => (
  <div class="break">
    <div>
      {FACTS[field]}: <strong>{value}</strong> <Source channel={channel} at={at} /> <span>({RULES[rule]})</span>
    </div>
    {others.map((one) => (
      <div key={`${one.channel} ${one.record} ${one.at}`}>
        instead of {one.value} <Source channel={one.channel} at={one.at} />
      </div>
    ))}
  </div>
)
