/** What an event of a till owes: pieces to the stock of its store, receipts and sessions to the ERP. */
import type { Receipt } from '#canon/receipt.ts'
import { type Note, note } from '../decider.ts'
import type { Intent } from '../intents.ts'
import type { HoldCommand } from '../stock/stock.ts'
import { tillReturns } from '../return/at-till.ts'
import { streams } from '../streams.ts'
import { type Posting, receiptOf, type TillState } from './state.ts'
import type { TillEvent } from './till.ts'

export function react(event: TillEvent, { storeId, registerId }: TillState): (Intent | Note)[] {
  const place = { storeId, registerId }
  switch (event.type) {
    case 'till.taken': {
      const receipts = event.records.flatMap((record) => receiptOf(record) ?? [])
      const back = event.records.flatMap((record) => {
        const receipt = receiptOf(record)
        return receipt ? tillReturns(receipt, event.pool, record.kind === 'void' ? record.voids : undefined) : []
      })
      return [...told(receipts, event), ...back]
    }
    case 'till.receiptTaken':
      return [...told([event.receipt], event), ...tillReturns(event.receipt, event.pool)]
    case 'receipt.setAside':
    case 'receipt.retried': {
      const { businessDate } = event.receipt
      return [{ type: 'receipt.post', to: 'erp', ask: { ...place, businessDate, receipts: [event.receipt] } }]
    }
    case 'receipt.posted':
      return event.receipts.flatMap((receipt) => settled(receipt, event.pool))
    case 'session.summed': {
      const { businessDate, key, receipts } = event
      return [{ type: 'session.post', to: 'erp', ask: { ...place, businessDate, key, receipts } }]
    }
    case 'session.closing': {
      const { type: _, ...ask } = event
      return [{ type: 'session.close', to: 'erp', ask }]
    }
    default:
      return []
  }
}

/** What was sold is held until the ERP has it: a till's sales go beyond what anybody offers. */
function told(receipts: readonly Receipt[], { posting, pool }: { posting: Posting; pool: string }): (Intent | Note)[] {
  const [first] = receipts
  if (!first || posting === 'none') return []
  const notes = receipts.flatMap((receipt) =>
    piecesOf(receipt)
      .filter(({ pieces }) => pieces > 0)
      .map(({ sku, pieces }) =>
        note<HoldCommand>(streams.stock(pool, sku), {
          type: 'stock.hold',
          orderRef: holdOf(receipt),
          channel: `store-${receipt.storeId}`,
          change: pieces,
          sold: 0,
          restocked: 0,
        }),
      ),
  )
  if (posting === 'day') return notes
  const { storeId, registerId, businessDate } = first
  return [...notes, { type: 'receipt.post', to: 'erp', ask: { storeId, registerId, businessDate, receipts } }]
}

/** The ERP's stock lacks what was sold from now on, and has what was put back. */
function settled(receipt: Receipt, pool: string): Note[] {
  return piecesOf(receipt).map(({ sku, pieces }) =>
    pieces > 0
      ? note<HoldCommand>(streams.stock(pool, sku), {
          type: 'stock.confirmHold',
          orderRef: holdOf(receipt),
          quantity: pieces,
        })
      : note(streams.stock(pool, sku), { type: 'stock.nudge', free: UNLIKELY }),
  )
}

/** As a hint it is never what the ledger has already, so that it reads. */
const UNLIKELY = Number.MIN_SAFE_INTEGER

/** No colon in it: nobody takes it for an order's. */
const holdOf = ({ storeId, registerId, txId }: Receipt): string => `till/${storeId}/${registerId}/${txId}`

/** Pieces per SKU that left the shelf, less those that are on it again; a piece taken back for good stays away. */
export function piecesOf({ lines }: Receipt): { sku: string; pieces: number }[] {
  const all = new Map<string, number>()
  for (const { sku, quantity, restock } of lines) {
    if (sku === null || (quantity < 0 && restock !== true)) continue
    all.set(sku, (all.get(sku) ?? 0) + quantity)
  }
  return [...all].filter(([, pieces]) => pieces !== 0).map(([sku, pieces]) => ({ sku, pieces }))
}
