/** Calls to one system are bounded, in the order they asked, and a failure gives its slot back. */
import { expect, test } from 'vitest'
import { createSlots } from './slots.ts'

test('no more than so many are under way, first come, first served', async () => {
  const slots = createSlots(() => 2)
  const started: number[] = []
  const finish: (() => void)[] = []
  const calls = [0, 1, 2, 3].map((n) =>
    slots.run(() => {
      started.push(n)
      return new Promise<void>((resolve) => (finish[n] = resolve))
    }),
  )
  await Promise.resolve()
  expect(started).toEqual([0, 1])
  finish[1]!()
  await calls[1]
  expect(started).toEqual([0, 1, 2])
  finish[0]!()
  finish[2]!()
  await Promise.all([calls[0], calls[2]])
  finish[3]!()
  await Promise.all(calls)
  expect(started).toEqual([0, 1, 2, 3])
})

test('a call that fails gives its slot back', async () => {
  const slots = createSlots(() => 1)
  await expect(slots.run(() => Promise.reject(new Error('no')))).rejects.toThrow('no')
  await expect(slots.run(() => Promise.resolve('yes'))).resolves.toBe('yes')
})

test('the most important goes first, but every fourth time who has waited longest', async () => {
  const slots = createSlots(() => 1)
  const order: string[] = []
  let release = () => {}
  const first = slots.run(() => new Promise<void>((resolve) => (release = resolve)))
  const late = slots.run(async () => void order.push('bulk'), 7)
  const rest = Array.from({ length: 6 }, () => slots.run(async () => void order.push('order'), 1))
  release()
  await Promise.all([first, late, ...rest])
  expect(order).toEqual(['order', 'order', 'order', 'bulk', 'order', 'order', 'order'])
})

test('who asks for his next place before he leaves is not overtaken by the less urgent', async () => {
  const slots = createSlots(() => 1)
  const order: string[] = []
  const leave = await slots.enter(3)
  const bulk = slots.run(async () => void order.push('bulk'), 7)
  const urgent = slots.run(async () => void order.push('urgent'), 1)
  const next = slots.enter(3)
  leave()
  leave()
  await urgent
  const again = await next
  order.push('again')
  expect(slots.busy()).toBe(1)
  again()
  await bulk
  expect(order).toEqual(['urgent', 'again', 'bulk'])
  expect(slots.busy()).toBe(0)
})
