/** Dead letters of the tests' trading day: a refusal worth money, a delivery of a wrong shape, one that is mended. */
import type { DeadLetter, DeadPage } from '#api/contract-dead.ts'
import { moneyOf } from './world-pages.ts'

const BASE: Pick<DeadLetter, 'deaths' | 'retries' | 'resolvedAt' | 'resolution' | 'proof' | 'assignee' | 'state'> = {
  deaths: 1,
  retries: 0,
  resolvedAt: null,
  resolution: null,
  proof: null,
  assignee: null,
  state: 'open',
}

export const lettersAt = (ago: (minutes: number) => string): DeadLetter[] => [
  {
    ...BASE,
    id: 43,
    class: 'missing',
    means: 'Something it refers to does not exist there.',
    step: 'call',
    title: 'Odoo could not create the sale order',
    connection: 'odoo',
    what: 'sale.ensure',
    stream: 'order/shopify-main/1124',
    correlation: 'order/shopify-main/1124',
    code: 'odoo.tax_unknown',
    kind: 'rejected',
    reason: 'Odoo has no tax of 7 % for customer G••• H•••.',
    next: 'Create the tax rate in Odoo, or correct it in the channel; then retry.',
    owner: 'accounting',
    value: moneyOf(18_990),
    openedAt: ago(12),
    failedAt: ago(12),
    notifiedAt: ago(11),
  },
  {
    ...BASE,
    id: 42,
    class: 'parse',
    means: 'It does not have the shape it must have.',
    step: 'translate',
    title: 'Shopify told us of a change to the order; nobody could decide it',
    connection: 'shopify-main',
    what: 'orders/updated',
    stream: null,
    correlation: null,
    code: 'shopify.malformed',
    kind: 'malformed',
    reason: 'orders/updated: line_items.2.price is missing or not as it must be (invalid_type).',
    next: 'Compare it with the version of the API; edit the message here, or wait for a release, then retry.',
    owner: 'operations',
    value: null,
    openedAt: ago(47),
    failedAt: ago(47),
    notifiedAt: null,
  },
]

export function deadPageOf(letter: DeadLetter): DeadPage {
  const arrived = letter.step === 'translate'
  return {
    letter,
    payload: arrived
      ? { id: 1031, currency: 'EUR', email: '•••@•••', line_items: [{ sku: 'MUG', price: '12,50' }] }
      : { orderRef: 'shopify-main:1124', warehouse: 'WH', order: { name: '#1124', customer: { name: 'G••• H•••' } } },
    key: arrived ? 'orders/updated:w-871' : 'order/shopify-main/1124/3/0',
    attempts: arrived ? null : 1,
    inboxId: arrived ? 871 : null,
    can: { retryStep: true, retryLatest: !arrived, edit: arrived, resolve: true },
    bodies: [],
    comments: [{ at: letter.openedAt, who: 'Ada', action: 'commented', text: 'Asked the tax office.' }],
    notices: [
      {
        channel: 'email',
        state: 'sent',
        letters: 3,
        attempts: 1,
        sentAt: letter.openedAt,
        nextAt: null,
        fault: null,
      },
    ],
  }
}
