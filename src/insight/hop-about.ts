/** What a step in an order's life is about, so that people can look at its money alone, or at its parcels. */

export const ABOUT = ['order', 'money', 'parcel', 'return', 'hold', 'edit', 'stock', 'call', 'inside'] as const
/** `call`: news from other systems, and calls to them. `inside`: what one part of the hub told another. */
export type About = (typeof ABOUT)[number]

/** By the type of an event or command; the first that fits counts. */
const RULES: readonly (readonly [RegExp, About])[] = [
  [/^(payment|capture|refund|payout)\.|^order\.(paymentNoted|notePayment|settled|noteSettled|captureAsked|moneyLetGo|invoice)/, 'money'],
  [/^(shipment|delivery|fulfilment|parcel|label|warehouseOrder)\.|^order\.(shipped|left|parcelNoted|piecesLeft|announce|warehouse)/, 'parcel'],
  [/^(return|exchange)\.|^order\.(backAsked|askBack|returnsRetried)/, 'return'],
  [/^(hold|screening)\.|^order\.(heldBack|hold|releaseHold|keepHold)$/, 'hold'],
  [/^order\.change/, 'edit'],
  [/^(stock|kit|route|reservation|offer|product|supply|supplier)\.|^order\.(holdNoted|route)/, 'stock'],
] // prettier-ignore

export const aboutOf = (type: string): About => RULES.find(([pattern]) => pattern.test(type))?.[1] ?? 'order'
