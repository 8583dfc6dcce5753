/** The shipping labels the hub bought for an order: from whom, for how much, and where the document is. */
import { Card } from '../components/card.tsx'
import { Pill } from '../components/pill.tsx'
import { counted, money } from '../money.ts'
import type { OrderPage, ShippingLabel } from '../types.ts'
import { LABEL_WORDS } from '../words-labels.ts'
import { companions } from './order-together.tsx'

export const Labels = ({ order: { labels, together } }: { order: OrderPage }) =>
  labels.length === 0 && !together ? null : (
    <Card title="Labels" beside={together ? companions(together) : counted(labels.length, 'label')}>
      <ul class="list">
        {labels.map((label) => (
          <LabelLine key={`${label.isReturn} ${label.of}`} label={label} />
        ))}
      </ul>
    </Card>
  )

function LabelLine({ label }: { label: ShippingLabel }) {
  const { of, isReturn, state, unsure, carrier, service, trackingNumber, cost, documentUrl, soldBy, inTime } = label
  const link = documentUrl && /^https?:/.test(documentUrl) ? documentUrl : null
  return (
    <li>
      <div class="split">
        <span class="mono cut">{trackingNumber ?? 'No number yet'}</span>
        <Pill {...LABEL_WORDS[state]} />
      </div>
      <div class="small soft">
        {carrier ? `${carrier} ${service}` : 'No service chosen'} by {soldBy}
        {cost && <>, {money(cost)}</>}
        {inTime === false && ', later than promised'}
      </div>
      {unsure && <div class="small">Nobody knows whether it was bought: look at {soldBy}, then retry.</div>}
      <div class="small faint">
        {isReturn ? 'return' : 'delivery'} {of}
      </div>
      {link && (
        <div class="small">
          <a href={link} target="_blank" rel="noreferrer">
            Open the label
          </a>
        </div>
      )}
    </li>
  )
}
