/**
 * What deciders are told of a retailer's rules. Plain data; `policy/` reads it from the configuration and checks it.
 */
import type { PaymentStatus } from '#canon/order.ts'

import type { RoutingPolicy } from './routing.ts'

export interface ChannelPolicy {
  /** Warehouse code that serves the channel's orders. */
  pool: string
  /** Which of the channel's locations sells from which pool. */
  locations: readonly { locationId: string; pool: string }[]
  /** An order leaves for the ERP only in one of these. */
  releaseWhen: readonly PaymentStatus[]
  /** Tax rates the ERP knows, as decimal strings; `any` leaves it to the ERP to refuse. */
  taxRates: 'any' | readonly string[]
  /** Shipping methods the warehouse knows, by the channel's code. */
  shippingMethods: 'any' | readonly string[]
  /** This channel's share of what can be sold, relative to the others. */
  weight: number
  invoice: 'when_shipped' | 'never'
  /**
   * What happens to an order whose goods are not there: wait for stock (and a person), or go to the ERP as a backorder.
   */
  whenShort: 'hold' | 'release'
  /** Without it `pool` serves every order. */
  routing?: RoutingPolicy | undefined
}

export interface Policy {
  /** Digest of the policy's content; stored with what was decided under it. */
  version: string
  channels: Readonly<Record<string, ChannelPolicy>>
  /** Pieces per SKU and pool that are never offered. */
  safetyStock: number
  /** Criteria for connections in shadow; nothing is decided by them. */
  shadow?: unknown
}
