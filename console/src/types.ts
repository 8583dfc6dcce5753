/** The shapes the API speaks in, under short names. */
import type { z } from 'zod'
import type { dryRunResult, replayDone, replayPreview } from '../../src/api/contract-replay.ts'
import type { shadowReportPart } from '../../src/api/contract-shadow.ts'
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
export type DryRun = Of<typeof dryRunResult>
export type Difference = DryRun['findings'][number]
export type ReplayPreview = Of<typeof replayPreview>
export type ReplayDone = Of<typeof replayDone>
export type ShadowReport = Of<typeof shadowReportPart>
export type ShadowOfConnection = ShadowReport['connections'][number]
