/** Channels without compare-and-set: rules that the small world is too small for, one sentence each. */
import { describe, expect, it } from 'vitest'
import type { Done } from '../intents.ts'
import { given } from '../testing/given.ts'
import { channelPolicy, policyWith, second } from '../testing/sample.ts'
import type { Ledger } from './ledger.ts'
import { stock, type StockEvent } from './stock.ts'

const SKU = 'MUG'
const listed = (channel: string, writes?: 'plain' | 'later'): StockEvent => ({
  type: 'stock.listed', channel, inventoryItemId: `i-${channel}`, locationId: 'L1', ...(writes && { writes }),
}) // prettier-ignore
const known: StockEvent = { type: 'stock.known', stocked: true }
const counted = (free: number, basis = 99): StockEvent => ({ type: 'stock.read', free, onHand: free, basis })
const read = (available: number, n: number): StockEvent => ({
  type: 'stock.channelRead', channel: 'woo', available, raised: 0, at: second(n),
}) // prettier-ignore
const settled = (bound: number): StockEvent => ({ type: 'stock.settled', channel: 'woo', bound, shown: true })
const putting = (to: number): StockEvent => ({ type: 'stock.putting', channel: 'woo', to })
const put = (to: number, n: number): StockEvent => ({ type: 'stock.put', channel: 'woo', to, at: second(n) })
const caughtUp = (n: number) => ({ type: 'stock.caughtUp' as const, channel: 'woo', until: second(n) })
const sold = (sold: number, n: number, restocked = 0) =>
  ({
    type: 'stock.hold', orderRef: `woo:${n}`, channel: 'woo', change: sold - restocked, sold, restocked,
    placedAt: second(n), changedAt: second(n),
  }) as const // prettier-ignore

const policy = { ...policyWith(), channels: { woo: channelPolicy, shop: channelPolicy } }
const after = (...events: StockEvent[]) =>
  given(stock, ...events)
    .under(policy)
    .on(`stock/WH/${SKU}`)
const answer = (version: number, intent: 'inventory.put' | 'inventory.read', said: object, to = 0): Done =>
  ({
    type: 'done', intent, version, ask: { sku: SKU, inventoryItemId: 'i-woo', locationId: 'L1', to }, answer: said,
  }) as Done // prettier-ignore

/** One plain channel that shows 5 of 5. */
const calm = [listed('woo', 'plain'), read(5, 1), settled(5), known, counted(5)]
/** Of the first channel, without what is just being asked for. */
const bound = ({ state }: { state: Ledger }): number | null => {
  const { bound: whole, flight } = state.channels[0]!
  return whole === null ? null : whole - (flight?.to ?? 0)
}

