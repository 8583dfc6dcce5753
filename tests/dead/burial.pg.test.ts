/** A dead letter is opened by the transaction in which something dies: both or neither. */
import { describe, expect, test } from 'vitest'
import { turn } from '#engine/turn.ts'
import { dispatch } from '#engine/dispatch.ts'
import type { Database } from '#store/database.ts'
import { DEFAULT_DEAD_LETTERS } from '#policy/dead-letters.ts'
import { Fault } from '../../src/fault.ts'
import { anOrder } from '../support/orders.ts'
import { hook, openWorld, settle, withRefusedOrder } from './world.ts'

/** Dies at the first statement that matches, once. */
function dying(database: Database, pattern: RegExp): Database {
  return {
    ...database,
    transaction: (work) =>
      database.transaction((sql) => {
        const guard = (text: string) => {
          if (pattern.test(text)) throw new Error('killed')
        }
        return work({
          query: (text, values) => (guard(text), sql.query(text, values)),
          prepared: (text, values) => (guard(text), sql.prepared(text, values)),
          run: (text, values) => (guard(text), sql.run(text, values)),
        })
      }),
  }
}

describe('a message nobody can decide', () => {
  test('opens a letter with its class, step, owner and reason', async () => {
    const { engine, receiver, letters } = await openWorld()
    await receiver.receive('shop', hook({ nothing: 'of an order' }, 'bad'))
    await settle(engine)
    expect(await letters()).toMatchObject([
      {
        class: 'parse', step: 'translate', connection: 'shop', what: 'order', stream: null, correlation: null,
        kind: 'malformed', code: 'malformed', message: 'The order has no id.', owner: 'operations', state: 'open',
        value_amount: null, deaths: 1, retries: 0, outbox_id: null, notified_at: null,
      },
    ]) // prettier-ignore
  })

  test('that makes a decider fail is a bug of the hub, and says of which order and what it is worth', async () => {
    const { engine, receiver, letters } = await openWorld()
    await receiver.receive('shop', hook(anOrder('7'), 'good'))
    await settle(engine)
    const broken = [{ stream: 'order/shop/7', command: { type: 'order.observe', order: null } }]
    await receiver.receive('shop', hook(broken, 'broken', 'messages'))
    await settle(engine)
    expect(await letters()).toMatchObject([
      {
        class: 'bug', step: 'decide', stream: 'order/shop/7', correlation: 'order/shop/7', value_amount: 2500,
        value_currency: 'USD',
      },
    ]) // prettier-ignore
  })

  test('the database cannot hold is a letter as well, and so is one of a connection that is gone', async () => {
    const { engine, receiver, letters, database } = await openWorld()
    const endless = Array.from({ length: 400 }, (_, n) => `${n}x${(n * 7919) % 9973}`).join('-')
    const command = { type: 'customer.record', channel: 'shop', party: { key: 'a' }, at: 'z' }
    await receiver.receive('shop', hook([{ stream: `customer/${endless}`, command }], 'long', 'messages'))
    await receiver.receive('shop', hook(anOrder('1'), 'gone'))
    await database.query(`update inbox set source = 'old-shop' where key = 'gone'`)
    await settle(engine)
    const found = (await letters()).map((one) => [one.class, one.connection, one.code])
    expect(found.sort()).toEqual([
      ['missing', 'old-shop', 'connection_unknown'],
      ['too_large', 'shop', 'database.54000'],
    ])
  })

  test('is neither dead nor a letter when the hub dies in between', async () => {
    const { engine, receiver, letters, database } = await openWorld()
    await receiver.receive('shop', hook({}, 'bad'))
    for (const pattern of [/update inbox set state/, /insert into dead_letter/]) {
      await expect(turn({ ...engine, database: dying(database, pattern) })).rejects.toThrow('killed')
      expect(await database.query(`select 1 from inbox where state = 'dead'`)).toEqual([])
      expect(await letters()).toEqual([])
    }
    await settle(engine)
    expect(await letters()).toHaveLength(1)
  })

  test('belongs to whom the first fitting rule names', async () => {
    const owners = [
      { class: 'value', owner: 'merchandising' },
      { connection: 'shop', owner: 'e-commerce' },
      { class: 'parse', owner: 'nobody asked' },
    ] as const
    const deadLetters = { ...DEFAULT_DEAD_LETTERS, owners: [...owners] }
    const { engine, receiver, letters } = await openWorld({ deadLetters })
    await receiver.receive('shop', hook({}, 'bad'))
    await settle(engine)
    expect((await letters())[0]?.owner).toBe('e-commerce')
  })
})

describe('an intent that is given up', () => {
  test('T28: is a letter, is not retried by anything, and its order is worth something', async () => {
    const { engine, erp, clock, letters } = await withRefusedOrder()
    for (let day = 0; day < 10; day += 1) {
      clock.nowMs += 86_400_000
      await settle(engine)
    }
    expect(erp.calls.filter((call) => call.startsWith('sale.ensure'))).toHaveLength(1)
    expect(await letters()).toMatchObject([
      {
        class: 'missing', step: 'call', connection: 'erp', what: 'sale.ensure', stream: 'order/shop/1',
        correlation: 'order/shop/1', code: 'odoo.tax_unknown', value_amount: 2500, value_currency: 'USD', inbox_id: null,
      },
    ]) // prettier-ignore
  })

  test('after two hours of trying is one of the conflict', async () => {
    const { engine, erp, clock, receiver, letters } = await openWorld()
    erp.before = (type) => {
      if (type === 'customer.ensure') throw new Fault('conflict', 'Locked.', { code: 'odoo.locked' })
    }
    await receiver.receive('shop', hook(anOrder('1'), '1'))
    await settle(engine)
    expect(await letters()).toEqual([])
    for (let hour = 0; hour < 4; hour += 1) {
      clock.nowMs += 3_600_000
      await settle(engine)
    }
    expect(await letters()).toMatchObject([{ class: 'conflict', what: 'customer.ensure', connection: 'erp' }])
  })

  test('is neither failed nor a letter when the hub dies in between', async () => {
    const { engine, erp, receiver, database, letters } = await openWorld()
    erp.before = (type) => {
      if (type === 'sale.ensure') throw new Fault('rejected', 'No.', { code: 'odoo.bad_value' })
    }
    await receiver.receive('shop', hook(anOrder('1'), '1'))
    for (let round = 0; round < 4; round += 1) await turn(engine)
    const lane = { connection: 'erp', name: 'confirm', types: ['sale.ensure', 'sale.cancel'] as const }
    const killed = { ...engine, database: dying(database, /insert into dead_letter/) }
    await expect(dispatch(killed, lane)).rejects.toThrow('killed')
    expect(await database.query(`select 1 from outbox where state = 'failed'`)).toEqual([])
    expect(await letters()).toEqual([])
  })

  test('nothing that goes well writes of dead letters', async () => {
    const { engine, receiver, database } = await openWorld()
    await receiver.receive('shop', hook(anOrder('1'), '1'))
    await settle({ ...engine, database: dying(database, /dead_letter/) })
    expect(await database.query(`select 1 from stream where status = 'confirmed'`)).toHaveLength(1)
  })
})
