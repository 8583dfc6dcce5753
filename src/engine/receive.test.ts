/** More than the database takes: senders are told to come back, before memory grows. */
import { expect, test } from 'vitest'
import { takeHook } from '#api/hooks.ts'
import type { Database } from '#store/database.ts'
import { anEngine, aShop } from '../../tests/support/orders.ts'
import { createReceiver } from './receive.ts'

/** A database that does not answer until it is let go. */
function slowDatabase() {
  const waiting: (() => void)[] = []
  const prepared = async () => {
    await new Promise<void>((go) => waiting.push(go))
    return []
  }
  return { database: { prepared } as unknown as Database, go: () => waiting.splice(0).forEach((one) => one()) }
}

const send = (door: Parameters<typeof takeHook>[1], key: string, bytes: number) =>
  takeHook(
    { method: 'POST', path: '/hooks/shop', headers: { key, signature: 'good' }, body: Buffer.alloc(bytes, 'x') },
    door,
  )

test.each([
  ['many', 100, 5_000],
  ['large', 1024 * 1024, 64],
])(
  'with %s waiting the next is told 503 and when to come again; those that wait are stored',
  async (_, bytes, most) => {
    const { database, go } = slowDatabase()
    const engine = anEngine(database, { shop: aShop() })
    const door = { receiver: createReceiver(engine), io: engine.io, onForged: () => {} }
    const answers = Array.from({ length: most * 2 }, (_, n) => send(door, `k${n}`, bytes))
    const refused = await Promise.all(answers.slice(-10))
    expect(new Set(refused.map(({ status }) => status))).toEqual(new Set([503]))
    expect(refused[0]!.headers['retry-after']).toBe('1')
    let open = answers.length
    for (const answer of answers) void answer.then(() => (open -= 1))
    while (open > 0) {
      go()
      await new Promise((resolve) => setImmediate(resolve))
    }
    const statuses = (await Promise.all(answers)).map(({ status }) => status)
    const taken = statuses.filter((status) => status === 200).length
    // What is being written does not wait any more.
    expect(taken).toBeGreaterThanOrEqual(most)
    expect(taken).toBeLessThanOrEqual(most + 200)
  },
)