describe('a channel without compare-and-set', () => {
  it('is known only once its orders are: until then nothing is given to anybody', () => {
    const first = after(listed('woo', 'plain'), read(5, 1), listed('shop'), known, counted(9))
    expect(first.state.channels[0]!.bound).toBeNull()
    first.when(caughtUp(0)).thenNothing()
    const { state } = first.when(sold(2, 2), caughtUp(2))
    expect(state.channels[0]).toMatchObject({ bound: 3 })
  })

  it('counts an order as sold before a fact of the same moment, and looks again', () => {
    const waiting = after(...calm, counted(20), putting(5), put(5, 7))
    const { state } = waiting.when(sold(1, 7), caughtUp(7))
    expect(state.channels[0]).toMatchObject({ bound: 5, reading: state.version })
    expect(bound(waiting.when(sold(1, 8), caughtUp(8)))).toBe(4)
  })

  it('takes pieces that were put back before the fact for a part of it, with a minute for them to reach the shelf', () => {
    const waiting = after(...calm, counted(20), putting(5), put(5, 70))
    expect(bound(waiting.when(sold(1, 3), sold(0, 4, 1), caughtUp(70)))).toBe(5)
    expect(bound(waiting.when(sold(0, 71, 1), caughtUp(71)))).toBe(6)
    // A channel may say that they are back, and never put them there: that is looked for.
    const said = waiting.when(sold(0, 71, 1), caughtUp(71)).state
    expect(said.channels[0]!.reading).toBe(said.version)
    // It may be either: so many may be there, and it is looked at again.
    const { state } = waiting.when(sold(0, 30, 1), caughtUp(70))
    expect(state.channels[0]).toMatchObject({ bound: 6, reading: state.version })
  })

  it('keeps forty pieces of news apart, and counts what is older as if it came before', () => {
    const many = Array.from({ length: 45 }, (_, at) => sold(1, 10 + at))
    const deep = after(listed('woo', 'plain'), read(90, 1), settled(90), known, counted(180), putting(90), put(90, 5))
    const { state } = deep.when(...many)
    expect(state.channels[0]!.put!.news).toHaveLength(40)
    expect(bound(deep.when(...many, caughtUp(90)))).toBe(50)
  })

  it('is closed when a put was lost, and never given the number a second time', () => {
    const { state } = after(listed('woo', 'plain'), read(0, 1), settled(0), known, counted(5), putting(5))
      .when(answer(6, 'inventory.put', { outcome: 'unknown' }, 5))
      .then({ type: 'stock.putLost' }, { type: 'stock.putting', to: 0 })
      .owes({ type: 'inventory.put', ask: { to: 0 } })
    expect(state.channels[0]).toMatchObject({ bound: 5, put: { lost: true } })
  })

  it('is closed when the product is sold no more, however much there is', () => {
    after(...calm)
      .when({ type: 'stock.know', stocked: false })
      .owes({ type: 'stock.read' }, { type: 'inventory.put', ask: { to: 0 } })
  })

  it('is taken back what was refused for good, and keeps what was given up', () => {
    const flying = after(listed('woo', 'plain'), read(0, 1), settled(0), known, counted(5), putting(5))
    const fault = (kind: string) => ({ kind, code: 'x', message: 'No.' })
    const failed = { type: 'failed', intent: 'inventory.put', version: 6 } as const
    expect(bound(flying.when({ ...failed, fault: fault('rejected') }))).toBe(0)
    expect(bound(flying.when({ ...failed, fault: fault('unavailable') }))).toBe(5)
    const resumed = flying.when({ ...failed, fault: fault('unavailable') }, { type: 'stock.resume' })
    expect(resumed.state.channels[0]).toMatchObject({ reading: resumed.state.version, put: { lost: true } })
  })

  it('needs somebody when its readings say no time', () => {
    after(listed('woo', 'plain'))
      .when(answer(1, 'inventory.read', { available: 5 }))
      .then({ type: 'stock.channelRead' }, { type: 'stock.publishFailed' })
  })
})

describe('a number that was accepted', () => {
  const accepted = (to: number): StockEvent => ({
    type: 'stock.putAccepted', channel: 'woo', to, at: second(7), reference: 'file-1',
  }) // prettier-ignore
  const waiting = after(listed('woo', 'later'), read(5, 1), settled(5), known, counted(20), putting(10), accepted(10))
  const looking = [caughtUp(7)] as const
  const version = waiting.when(...looking).state.version
  const said = (refused: object | null, reference = 'file-1') => {
    const done = answer(version, 'inventory.read', { available: 5, at: second(8), ...(refused && { refused }) }, 0)
    return { ...done, ask: { ...done.ask, reference } } as Done
  }

  it('is looked for under the name the channel gave it', () => {
    waiting.when(...looking).owes({ type: 'inventory.read', ask: { reference: 'file-1' } })
  })

  it('and refused is not counted any more, and nothing is published until somebody resumes', () => {
    const refusal = { message: 'The marketplace refused the number of MUG.', again: false }
    const { state } = waiting.when(...looking, said(refusal))
    expect(state.channels[0]).toMatchObject({ bound: 5, flight: null, trouble: refusal.message, put: { open: null } })
    waiting.when(...looking, said(refusal)).owes({ type: 'inventory.read' })
    const mended = waiting.when(...looking, said(refusal), { type: 'stock.resume' }).state
    expect(mended.channels[0]).toMatchObject({ bound: 5, trouble: null, reading: mended.version })
  })

  it('in a file that was not read is sent again by itself, once its orders are known', () => {
    const { state } = waiting.when(...looking, said({ message: 'No file.', again: true }), caughtUp(8))
    expect(state.channels[0]).toMatchObject({ trouble: null, flight: { to: 15 } })
    expect(bound(waiting.when(...looking, said({ message: 'No file.', again: true }), caughtUp(8)))).toBe(5)
  })

  it('keeps counting when the refusal is of another one', () => {
    const { state } = waiting.when(...looking, said({ message: 'No.', again: false }, 'file-0'))
    expect(state.channels[0]).toMatchObject({ bound: 15, trouble: null, put: { open: { to: 10 } } })
  })
})

