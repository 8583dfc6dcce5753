/** The shapes the API speaks in, under short names. */
import type { z } from 'zod'
import type { hop, orderException, orderLineView, parcelView } from '../../src/api/contract.ts'

export type { BulkDone, DeadLetter, DeadList, DeadPage } from '../../src/api/contract-dead.ts'
export type { Amount } from '../../src/api/contract-parts.ts'
export type { FindingView, ReconciliationList, ReconciliationView } from '../../src/api/contract-reconcile.ts'
export type {
  ConnectionFigures,
  LiveEvent,
  OrderList,
  OrderPage,
  OrderRow,
  OrderStatusValue,
  Overview,
  Problem,
  StockDisagreement,
  StockList,
  StockPage,
  StockRow,
  StreamEvent,
  StuckOrder,
} from '../../src/api/contract.ts'

type Of<T extends z.ZodType> = z.infer<T>
export type Hop = Of<typeof hop>
export type OrderLine = Of<typeof orderLineView>
export type OrderException = Of<typeof orderException>
export type Parcel = Of<typeof parcelView>
