/** Who is told that a channel's orders are known, when, and what is written for it. */
import { describe, expect, it } from 'vitest'
import { given } from '../testing/given.ts'
import { second } from '../testing/sample.ts'
import { streams } from '../streams.ts'
import { channel, type ChannelEvent, STEPS } from './channel.ts'

const MUG = 'stock/WH/MUG'
const SHARD = streams.waiting('shop', MUG)
const awaited = (stream: string, n: number): ChannelEvent => ({ type: 'channel.awaited', stream, until: second(n) })
const at = (stream: string, ...events: ChannelEvent[]) => given(channel, ...events).on(stream)
const waitFor = (stream: string, n: number) => ({ type: 'channel.await' as const, stream, until: second(n) })
const caughtUp = (n: number) => ({ type: 'channel.caughtUp' as const, until: second(n) })

describe('where stock waits', () => {
  it('asks at the channel once, and again only for something sooner', () => {
    at(SHARD)
      .when(waitFor(MUG, 5))
      .then(awaited(MUG, 5))
      .owes({ stream: 'channel/shop', command: { type: 'channel.await', stream: SHARD, until: second(5) } })
    at(SHARD, awaited(MUG, 5)).when(waitFor('stock/WH/CUP', 7)).owes()
    at(SHARD, awaited(MUG, 5))
      .when(waitFor('stock/WH/CUP', 3))
      .owes({ stream: 'channel/shop', command: { until: second(3) } })
    at(SHARD, awaited(MUG, 5)).when(waitFor(MUG, 5)).thenNothing()
  })

  it('tells those who waited for no more, and asks anew for the others', () => {
    const { state } = at(SHARD, awaited(MUG, 5), awaited('stock/WH/CUP', 9))
      .when(caughtUp(6))
      .then({ type: 'channel.caughtUp', streams: [MUG] })
      .owes(
        { stream: MUG, command: { type: 'stock.caughtUp', channel: 'shop', until: second(6) } },
        { stream: 'channel/shop', command: { type: 'channel.await', stream: SHARD, until: second(9) } },
      )
    expect(state.waiting).toEqual({ 'stock/WH/CUP': second(9) })
  })

  it('asks anew also when everybody has become content with later', () => {
    at(SHARD, awaited(MUG, 5), awaited(MUG, 9))
      .when(caughtUp(6))
      .owes({ stream: 'channel/shop', command: { type: 'channel.await', until: second(9) } })
  })
})

describe("the channel's own stream", () => {
  it('writes nothing when nobody waits, or only for later', () => {
    at('channel/shop').when(caughtUp(6)).refused('nobody_waits')
    at('channel/shop', awaited(SHARD, 7)).when(caughtUp(6)).refused('nobody_waits')
  })

  it('lets the news of orders go first, and then tells those who wait', () => {
    const waiting = awaited(SHARD, 5)
    at('channel/shop', waiting)
      .when(caughtUp(6))
      .then({ type: 'channel.settling', steps: STEPS })
      .owes({ stream: 'channel/shop', command: { type: 'channel.settle', steps: STEPS - 1, until: second(6) } })
    at('channel/shop', waiting)
      .when({ type: 'channel.settle', steps: 0, until: second(6) })
      .then({ type: 'channel.caughtUp', streams: [SHARD] })
      .owes({ stream: SHARD, command: { type: 'channel.caughtUp', until: second(6) } })
  })
})
