/**
 * Bugs that have been made, or could be, one line each. The simulated world has to find every one of them: a world that
 * finds nothing proves nothing.
 */
export interface PlantedBug {
  name: string
  /** Below the project. */
  file: string
  /** Stands in the file exactly once. */
  find: string
  replace: string
  /** What would happen to the retailer. */
  why: string
  /** The first day to live through, which is one that search has found to show it, and how many at most. */
  seeds: readonly [from: number, count: number]
}

export const PLANTED: readonly PlantedBug[] = [
  {
    name: 'the outbox forgets the order within a stream',
    file: 'src/store/outbox.ts',
    find: 'select distinct on (stream) id, type, priority, due_at, owner from outbox',
    replace: 'select id, type, priority, due_at, owner from outbox',
    why: 'A cancellation overtakes the creation it cancels, and the goods are sent all the same.',
    seeds: [1, 20],
  },
  {
    name: 'a late process finishes what was taken from it',
    file: 'src/store/outbox.ts',
    find: "where outbox.id = f.id and outbox.attempts = f.attempt and outbox.state = 'open'\n     returning",
    replace: 'where outbox.id = f.id\n     returning',
    why: 'What another process did in the meantime is overwritten by older news.',
    seeds: [1, 20],
  },
  {
    name: 'a webhook is named by when it arrived',
    file: 'src/engine/receive.ts',
    find: 'key: received.key,',
    replace: 'key: `${received.key}:${request.receivedAt}`,',
    why: 'Every repeat of a webhook is news.',
    seeds: [2, 20],
  },
  {
    name: 'the intent is finished in one transaction and its answer stored in another',
    file: 'src/engine/dispatch.ts',
    find: 'await engine.database.transaction(async (sql) => {\n    const signs',
    replace:
      'await ((work: (sql: Engine["database"]) => Promise<void>) => work(engine.database))(async (sql) => {\n    const signs',
    why: 'A process that dies in between has done the work, and nobody ever hears of it.',
    seeds: [1, 20],
  },
  {
    name: 'nobody notices that a heart has stopped',
    file: 'src/engine/life.ts',
    find: 'if (stillMs >= PRESUMED_DEAD_MS) await bury(other, beat)',
    replace: 'if (stillMs === Infinity) await bury(other, beat)',
    why: 'What a process had in hand when it died waits for ever.',
    seeds: [1, 20],
  },
  {
    name: 'intents are written outside the transaction that decided',
    file: 'src/engine/turn.ts',
    find: 'await insertIntents(sql, intents, at)',
    replace: 'await insertIntents(engine.database, intents, at)',
    why: 'A decision that was rolled back is carried out.',
    seeds: [3, 20],
  },
  {
    name: 'a feed remembers having read before it has stored',
    file: 'src/engine/feed.ts',
    find: 'const stored = await engine.database.transaction(',
    replace:
      'await moveCursor(engine.database, { connection, feed: name, position: cursor, at, caughtUp: !more })\n  const stored = await engine.database.transaction(',
    why: 'What was read when the process died is never read again.',
    seeds: [7, 20],
  },
  {
    name: 'being asked to slow down is final',
    file: 'src/engine/retry.ts',
    find: 'throttled: { firstMs: SECOND, longestMs: MINUTE, giveUpAfterMs: 24 * HOUR },',
    replace: 'throttled: never,',
    why: 'Orders fail in the busiest hour of the year.',
    seeds: [1, 20],
  },
  {
    name: 'a hold ends when the order is confirmed, not with a later reading',
    file: 'src/core/stock/ledger.ts',
    find: 'return ask(mapHold(state, event.orderRef, (hold) => confirm(hold, state.version, event.quantity)))',
    replace: 'return ask({ ...state, holds: state.holds.filter((hold) => hold.orderRef !== event.orderRef) })',
    why: 'For a moment the pieces count neither as held nor as reserved, and are sold again.',
    seeds: [4, 20],
  },
  {
    name: 'a raise is not taken from what is free before it is sent',
    file: 'src/core/stock/ledger.ts',
    find: 'bound: (one.bound ?? 0) + taken,',
    replace: 'bound: one.bound ?? 0,',
    why: 'What is on its way to one channel is given to another as well.',
    seeds: [1, 20],
  },
  {
    name: 'news of a sale does not lower the bound of its channel',
    file: 'src/core/stock/ledger.ts',
    find: 'bound: one.bound - pieces,',
    replace: 'bound: one.bound,',
    why: 'Sold pieces count twice, and goods on the shelf are not offered.',
    seeds: [1, 20],
  },
  {
    name: 'after a stale compare the old number is sent again',
    file: 'src/core/stock/ledger.ts',
    find: 'event.raised), seen: event.available, flight: null }',
    replace: 'event.raised), flight: null }',
    why: 'The hub and the shop argue for ever.',
    seeds: [1, 20],
  },
  {
    name: 'a write that failed to arrive is taken for one that did',
    file: 'src/connectors/shopify/outbound.ts',
    find: "return { outcome: 'stale', ...(await inventoryRead(graphql, ask)) }",
    replace: "return { outcome: 'set' }",
    why: 'The hub believes in a number that the shop has never shown.',
    seeds: [1, 20],
  },
  {
    name: 'every attempt to set stock has a key of its own',
    file: 'src/connectors/shopify/outbound.ts',
    find: 'graphql.call(setAvailable, {\n    key,',
    replace: 'graphql.call(setAvailable, {\n    key: `${key}/${performance.now()}`,',
    why: 'A lost answer is taken for somebody else having changed the number.',
    seeds: [1, 40],
  },
  {
    name: 'cancelling forgets the sale',
    file: 'src/core/order/cancel.ts',
    find: "const unheard = state.stage === 'absent' ||",
    replace: 'const unheard = true ||',
    why: 'The customer has the money back and gets the goods as well.',
    seeds: [1, 20],
  },
  {
    name: 'an order that arrives cancelled is taken for a living one',
    file: 'src/core/order/order.ts',
    find: 'if (!order.cancelledAt) return placed',
    replace: 'if (placed) return placed',
    why: 'The cancellation came first, and the order is delivered.',
    seeds: [1, 20],
  },
  {
    name: 'a late picture of an order replaces a newer one',
    file: 'src/core/order/snapshot.ts',
    find: 'if (next.updatedAt !== known.updatedAt) return next.updatedAt > known.updatedAt',
    replace: 'if (next.updatedAt !== known.updatedAt) return true',
    why: 'The order goes back to what it was: unpaid, or with pieces that were taken off it.',
    seeds: [4, 20],
  },
  {
    name: 'a sale gets another name with every attempt',
    file: 'src/connectors/odoo/external.ts',
    find: 'sale: (orderRef: string) => `so_${nameOf(orderRef)}`,',
    replace: 'sale: (orderRef: string) => `so_${nameOf(orderRef)}_${performance.now()}`.replaceAll(".", "_"),',
    why: 'After a lost answer the order is created a second time.',
    seeds: [1, 20],
  },
  {
    name: 'a sale is created without looking for it',
    file: 'src/connectors/odoo/sale.ts',
    find: 'for (const task of all) task.saleId = await findExternal(',
    replace: 'for (const task of all) task.saleId = null; void (',
    why: 'After a lost answer the order is written over while the warehouse picks it.',
    seeds: [1, 20],
  },
  {
    name: 'an invoice is drawn up without looking for it',
    file: 'src/connectors/odoo/invoice.ts',
    find: "const posted = await invoicesOf(saleId, 'posted', client)\n    if",
    replace: 'const posted: Invoice[] = []\n    if',
    why: 'After a lost answer the books are asked for a second invoice.',
    seeds: [24, 20],
  },
  {
    name: 'what is shipped in parts is not added up',
    file: 'src/core/fulfilment/fulfilment.ts',
    find: 'cumulative: shipped + quantity',
    replace: 'cumulative: quantity',
    why: 'The shop never hears of the second parcel.',
    seeds: [3, 20],
  },
  {
    name: 'a parcel that is known before its sale is dropped',
    file: 'src/core/fulfilment/fulfilment.ts',
    find: "[{ type: 'fulfilment.parcelParked', shipment: command }]",
    replace: '[]',
    why: 'The customer is never told that the goods are on their way.',
    seeds: [5, 20],
  },
  {
    name: 'a connection that was paused is never tried again',
    file: 'src/engine/breaker.ts',
    find: "return Date.parse(row.probe_at ?? '') > nowMs ? 'none' : 'probe'",
    replace: "return 'none'",
    why: 'An outage of a minute lasts for ever.',
    seeds: [3, 20],
  },
]
