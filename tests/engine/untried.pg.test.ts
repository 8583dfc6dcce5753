/** What a connector is told of the attempts before: whether anything was asked of the other system in any of them. */
import { expect, test } from 'vitest'
import type { Connection } from '#connectors/kit/connector.ts'
import { dispatch, lanesOf } from '#engine/dispatch.ts'
import { insertIntents } from '#store/outbox.ts'
import { Fault } from '../../src/fault.ts'
import { freshDatabase } from '../support/database.ts'
import { anEngine, anErp, aShop } from '../support/orders.ts'

type Fate = 'answered' | 'own' | 'throttled' | 'unavailable' | 'killed'

/** @returns what the connector was told at each attempt, as `attempt untried`. */
async function told(...fates: Fate[]): Promise<string[]> {
  const database = await freshDatabase()
  const said: string[] = []
  const shop: Connection = {
    ...aShop(),
    outbound: {
      'inventory.put': {
        batch: 10,
        together: true,
        send(intents) {
          const fate = fates[said.length]!
          said.push(...intents.map(({ attempt, untried }) => `${attempt} ${untried ?? false}`))
          if (fate === 'answered')
            return Promise.resolve(intents.map(() => ({ answer: { outcome: 'set' as const, at: '' } })))
          const kind = fate === 'own' ? 'throttled' : fate === 'killed' ? 'unavailable' : fate
          return Promise.reject(new Fault(kind, 'No.', { own: fate === 'own', retryAfterMs: 1_000 }))
        },
      },
    },
  }
  const engine = anEngine(database, { erp: anErp(), shop })
  const ask = JSON.stringify({ sku: 'MUG', inventoryItemId: '1', locationId: 'L', to: 3 })
  const intent = { key: 'stock/WH/MUG/1/0', stream: 'stock/WH/MUG', version: 1, connection: 'shop', type: 'inventory.put', ask } // prettier-ignore
  await insertIntents(database, [{ ...intent, correlation: 'c', priority: 2 }], '2026-11-20T10:00:00.000Z')
  for (const fate of fates) {
    await database.run(`update outbox set due_at = created_at where state = 'open'`)
    await database.run(`update governor set state = 'closed', paused_until = '{}'`)
    if (fate === 'killed') {
      // It dies with the lease: nobody writes down how the attempt ended.
      await database.run(`update outbox set attempts = attempts + 1 where state = 'open'`)
      said.push('killed')
    } else for (const lane of lanesOf('shop', shop)) await dispatch(engine, lane)
  }
  return said
}

test('nothing was asked while every attempt ended at our own budget or at their 429', async () => {
  expect(await told('own', 'throttled', 'own', 'answered')).toEqual(['1 false', '2 true', '3 true', '4 true'])
})

test('something may have been asked after one attempt that ended otherwise, and for good', async () => {
  expect(await told('own', 'unavailable', 'own', 'answered')).toEqual(['1 false', '2 true', '3 false', '4 false'])
})

test('something may have been asked by a process that died', async () => {
  expect(await told('own', 'killed', 'answered')).toEqual(['1 false', 'killed', '3 false'])
})
