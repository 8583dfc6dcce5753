/** Why a number is what it is: sums that add up, in the order in which they are worked out. */
import { Card } from '../components/card.tsx'
import { count } from '../money.ts'
import type { StockSum } from '../types.ts'

export const Sums = ({ sums }: { sums: readonly StockSum[] }) => (
  <Card title="Why it is so many">
    {sums.length === 0 ? (
      <p class="card-body soft">The ERP has not said how many there are; until then nothing is offered.</p>
    ) : (
      sums.map(({ title, steps, result }) => (
        <div key={title} class="card-body sums">
          <h3>{title}</h3>
          <dl class="facts even">
            {steps.map(({ words, pieces }, index) => [
              <dt key={`${words} is`}>{words}</dt>,
              <dd key={words}>{index === 0 ? count(pieces) : signed(pieces)}</dd>,
            ])}
            <dt class="total">{result.words}</dt>
            <dd class={result.pieces < 0 ? 'total tone-bad' : 'total'}>
              {result.pieces < 0 ? signed(result.pieces) : count(result.pieces)}
            </dd>
          </dl>
        </div>
      ))
    )}
  </Card>
)

const signed = (pieces: number): string =>
  pieces < 0 ? `− ${count(-pieces)}` : pieces === 0 ? '0' : `+ ${count(pieces)}`
