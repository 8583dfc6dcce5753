/** docs/reference/order-statuses-and-exceptions.md: what an order can show, and what a person does about it. */
import { OBSTACLES } from '../../src/core/order/validation.ts'
import { ORDER_STATUSES, type OrderStatus } from '../../src/core/summary.ts'
import { cureOf, FAILURES } from '../../src/insight/cures.ts'
import { page, table } from './page.ts'

const MEANINGS: Readonly<Record<OrderStatus, string>> = {
  waiting: 'It waits for something that comes by itself: payment, or the answer of the stock ledger.',
  held_back: 'Something is in the way and needs a person. The exceptions say what.',
  releasing: 'It is on its way to the ERP.',
  confirmed: 'The ERP has it as a confirmed sale. The warehouse can pick.',
  part_shipped: 'Part of it has left the warehouse.',
  shipped: 'Everything has left the warehouse.',
  invoiced: 'The invoice is posted. The channel may not know of every parcel yet.',
  completed: 'Shipped, announced, invoiced. Nothing is left to do.',
  cancelling: 'It was cancelled in the channel; the ERP is being asked to cancel the sale.',
  cancelled: 'It is cancelled everywhere.',
}

export const orderPage = (): string =>
  page(
    'Order statuses and exceptions',
    'src/core/summary.ts, src/core/order/validation.ts, src/insight/cures.ts',
    '## Statuses',
    table(
      ['status', 'meaning'],
      ORDER_STATUSES.map((status) => [`\`${status}\``, MEANINGS[status]]),
    ),
    '## What holds an order back',
    'Checked before an order goes to the ERP, and again whenever something about it changes.',
    exceptionTable(Object.keys(OBSTACLES)),
    '## What can go wrong later',
    exceptionTable(Object.keys(FAILURES)),
  )

const exceptionTable = (codes: readonly string[]): string =>
  table(
    ['exception', 'needs a person', 'what to do'],
    codes.map((code) => {
      const { cure, waits } = cureOf(code)
      return [`\`${code}\``, waits ? 'no' : 'yes', cure]
    }),
  )
