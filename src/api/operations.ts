/** Every operation of the API. Routes, checks and the OpenAPI document come from this table. */
import { getCatalogueDifferences } from './catalogue-differences.ts'
import { getCatalogueMatches } from './catalogue-matches.ts'
import { getCatalogue } from './catalogue-overview.ts'
import { previewCatalogueMapping } from './catalogue-preview.ts'
import { sendCatalogue } from './catalogue-send.ts'
import { findCustomer } from './customer-find.ts'
import { joinCustomer, keepCustomersApart, partCustomer, previewCustomerStep } from './customer-decide.ts'
import { getCustomers } from './customer-list.ts'
import { getCustomer } from './customer-page.ts'
import { getCustomerReviews } from './customer-reviews.ts'
import { getDeadLetters } from './dead-list.ts'
import { actOnDeadLetters } from './dead-bulk.ts'
import {
  assignDeadLetter, commentDeadLetter, editDeadLetter, resolveDeadLetter, retryDeadLetter,
} from './dead-actions.ts' // prettier-ignore
import { getDeadLetter } from './dead-page.ts'
import { keepHold } from './hold-keep.ts'
import { getHolds } from './hold-list.ts'
import { openHold } from './hold-open.ts'
import { getOrderHolds } from './hold-page.ts'
import { releaseHold } from './hold-release.ts'
import { getHealth, getReady } from './health.ts'
import { getInbox } from './inbox-list.ts'
import { reviveMessage } from './inbox-revive.ts'
import { getLive } from './live-events.ts'
import type { Operation } from './operation.ts'
import { doOrderAction } from './order-action-do.ts'
import { lookAtOrderAction } from './order-action-look.ts'
import { cancelOrder } from './order-cancel.ts'
import { getOrders } from './order-list.ts'
import { getOrder } from './order-page.ts'
import { decideAcceptance } from './order-acceptance.ts'
import { retryOrder } from './order-retry.ts'
import { getOverview } from './overview.ts'
import { getReconcileFindings } from './reconcile-findings.ts'
import { getReconciliations } from './reconcile-list.ts'
import { dryRunReplay } from './replay-dry-run.ts'
import { lookAtReplay } from './replay-preview.ts'
import { runReplay } from './replay-run.ts'
import { getReplayRuns } from './replay-runs.ts'
import { openReservation } from './reservation-open.ts'
import { getReservation } from './reservation-page.ts'
import { releaseReservation } from './reservation-release.ts'
import { closeSession, getSession, openSession } from './session.ts'
import { getShadow } from './shadow-report.ts'
import { getStock } from './stock-list.ts'
import { getStockHistory } from './stock-history.ts'
import { getStockOfSku } from './stock-page.ts'
import { setStockMode } from './stock-mode.ts'
import { resumeStock } from './stock-resume.ts'
import { getStreams } from './stream-list.ts'
import { getStream } from './stream-page.ts'
import { getStreamAt } from './stream-past.ts'
import { takeBatch } from './store-batch.ts'
import { getStores } from './store-list.ts'
import { getStore } from './store-page.ts'
import { resumeTill, retryTill } from './till-actions.ts'
import { lookAtUndo } from './undo-preview.ts'
import { paidExchange } from './exchange-paid.ts'
import { askReturn } from './return-ask.ts'
import { decideRefund } from './refund-decide.ts'
import { giveRefund } from './refund-give.ts'
import { lookAtRefund } from './refund-preview.ts'
import { getPayouts } from './payout-list.ts'
import { getPayout } from './payout-page.ts'
import { getReturns } from './return-list.ts'
import { receiveReturn } from './return-receive.ts'
import { runUndo } from './undo-run.ts'

export const OPERATIONS: readonly Operation[] = [
  getOverview, getLive,
  getOrders, getOrder, lookAtOrderAction, doOrderAction,
  retryOrder, cancelOrder, decideAcceptance, askReturn, receiveReturn, paidExchange,
  getPayouts, getPayout, getReturns, lookAtRefund, giveRefund, decideRefund,
  getHolds, getOrderHolds, openHold, releaseHold, keepHold,
  getCustomers, findCustomer, getCustomerReviews, getCustomer,
  previewCustomerStep, joinCustomer, keepCustomersApart, partCustomer,
  getStock, getStockOfSku, getStockHistory, resumeStock, setStockMode,
  getStores, getStore, takeBatch, resumeTill, retryTill,
  openReservation, getReservation, releaseReservation,
  getCatalogue, getCatalogueDifferences, getCatalogueMatches, sendCatalogue, previewCatalogueMapping,
  getStreams, getStream,
  getInbox, reviveMessage,
  getDeadLetters, actOnDeadLetters, getDeadLetter,
  retryDeadLetter, editDeadLetter, assignDeadLetter, commentDeadLetter, resolveDeadLetter,
  getReconciliations, getReconcileFindings,
  dryRunReplay, lookAtReplay, runReplay, getReplayRuns, lookAtUndo, runUndo, getStreamAt, getShadow,
  getHealth, getReady,
  getSession, openSession, closeSession,
] // prettier-ignore
