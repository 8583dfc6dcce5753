/** Who has to do something about what came back of an order, and its payments as their providers have them. */
import { Card } from '../components/card.tsx'
import { Pill } from '../components/pill.tsx'
import { money } from '../money.ts'
import type { OrderPage, OrderPayment } from '../types.ts'
import { AWAITS } from '../words-returns.ts'
import type { Word } from '../words.ts'
import { RefundDecision } from './refund-decide.tsx'

/** What happened is on the time line; here is only what waits for somebody. */
export function BackCard({ order: { summary, back }, onDone }: { order: OrderPage; onDone(): void }) {
  if (!back || back.awaits.length === 0) return null
  return (
    <Card title="Returns and refunds wait for">
      <div class="card-body pills">
        {back.awaits.map((one) => (
          <Pill key={one} {...AWAITS[one]} />
        ))}
        {back.givings.map((giving) => (
          <RefundDecision
            key={giving.requestId}
            place={summary}
            label={summary.label}
            giving={giving}
            onDone={onDone}
          />
        ))}
      </div>
    </Card>
  )
}

function marksOf({ disputed, warned, inReview, closed, captured }: OrderPayment): Word[] {
  const marks: (Word | false)[] = [
    disputed && { text: 'Disputed', tone: 'bad' },
    warned && { text: 'Fraud expected', tone: 'bad' },
    inReview && { text: 'In review', tone: 'warn' },
    closed && captured.amount === 0 && { text: 'Let go', tone: 'plain' },
  ]
  return marks.filter((one) => one !== false)
}

export function PaymentsCard({ order: { payments } }: { order: OrderPage }) {
  if (payments.length === 0) return null
  return (
    <Card title="Payments">
      <ul class="list">
        {payments.map((payment) => (
          <li key={`${payment.provider}/${payment.paymentId}`} class="stack">
            <div class="pills">
              <span class="break">
                {payment.provider} <span class="mono small faint">{payment.paymentId}</span>
              </span>
              {marksOf(payment).map((mark) => (
                <Pill key={mark.text} {...mark} />
              ))}
            </div>
            <dl class="facts">
              <dt>Authorised</dt>
              <dd>{money(payment.authorised)}</dd>
              <dt>Captured</dt>
              <dd>{money(payment.captured)}</dd>
              {payment.refunded.amount > 0 && (
                <>
                  <dt>Given back</dt>
                  <dd>{money(payment.refunded)}</dd>
                </>
              )}
            </dl>
          </li>
        ))}
      </ul>
    </Card>
  )
}
