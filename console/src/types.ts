/** The shapes the API speaks in, under short names. */
import type { z } from 'zod'
import type { dryRunResult, replayDone, replayPreview } from '../../src/api/contract-replay.ts'
import type { shadowReportPart } from '../../src/api/contract-shadow.ts'
import type { acceptanceView, routeView } from '../../src/api/contract-acceptance.ts'
import type { holdPart, stockHistory, stockSumPart } from '../../src/api/contract-stock.ts'
import type { holdPart as orderHoldPart } from '../../src/api/contract-hold-part.ts'
import type { holdList, orderHolds } from '../../src/api/contract-holds.ts'
import type { customerList, customerPage, customerPreview, customerReviews } from '../../src/api/contract-customers.ts'
import type { returnList } from '../../src/api/contract-refunds.ts'
import type { storeList, storePart } from '../../src/api/contract-stores.ts'
import type {
  catalogueDifferences,
  catalogueMatches,
  catalogueOverview,
  mappingPreview,
} from '../../src/api/contract-catalogue.ts'
import type { labelView } from '../../src/api/contract-labels.ts'
import type { parcelView } from '../../src/api/contract-parcels.ts'
import type { hop, orderException, orderLineView, orderPaymentView } from '../../src/api/contract.ts'

export type { BulkDone, DeadLetter, DeadList, DeadPage } from '../../src/api/contract-dead.ts'
export type { StockList, StockPage, StockRow } from '../../src/api/contract-stock.ts'
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
  StreamEvent,
  StuckOrder,
} from '../../src/api/contract.ts'

type Of<T extends z.ZodType> = z.infer<T>
export type Hop = Of<typeof hop>
export type OrderLine = Of<typeof orderLineView>
export type OrderException = Of<typeof orderException>
export type Parcel = Of<typeof parcelView>
export type ShippingLabel = Of<typeof labelView>
export type DryRun = Of<typeof dryRunResult>
export type Difference = DryRun['findings'][number]
export type ReplayPreview = Of<typeof replayPreview>
export type ReplayDone = Of<typeof replayDone>
export type ShadowReport = Of<typeof shadowReportPart>
export type ShadowOfConnection = ShadowReport['connections'][number]
export type StockHold = Of<typeof holdPart>
export type StockSum = Of<typeof stockSumPart>
export type StockHistory = Of<typeof stockHistory>
export type Hold = Of<typeof orderHoldPart>
export type HoldList = Of<typeof holdList>
export type HeldOrder = HoldList['holds'][number]
export type OrderHolds = Of<typeof orderHolds>
export type HoldWithSteps = OrderHolds['holds'][number]
export type CustomerReviews = Of<typeof customerReviews>
export type CustomerPair = CustomerReviews['pairs'][number]
export type CustomerPreview = Of<typeof customerPreview>
export type CustomerList = Of<typeof customerList>
export type CustomerPage = Of<typeof customerPage>
export type ReturnRow = Of<typeof returnList>['rows'][number]
export type Giving = ReturnRow['givings'][number]
export type OrderPayment = Of<typeof orderPaymentView>
export type StoreList = Of<typeof storeList>
export type Store = Of<typeof storePart>
export type Till = Store['registers'][number]
export type CatalogueOverview = Of<typeof catalogueOverview>
export type ChannelSync = CatalogueOverview['channels'][number]
export type MappingCase = CatalogueOverview['cases'][number]
export type CatalogueList = Of<typeof catalogueDifferences>
export type CatalogueRow = CatalogueList['rows'][number]
export type Matches = Of<typeof catalogueMatches>
export type Proposal = Matches['proposals'][number]
export type MappingPreview = Of<typeof mappingPreview>
export type Acceptance = Of<typeof acceptanceView>
export type OrderRoute = Of<typeof routeView>