describe('our own write that comes back as news', () => {
  const shows = (available: number, n: number) =>
    ({ type: 'stock.seen', channel: 'woo', available, at: second(n) }) as const

  it('changes nothing, before its orders are known and after', () => {
    after(...calm, putting(5), put(5, 7))
      .when(shows(5, 8))
      .thenNothing()
    after(...calm, putting(5), put(5, 7))
      .when(shows(4, 8))
      .thenNothing()
    after(...calm, putting(5), put(5, 7), settled(5))
      .when(shows(5, 8))
      .thenNothing()
  })

  it('is not taken for the present when it is older than what the channel said since', () => {
    after(...calm, putting(5), put(5, 7), settled(5))
      .when(shows(2, 6))
      .thenNothing()
  })

  it('and differs: it is looked at again once the orders up to then are known', () => {
    const told = after(...calm).when(shows(4, 9))
    told.then({ type: 'stock.channelSeen' }).owes({ command: { type: 'channel.await', until: second(9) } })
    after(...calm)
      .when(shows(4, 9), caughtUp(9))
      .then({ type: 'stock.channelSeen' }, { type: 'stock.channelDoubted' })
    const explained = after(...calm).when(shows(4, 9), sold(1, 9), caughtUp(9)).state
    expect(explained.channels[0]).toMatchObject({ bound: 4, reading: explained.version })
  })
})

describe('somebody else who puts stock on sale', () => {
  it('is an incident, once no order explains it, until it is withdrawn', () => {
    const doubted: StockEvent = { type: 'stock.channelDoubted', channel: 'woo' }
    const looked = after(...calm, doubted).when(answer(6, 'inventory.read', { available: 8, at: second(9) }))
    expect(bound(looked)).toBe(8)
    expect(looked.state.channels[0]).toMatchObject({ bound: 8, flight: { to: 0 } })
    const closed = answer(8, 'inventory.put', { outcome: 'set', at: second(12) })
    const { state } = after(...calm, doubted, { ...read(8, 9), raised: 3 } as StockEvent, putting(0)).when(
      closed,
      caughtUp(12),
    )
    expect(state.incidents).toMatchObject([{ kind: 'raised' }])
    expect(state.channels[0]).toMatchObject({ bound: 5, flight: { to: 5 } })
  })
})

describe('a channel with compare-and-set, read for the first time', () => {
  const shop = [listed('woo'), known, counted(9)]
  const first = (said: object) => answer(1, 'inventory.read', said)
  const at = second(7)

  it('counts once its orders up to then are known, less what was sold since', () => {
    const heard = [first({ available: 5, at }), sold(1, 3), sold(2, 8)]
    expect(after(...shop).when(...heard).state.channels[0]).toMatchObject({ bound: null, flight: null })
    const { state } = after(...shop).when(...heard, caughtUp(7))
    expect(state.channels[0]).not.toHaveProperty('put')
    // Nine less the three that are held; before the write it was known to show three.
    expect(state.channels[0]).toMatchObject({ bound: 6, flight: { from: 3, to: 6 } })
  })

  it('counts at once when its shelf has never changed, or it does not say when it was read', () => {
    for (const said of [{ available: 5, at, untouched: true }, { available: 5 }]) {
      const { state } = after(...shop).when(first(said))
      expect(state.channels[0]).toMatchObject({ bound: 9, flight: { from: 5, to: 9 } })
    }
    // Something was heard of while it was read: it is no longer that simple.
    const busy = after(...shop).when(sold(1, 6), first({ available: 5, at, untouched: true }))
    expect(busy.state.channels[0]!.bound).toBeNull()
  })

  it('is read anew while an order falls into its very second, three times at most', () => {
    const heard: Parameters<ReturnType<typeof after>['when']>[number][] = [first({ available: 5, at })]
    for (let again = 0; again < 3; again += 1) {
      heard.push(sold(1, 7), caughtUp(7))
      const { version, channels } = after(...shop).when(...heard).state
      expect(channels[0]).toMatchObject({ bound: null, reading: version })
      heard.push(answer(version, 'inventory.read', { available: 5, at }))
    }
    const { state } = after(...shop).when(...heard, sold(1, 7), caughtUp(7))
    expect(state.channels[0]!.bound).toBe(5)
  })

  it('is nothing that was ever known after a restore', () => {
    const { state } = after(...shop, { type: 'stock.doubted' }, listed('woo')).when({ type: 'stock.doubt' })
    expect(state.channels[0]).toMatchObject({ bound: null, put: { writes: 'swap' } })
  })
})
