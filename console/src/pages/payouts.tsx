/** What providers and marketplaces paid out, what it is made of, and what of it does not agree. */
import { Choice } from '../components/choice.tsx'
import { Export } from '../components/export.tsx'
import { Heading } from '../components/heading.tsx'
import { ListFrame } from '../components/list.tsx'
import { Pill } from '../components/pill.tsx'
import { Empty } from '../components/states.tsx'
import { Ago } from '../components/time.tsx'
import { readAll, save, tableOf } from '../csv.ts'
import { counted, money } from '../money.ts'
import { useList } from '../paging.ts'
import { query } from '../router.ts'
import type { PayoutRow } from '../types.ts'
import { plain } from '../words.ts'

const PATH = '/payouts'
const API = '/api/payouts'
const STATES = { scheduled: 'Scheduled', paid: 'Paid', failed: 'Failed', canceled: 'Canceled' } as const
const keyOf = ({ provider, payoutId }: PayoutRow): string => `${provider}/${payoutId}`

export function PayoutsPage() {
  const list = useList<PayoutRow>(API, 'payout', keyOf)
  return (
    <>
      <Heading title="Payouts" />
      <search class="filters">
        <Choice path={PATH} name="status" label="State" any="Any state" options={Object.entries(STATES)} />
        <Choice
          path={PATH}
          name="attention"
          label="Trouble"
          any="With and without trouble"
          options={[['true', 'Somebody has to look']]}
        />
        <Export write={write} />
      </search>
      <ListFrame list={list} empty={<Nothing />}>
        {(rows) => (
          <table class="rows returns">
            <thead>
              <tr>
                <th scope="col">Payout</th>
                <th scope="col">What it is made of</th>
                <th scope="col">Amount</th>
                <th scope="col" class="end wide-only">
                  Paid out
                </th>
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <Row key={keyOf(row)} row={row} />
              ))}
            </tbody>
          </table>
        )}
      </ListFrame>
    </>
  )
}

const Row = ({ row }: { row: PayoutRow }) => (
  <tr>
    <td>
      <span data-row>{row.payoutId}</span>
      <div class="faint small cut">{row.provider}</div>
    </td>
    <td class="small break">
      <div>{row.kinds.map(({ kind, net }) => `${kind} ${money(net)}`).join(', ')}</div>
      {row.months.map(({ month, net, carriedForward }) => (
        <div key={month}>
          {month} {money(net)}
          {carriedForward && ', carried forward'}
        </div>
      ))}
      {row.troubles.map(({ detail }) => (
        <div key={detail} class="tone-bad">
          {detail}
        </div>
      ))}
      {row.missingCount > 0 && (
        <div class="tone-bad">
          {counted(row.missingCount, 'order')} of it no channel told of: {row.missing.join(', ')}
        </div>
      )}
    </td>
    <td>
      {row.net && money(row.net)}
      <div class="pills">
        <Pill {...standOf(row)} />
      </div>
    </td>
    <td class="end wide-only faint small">{row.issuedAt && <Ago at={row.issuedAt} />}</td>
  </tr>
)

function standOf({ reconciled, attention, status }: PayoutRow) {
  if (attention) return { text: reconciled ? 'Orders missing' : 'Does not agree', tone: 'bad' as const }
  return reconciled ? { text: 'Agrees', tone: 'good' as const } : { text: plain(status), tone: 'info' as const }
}

const HEAD = ['provider', 'payout', 'status', 'issued', 'currency', 'net', 'fees', 'differs', 'movements', 'agrees', 'troubles', 'missing orders'] // prettier-ignore

/** A number for a spreadsheet: text that begins with a minus would stay text. */
const decimal = (amount: PayoutRow['net']): number | null => amount && Number(amount.text)

async function write(progress: (rows: number) => void): Promise<string> {
  const rows = await readAll<PayoutRow>(API, query.peek(), progress)
  const lines = rows.map((row) => [
    row.provider, row.payoutId, row.status, row.issuedAt, row.net?.currency, decimal(row.net), decimal(row.fees), decimal(row.differs),
    row.lines, String(row.reconciled), row.troubles.map(({ code }) => code).join(' '), row.missing.join(' '),
  ]) // prettier-ignore
  save(tableOf([HEAD, ...lines]), 'payouts.csv')
  return `${counted(rows.length, 'payout')} written to payouts.csv.`
}

const Nothing = () => (
  <Empty title={query.value.size === 0 ? 'No payouts yet' : 'Nothing fits these filters'}>
    <p>What providers and marketplaces pay out appears here, with what of it does not agree.</p>
    {query.value.size > 0 && (
      <a class="button" href={PATH}>
        Show all payouts
      </a>
    )}
  </Empty>
)
