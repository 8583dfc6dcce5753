/** For channels that have no store credit: a refund that policy wants as one is refused by name, and not paid out. */
import type { Ask } from '#core/intents.ts'
import { Fault } from '../../fault.ts'

/** @param code the connector's own. @throws Fault `rejected`. */
export function refuseStoreCredit({ storeCredit, orderName }: Ask<'refund.ensure'>, code: string): void {
  if (!storeCredit) return
  const message = `The refund on order ${orderName} is to be store credit, and this channel has none. Give it by hand, or take the reason out of returns.refund.storeCreditFor.`
  throw new Fault('rejected', message, { code })
}
