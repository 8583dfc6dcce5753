/** Lines of messages have one reader each; who lost a line can neither move it nor write what it read. */
import { expect, test } from 'vitest'
import { insertInbox } from '#store/inbox.ts'
import {
  addReaders,
  listReaders,
  moveReader,
  releaseReaders,
  renewReaders,
  shareReading,
  takeReaders,
} from '#store/readers.ts'
import { freshDatabase } from '../support/database.ts'

const at = (second: number): string => new Date(Date.parse('2026-11-20T10:00:00.000Z') + second * 1_000).toISOString()
const lease = (owner: string, second: number) => ({ owner, now: at(second), leaseUntil: at(second + 6) })

test('a line belongs to one, until its lease ends', async () => {
  const database = await freshDatabase()
  await addReaders(database, ['in/0', 'in/1'], 0)
  expect(await takeReaders(database, ['in/0'], lease('one', 0))).toHaveLength(1)
  expect(await takeReaders(database, ['in/0', 'in/1'], lease('two', 5))).toMatchObject([{ name: 'in/1', owner: 'two' }])
  expect(await takeReaders(database, ['in/0'], lease('two', 6))).toMatchObject([{ name: 'in/0', owner: 'two' }])
  expect(await renewReaders(database, ['in/0', 'in/1'], lease('one', 6))).toEqual([])
  expect(await releaseReaders(database, ['in/0'], 'one')).toBe(0)
  expect(await releaseReaders(database, ['in/0'], 'two')).toBe(1)
  expect(await takeReaders(database, ['in/0'], lease('one', 7))).toHaveLength(1)
})

test('who lost a line, or was overtaken on it, writes nothing', async () => {
  const database = await freshDatabase()
  await addReaders(database, ['in/0'], 0)
  await takeReaders(database, ['in/0'], lease('slow', 0))
  await takeReaders(database, ['in/0'], lease('quick', 10))
  const write = (owner: string, from: number, to: number) =>
    database.transaction(async (sql) => {
      if (!(await moveReader(sql, { name: 'in/0', owner, from, to }))) throw new Error('lost')
      await insertInbox(sql, [
        {
          source: 'shop', key: `${owner}-${to}`, kind: 'delivery', topic: 'order', body: Buffer.from('{}'), correlation: null,
          receivedAt: at(0), priority: 5,
        },
      ]) // prettier-ignore
    })
  await expect(write('slow', 0, 5)).rejects.toThrow('lost')
  await write('quick', 0, 4)
  await expect(write('quick', 0, 9)).rejects.toThrow('lost')
  expect(await database.query('select key from inbox')).toEqual([{ key: 'quick-4' }])
  expect(await listReaders(database, ['in/0'])).toMatchObject([{ position: 4, owner: 'quick' }])
})

test('the dead are forgotten when the lines are shared out', async () => {
  const database = await freshDatabase()
  expect(await shareReading(database, 'one', at(0), at(6))).toBe(1)
  expect(await shareReading(database, 'two', at(1), at(7))).toBe(2)
  expect(await shareReading(database, 'two', at(6), at(12))).toBe(1)
})
