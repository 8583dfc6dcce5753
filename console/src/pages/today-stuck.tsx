/** The orders nobody but a person can move: why, what to do, what they are worth. */
import { Card } from '../components/card.tsx'
import { Empty, Skeleton } from '../components/states.tsx'
import { Still } from '../components/still.tsx'
import { Age } from '../components/time.tsx'
import { count, money } from '../money.ts'
import { orderPath } from '../router.ts'
import type { Overview, StuckOrder } from '../types.ts'
import { reasonOf } from '../words.ts'

export const StuckCard = ({ stuck }: { stuck: Overview['stuck'] | null }) => (
  <Card title="Stuck orders" class="today-stuck" beside={stuck && stuck.count > 0 && <AsList {...stuck} />}>
    <div class="scroll">
      {stuck === null ? (
        <Skeleton />
      ) : stuck.count === 0 ? (
        <Empty title="Nothing is stuck">
          <p>An order that needs a person appears here with the reason and what to do about it.</p>
        </Empty>
      ) : (
        <table class="rows">
          <thead>
            <tr>
              <th scope="col" class="col-label">
                Order
              </th>
              <th scope="col">Why, and what to do</th>
              <th scope="col" class="end col-money">
                Worth
              </th>
              <th scope="col" class="end col-when">
                Stuck for
              </th>
            </tr>
          </thead>
          <tbody>
            {stuck.oldest.map((order, index) => (
              <StuckRow key={index} {...order} />
            ))}
          </tbody>
        </table>
      )}
    </div>
  </Card>
)

const AsList = ({ count: all }: Overview['stuck']) => (
  <a href="/orders?attention=true">
    All <Still text={count(all)} />
  </a>
)

function StuckRow({ channel, externalId, label, codes, detail, since, value }: StuckOrder) {
  const { title, next } = reasonOf(codes[0] ?? 'unknown')
  return (
    <tr>
      <td class="col-label">
        <a class="row-link" data-row href={orderPath(channel, externalId)}>
          {label}
        </a>
        <div class="faint small cut">{channel}</div>
      </td>
      <td class="col-wide">
        <div class="cut" title={detail}>
          {title}
          {codes.length > 1 && <span class="faint"> and {codes.length - 1} more</span>}
        </div>
        <div class="small cut next-step">{next}</div>
      </td>
      <td class="end col-money">
        <Still text={value ? money(value) : '–'} />
      </td>
      <td class="end col-when faint small">
        <Age at={since} />
      </td>
    </tr>
  )
}
