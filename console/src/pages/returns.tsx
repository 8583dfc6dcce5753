/** What came back of orders, goods and money, newest first, and what waits for whom. */
import { Choice } from '../components/choice.tsx'
import { Heading } from '../components/heading.tsx'
import { ListFrame } from '../components/list.tsx'
import { Pill } from '../components/pill.tsx'
import { Empty } from '../components/states.tsx'
import { Ago } from '../components/time.tsx'
import { counted, money } from '../money.ts'
import { useList } from '../paging.ts'
import { orderPath, query } from '../router.ts'
import type { ReturnRow } from '../types.ts'
import { AWAITS, AWAITS_FILTER, FROM, GIVING_STAGES, REFUND_STEPS, RETURN_STATES } from '../words-returns.ts'
import { plain } from '../words.ts'
import { RefundDecision } from './refund-decide.tsx'

const PATH = '/returns'

export function ReturnsPage() {
  const list = useList<ReturnRow>('/api/returns', 'return', ({ channel, externalId }) => `${channel}/${externalId}`)
  return (
    <>
      <Heading title="Returns" />
      <search class="filters">
        <Choice
          path={PATH}
          name="awaits"
          label="Waits for"
          any="Waits for anybody"
          options={Object.entries(AWAITS_FILTER)}
        />
        <Choice path={PATH} name="status" label="State" any="Any state" options={Object.entries(RETURN_STATES)} />
        <Choice
          path={PATH}
          name="attention"
          label="Trouble"
          any="With and without trouble"
          options={Object.entries(TROUBLE)}
        />
      </search>
      <ListFrame list={list} empty={<Nothing />}>
        {(rows) => (
          <table class="rows returns">
            <thead>
              <tr>
                <th scope="col">Order</th>
                <th scope="col">What came back</th>
                <th scope="col">Waits for</th>
                <th scope="col" class="end wide-only">
                  Last news
                </th>
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <Row key={`${row.channel}/${row.externalId}`} row={row} onDone={list.reload} />
              ))}
            </tbody>
          </table>
        )}
      </ListFrame>
    </>
  )
}

const TROUBLE = { true: 'Somebody has to look' } as const

const Row = ({ row, onDone }: { row: ReturnRow; onDone(): void }) => (
  <tr>
    <td>
      <a class="row-link" data-row href={orderPath(row.channel, row.externalId)}>
        {row.label}
      </a>
      <div class="faint small cut">{row.channel}</div>
    </td>
    <td class="small break">
      <Back row={row} />
    </td>
    <td>
      <div class="pills">
        {row.awaits.map((one) => (
          <Pill key={one} {...AWAITS[one]} />
        ))}
        {row.awaits.length === 0 && <span class="faint small">nobody</span>}
        {row.givings.map((giving) => (
          <RefundDecision key={giving.requestId} place={row} label={row.label} giving={giving} onDone={onDone} />
        ))}
      </div>
    </td>
    <td class="end wide-only faint small">
      <Ago at={row.updatedAt} />
    </td>
  </tr>
)

type Came = Pick<ReturnRow, 'returns' | 'arrivals' | 'refunds' | 'givings' | 'exchanges'>
const pieces = (lines: readonly { quantity: number }[]): string =>
  counted(
    lines.reduce((all, { quantity }) => all + quantity, 0),
    'piece',
  )

const EXCHANGE_STEPS = {
  open: 'once the goods are back',
  sent: 'ordered',
  paid: 'ordered and paid',
  stopped: 'not sent, what came back is not what was agreed',
} as const

const lower = (text: string): string => text.toLowerCase()

/** Each thing that came back, in a line. */
export const Back = ({ row: { returns, arrivals, refunds, givings, exchanges } }: { row: Came }) => (
  <>
    {givings.map(({ requestId, amount, stage, by }) => (
      <div key={requestId}>
        {money(amount)} asked by {by}: {lower(GIVING_STAGES[stage]?.text ?? plain(stage))}
      </div>
    ))}
    {exchanges.map(({ exchangeId, goods, step, owed }) => (
      <div key={exchangeId} class={step === 'stopped' ? 'tone-bad' : undefined}>
        {pieces(goods)} instead: {EXCHANGE_STEPS[step]}
        {step === 'sent' && owed.amount > 0 && `, ${money(owed)} to be paid`}
      </div>
    ))}
    {refunds.map(({ refundId, amount, from, step, credit, cameBack }) => (
      <div key={refundId} class={step === 'failed' || step === 'beyond' ? 'tone-bad' : undefined}>
        {money(amount)} {FROM[from]}: {lower(REFUND_STEPS[step]?.text ?? plain(step))}
        {credit && ` (${credit})`}
        {cameBack && ', and the money came back'}
      </div>
    ))}
    {returns.map(({ returnId, lines, reason, step }) => (
      <div key={returnId}>
        {pieces(lines)} {step === 'received' ? 'received' : 'expected'}: {lower(plain(reason))}
      </div>
    ))}
    {arrivals.map(({ key, lines, pool, step }) => (
      <div key={key} class={step === 'failed' ? 'tone-bad' : undefined}>
        {pieces(lines)} in {pool}: {step === 'failed' ? 'not booked' : step === 'booked' ? 'booked' : 'being booked'}
      </div>
    ))}
  </>
)

const Nothing = () => (
  <Empty title={query.value.size === 0 ? 'Nothing came back' : 'Nothing fits these filters'}>
    <p>Goods that come back and money that is given back appear here, with who has to do something.</p>
    {query.value.size > 0 && (
      <a class="button" href={PATH}>
        Show all returns
      </a>
    )}
  </Empty>
)
