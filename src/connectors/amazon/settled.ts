/** What was read of settlements, in the hub's words: a payout with its movements, and what it holds of each order. */
import { money } from '#canon/money.ts'
import { month, PAYOUT_HEADS, payoutHeads, PAYOUT_LINE_KINDS, type PayoutLine } from '#canon/payout.ts'
import { currency } from '#canon/primitives.ts'
import type { NoteSettled } from '#core/order/settled.ts'
import type { PayoutCommand } from '#core/payout/payout.ts'
import { streams } from '#core/streams.ts'
import { z } from 'zod'
import type { Message } from '../kit/connector.ts'
import { shaped } from './shape.ts'

const id = z.string().min(1).max(100)

const settlement = z.object({
  settlementId: id,
  currency,
  total: z.int(),
  issuedAt: z.iso.datetime({ precision: 3 }),
  closes: month,
  groups: z.array(
    z.object({
      line: z.int(),
      month,
      type: z.string(),
      kind: z.enum(PAYOUT_LINE_KINDS),
      head: z.enum(PAYOUT_HEADS),
      fee: z.boolean(),
      net: z.int(),
    }),
  ),
})

/** What Amazon deposits it has closed for good, so it counts as paid. */
export function settlementMessages(body: unknown, channel: string): Message[] {
  const { settlementId, currency, total, issuedAt, closes, groups } = shaped(settlement, body, 'poll/settlement')
  const lines = groups.map(({ line, month, type, kind, head, fee, net }): PayoutLine => ({
    lineId: `line ${line}`, kind, type, net: money(net, currency), fee: money(fee ? -net : 0, currency), head, month,
  })) // prettier-ignore
  const command: PayoutCommand = {
    type: 'payout.observe',
    payout: { status: 'paid', issuedAt, net: money(total, currency), lines, closes },
  }
  return [{ stream: streams.payout(channel, settlementId), command }]
}

const shares = z.object({
  settlementId: id,
  currency,
  orders: z.array(z.object({ orderId: id, net: z.int(), heads: payoutHeads })),
})

export function settledMessages(body: unknown, channel: string): Message[] {
  const { settlementId: payoutId, currency, orders } = shaped(shares, body, 'poll/settled-orders')
  return orders.map(({ orderId, net, heads }) => {
    const settled = { provider: channel, payoutId, net: money(net, currency), heads }
    const command: NoteSettled = { type: 'order.noteSettled', orderRef: `${channel}:${orderId}`, settled }
    return { stream: streams.order(channel, orderId), command }
  })
}

const refused = z.object({ reportId: id, settlementId: id.nullable(), detail: z.string().max(1_000) })

export function refusedMessages(body: unknown, channel: string): Message[] {
  const { reportId, settlementId, detail } = shaped(refused, body, 'poll/settlement-refused')
  const said = `The settlement report ${reportId} cannot be read, and nothing of it counts. ${detail} A newer release may know it: read it again then with crossdock backfill.`
  const command: PayoutCommand = { type: 'payout.noteUnreadable', detail: said }
  return [{ stream: streams.payout(channel, settlementId ?? `report-${reportId}`), command }]
}
