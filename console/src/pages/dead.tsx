/** What failed for good and waits for people, with filters that live in the address and an action for all that fit. */
import { useSignal } from '@preact/signals'
import { sorry } from '../action.ts'
import { Choice, optionsOf } from '../components/choice.tsx'
import { Confirm } from '../components/dialog.tsx'
import { Heading } from '../components/heading.tsx'
import { ListFrame } from '../components/list.tsx'
import { Pill } from '../components/pill.tsx'
import { Empty } from '../components/states.tsx'
import { Ago } from '../components/time.tsx'
import { say } from '../components/toast.tsx'
import { actOnAll, type Bulk } from '../dead-api.ts'
import { counted, money } from '../money.ts'
import { type List, useList } from '../paging.ts'
import { letterPath, query } from '../router.ts'
import type { DeadLetter } from '../types.ts'
import { DEAD_CLASSES, DEAD_STATES } from '../words.ts'

const PATH = '/dead'

export function DeadPage() {
  const list = useList<DeadLetter>('/api/dead', 'order', ({ id }) => String(id))
  return (
    <>
      <Heading title="Needs attention">
        <All list={list} />
      </Heading>
      <Filters />
      <ListFrame list={list} empty={<Nothing />}>
        {(rows) => (
          <table class="rows letters">
            <thead>
              <tr>
                <th scope="col">What failed</th>
                <th scope="col">Class</th>
                <th scope="col" class="wide-only">
                  Owner
                </th>
                <th scope="col" class="end wide-only">
                  At risk
                </th>
                <th scope="col" class="end wide-only">
                  Since
                </th>
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <Row key={row.id} {...row} />
              ))}
            </tbody>
          </table>
        )}
      </ListFrame>
    </>
  )
}

function Row({ id, title, class: named, state, next, owner, assignee, value, openedAt }: DeadLetter) {
  return (
    <tr>
      <td>
        <div class="cut">
          <a class="row-link" data-row href={letterPath(id)}>
            {title}
          </a>
        </div>
        <div class="faint small cut" title={next}>
          {state === 'resolved' ? 'Nothing to do any more' : next}
        </div>
        <div class="small-only faint small">
          {value && `${money(value)}, `}
          <Ago at={openedAt} />
        </div>
      </td>
      <td>
        <Pill {...(state === 'open' ? DEAD_CLASSES[named] : DEAD_STATES[state])} />
      </td>
      <td class="wide-only soft cut">{assignee ?? owner}</td>
      <td class="end wide-only">{value ? money(value) : '–'}</td>
      <td class="end wide-only faint small">
        <Ago at={openedAt} />
      </td>
    </tr>
  )
}

const Filters = () => (
  <search class="filters">
    <Choice path={PATH} name="class" label="Class" any="Any class" options={optionsOf(DEAD_CLASSES)} />
    <Choice path={PATH} name="state" label="State" any="Not resolved" options={optionsOf(DEAD_STATES)} />
  </search>
)

const Nothing = () => (
  <Empty title={query.value.size === 0 ? 'Nothing needs attention' : 'Nothing fits these filters'}>
    <p>What nobody can decide, and calls that are given up, appear here with what to do about them.</p>
    {query.value.size > 0 && (
      <a class="button" href={PATH}>
        Show all that is not resolved
      </a>
    )}
  </Empty>
)

type Question = 'retry' | 'resolve'

/** Acts on all that fit the filters of the address, also on those that are not on the screen. */
function All({ list: { rows, reload } }: { list: List<DeadLetter> }) {
  const open = useSignal<Question | null>(null)
  const busy = useSignal(false)
  const reason = useSignal('')
  if (rows === null || !rows.some(({ state }) => state === 'open')) return null
  const act = async (bulk: Bulk): Promise<void> => {
    busy.value = true
    try {
      const { found, changed, refused } = await actOnAll(Object.fromEntries(query.value), bulk)
      const left = refused.reduce((all, { count }) => all + count, 0)
      say(`${changed} of ${counted(found, 'dead letter')} done${left > 0 ? `, ${left} refused` : ''}.`)
    } catch (error) {
      sorry(error)
    }
    busy.value = false
    open.value = null
    reload()
  }
  const close = () => void (open.value = null)
  return (
    <div class="push actions">
      <button type="button" class="button" onClick={() => (open.value = 'resolve')}>
        Resolve all
      </button>
      <button type="button" class="button main" onClick={() => (open.value = 'retry')}>
        Retry all
      </button>
      {open.value === 'retry' && (
        <Confirm
          title="Retry all that fit?"
          action="Retry all"
          busy={busy.value}
          onClose={close}
          onConfirm={() => void act({ action: 'retry', mode: 'step' })}
        >
          <p class="soft">
            The same is tried once more for each that fits the filters. What was done already is recognised; what may
            not be repeated is refused and stays here.
          </p>
        </Confirm>
      )}
      {open.value === 'resolve' && (
        <Confirm
          title="Resolve all that fit?"
          action="Resolve all"
          danger
          busy={busy.value || reason.value.trim().length < 3}
          onClose={close}
          onConfirm={() => void act({ action: 'resolve', reason: reason.value })}
        >
          <p class="soft">They leave this list. What is wrong outside stays as it is.</p>
          <label class="choice">
            Reason
            <input
              class="field"
              value={reason.value}
              maxLength={1000}
              onInput={({ currentTarget }) => (reason.value = currentTarget.value)}
            />
          </label>
        </Confirm>
      )}
    </div>
  )
}
