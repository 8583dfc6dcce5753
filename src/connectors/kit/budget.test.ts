/** Whatever the interleaving, the clocks and the deaths: the vendor is never asked for more than it lets through. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type BucketState, type Limit, visit } from './bucket.ts'
import { type Bill, type Budget, type BucketSource, openBudget } from './budget.ts'
import { Fault } from '../../fault.ts'

const START_MS = Date.parse('2026-11-27T10:00:00.000Z')

/** A vendor that enforces its limit, and one row that all processes share. */
function world(limit: Limit, believed: Limit = limit) {
  const clock = { ms: START_MS }
  const vendor = { level: limit.burst, atMs: START_MS, refused: 0, charged: 0 }
  const flow = () => {
    vendor.level = Math.min(limit.burst, vendor.level + ((clock.ms - vendor.atMs) / 1_000) * limit.perSecond)
    vendor.atMs = clock.ms
  }
  let row: BucketState | null = null
  const statements = { count: 0 }
  const source: BucketSource = async (_, start, caller) => {
    statements.count += 1
    await Promise.resolve()
    const { state, ...granted } = visit(row ?? start, caller)
    row = state
    return granted
  }
  return {
    clock,
    vendor,
    statements,
    row: () => row!,
    level() {
      flow()
      return vendor.level
    },
    /** What arrives now. @param spare let through beyond the limit. @returns whether the vendor let it through. */
    arrive(price: number, spare = 0): boolean {
      flow()
      if (vendor.level + spare + 1e-6 < price) {
        vendor.refused += 1
        return false
      }
      vendor.level -= price
      vendor.charged += price
      return true
    },
    process(name: string, skewMs = 0): Budget {
      const budget = openBudget({ vendor: 'Sim', limits: { '*': believed }, now: () => clock.ms + skewMs })
      budget.share(source, name)
      return budget
    },
  }
}

const draw = (budget: Budget, price: number, patient = false): Promise<((bill: Bill) => void) | Fault> =>
  budget.draw({ bucket: 'calls', price, patient, what: 'a call' }).catch((error: unknown) => error as Fault)

const step = fc.record({
  process: fc.nat(3),
  passMs: fc.oneof(
    fc.constant(0),
    fc.integer({ min: 0, max: 400 }),
    fc.integer({ min: 0, max: 9_000 }),
    fc.integer({ min: 0, max: 90_000 }),
  ),
  price: fc.integer({ min: 1, max: 4 }),
  latencyMs: fc.constantFrom(0, 0, 1, 100, 900),
  patient: fc.boolean(),
  dies: fc.integer({ min: 0, max: 19 }).map((n) => n === 0),
  back: fc.integer({ min: 0, max: 100 }).map((n) => n / 100),
})

const limits = fc.record({
  burst: fc.integer({ min: 10, max: 60 }),
  perSecond: fc.constantFrom(0.5, 2, 5, 20),
})

test('never more than burst + rate · t in any stretch, with four processes, skewed clocks, late calls and deaths', async () => {
  await fc.assert(
    fc.asyncProperty(
      limits,
      fc.array(fc.integer({ min: -29_000, max: 29_000 }), { minLength: 4, maxLength: 4 }),
      fc.array(step, { minLength: 20, maxLength: 120 }),
      async (limit, skews, steps) => {
        const sim = world(limit)
        let born = 0
        const processes = skews.map((skewMs) => sim.process(`p${(born += 1)}`, skewMs))
        const late: { atMs: number; run: () => void }[] = []
        const passTo = (ms: number) => {
          for (const one of late.sort((a, b) => a.atMs - b.atMs).filter(({ atMs }) => atMs <= ms)) {
            sim.clock.ms = Math.max(sim.clock.ms, one.atMs)
            late.splice(late.indexOf(one), 1)
            one.run()
          }
          sim.clock.ms = ms
        }
        for (const { process, passMs, price, latencyMs, patient, dies, back } of steps) {
          passTo(sim.clock.ms + passMs)
          if (dies) processes[process] = sim.process(`p${(born += 1)}`, skews[process])
          const settle = await draw(processes[process]!, price, patient)
          if (settle instanceof Fault) continue
          // Charged as asked when it arrives, and refunded to what it came to.
          const cost = price * back
          late.push({
            atMs: sim.clock.ms + latencyMs,
            run: () => {
              // Half a second of lateness is provided for; what is later than that may meet a bucket that was full.
              if (!sim.arrive(price, (Math.max(0, latencyMs - 500) / 1_000) * limit.perSecond)) return
              sim.vendor.level += price - cost
              settle({ cost })
            },
          })
        }
        passTo(sim.clock.ms + 10_000)
        expect(sim.vendor.refused).toBe(0)
      },
    ),
    { numRuns: 400 },
  )
})

/** Lets processes draw as fast as they may. @returns the share of what the vendor had to give that was used. */
async function drain(
  sim: ReturnType<typeof world>,
  limit: Limit,
  processes: Budget[],
  ms: number,
  price: () => number,
) {
  const waits = processes.map(() => 0)
  for (const end = sim.clock.ms + ms; sim.clock.ms < end; sim.clock.ms += 10) {
    for (const [index, budget] of processes.entries()) {
      if (waits[index]! > sim.clock.ms) continue
      const asked = price()
      const settle = await draw(budget, asked)
      if (settle instanceof Fault) waits[index] = sim.clock.ms + settle.retryAfterMs!
      else if (sim.arrive(asked)) settle({ cost: asked, limit, level: Math.floor(sim.level()) })
      else settle({ cost: 0, refused: true, level: Math.floor(sim.level()) })
    }
  }
  return sim.vendor.charged / (limit.burst + (limit.perSecond * ms) / 1_000)
}

describe('several processes', () => {
  test('use nearly all there is, with few statements', async () => {
    const limit = { burst: 2_000, perSecond: 100 }
    const sim = world(limit)
    const processes = ['a', 'b', 'c', 'd'].map((name) => sim.process(name))
    let n = 0
    expect(await drain(sim, limit, processes, 300_000, () => [12, 3, 13, 102][(n += 1) % 4]!)).toBeGreaterThan(0.95)
    expect(sim.vendor.refused).toBe(0)
    expect(sim.statements.count).toBeLessThan(4_000)
  })

  test('learn the limits of a larger plan from the answers', async () => {
    const limit = { burst: 20_000, perSecond: 1_000 }
    const sim = world(limit, { burst: 2_000, perSecond: 100 })
    const processes = ['a', 'b'].map((name) => sim.process(name))
    expect(await drain(sim, limit, processes, 300_000, () => 50)).toBeGreaterThan(0.9)
    expect(sim.vendor.refused).toBe(0)
  })

  test('keep to a smaller plan after the first answer said so', async () => {
    const limit = { burst: 500, perSecond: 10 }
    const sim = world(limit, { burst: 2_000, perSecond: 100 })
    const processes = ['a', 'b'].map((name) => sim.process(name))
    await drain(sim, limit, processes, 120_000, () => 50)
    expect(sim.vendor.refused).toBeLessThanOrEqual(2)
    expect(sim.row()).toMatchObject({ burst: 495, perSecond: 10 })
  })
})

/** Draws for a call that is over at once. */
async function spend(budget: Budget, price: number, patient = false): Promise<Fault | null> {
  const settle = await draw(budget, price, patient)
  if (settle instanceof Fault) return settle
  settle({})
  return null
}

test('what a dead process had taken is all that is lost', async () => {
  const sim = world({ burst: 100, perSecond: 10 })
  await spend(sim.process('dead'), 1)
  const after = sim.process('alive')
  let drawn = 0
  while (!((await spend(after, 1)) instanceof Fault)) drawn += 1
  // A grant is for half a second, five tokens, and five are left alone.
  expect(drawn).toBe(90)
})

test('feeds leave a quarter to orders and stock, and get their share in the end', async () => {
  const limit = { burst: 100, perSecond: 10 }
  const sim = world(limit)
  const [orders, feed] = [sim.process('a'), sim.process('a')]
  let read = 0
  while (!((await spend(feed, 10, true)) instanceof Fault)) read += 10
  expect(read).toBe(70)
  expect(await spend(orders, 20)).not.toBeInstanceOf(Fault)
  // From here on orders take all there is, whenever there is some.
  const got: string[] = []
  for (let round = 0; round < 400; round += 1) {
    sim.clock.ms += 100
    if (!((await spend(feed, 10, true)) instanceof Fault)) got.push('feed')
    if (!((await spend(orders, 5)) instanceof Fault)) got.push('orders')
  }
  const feeds = got.filter((who) => who === 'feed').length
  expect(feeds).toBeGreaterThanOrEqual(2)
  expect(got.length - feeds).toBeGreaterThan(4 * feeds)
})

test('a call that is dear is not starved by many that are cheap', async () => {
  const sim = world({ burst: 100, perSecond: 10 })
  const [cheap, dear] = [sim.process('a'), sim.process('b')]
  while (!((await spend(cheap, 1)) instanceof Fault));
  let waitedMs = 0
  for (; waitedMs < 60_000; waitedMs += 50, sim.clock.ms += 50) {
    if (!((await spend(dear, 60)) instanceof Fault)) break
    await spend(cheap, 1)
  }
  expect(waitedMs).toBeLessThan(20_000)
})

test('a process whose clock is ahead gains nothing by coming late', async () => {
  const sim = world({ burst: 100, perSecond: 10 })
  const first = sim.process('a')
  while (!((await spend(first, 1)) instanceof Fault));
  expect(await spend(sim.process('b', 50_000), 1)).toBeInstanceOf(Fault)
  sim.clock.ms += 50
  expect(await spend(first, 1)).toBeInstanceOf(Fault)
})

test('what is kept too long is lost: the bucket has filled up meanwhile', async () => {
  const limit = { burst: 100, perSecond: 10 }
  const sim = world(limit)
  const [keeper, other] = [sim.process('a'), sim.process('b')]
  await spend(keeper, 1)
  sim.arrive(1)
  sim.clock.ms += 60_000
  while (!((await spend(other, 1)) instanceof Fault)) sim.arrive(1)
  for (let more = 0; more < 10; more += 1) if (!((await spend(keeper, 1)) instanceof Fault)) sim.arrive(1)
  expect(sim.vendor.charged).toBeLessThanOrEqual(96)
})

describe('work that takes several calls', () => {
  /** Begun together, each again when its wait is over. @returns the calls that were made until all were done. */
  async function done(limit: Limit, sizes: readonly number[], remembered: boolean, untilMs = 600_000) {
    const { clock, arrive, vendor, process } = world(limit)
    const budget = process('one')
    let calls = 0
    const open = new Map(sizes.map((size, index) => [`work ${index}`, { size, dueMs: START_MS }]))
    while (open.size > 0 && clock.ms < START_MS + untilMs) {
      clock.ms = Math.max(clock.ms, Math.min(...[...open.values()].map(({ dueMs }) => dueMs)))
      const due = [...open].filter(([, { dueMs }]) => dueMs <= clock.ms)
      await Promise.all(
        due.map(async ([key, work]) => {
          const make = async () => {
            for (let call = 0; call < work.size; call += 1) {
              const bill = await draw(budget, 1)
              if (bill instanceof Fault) throw bill
              calls += 1
              if (arrive(1)) bill({})
              else bill({ refused: true })
            }
          }
          try {
            await (remembered ? budget.attempt({ key, kind: 'call' }, make) : make())
            open.delete(key)
          } catch (fault) {
            work.dueMs = clock.ms + ((fault as Fault).retryAfterMs ?? 0)
          }
        }),
      )
    }
    return { left: open.size, calls, refused: vendor.refused }
  }
  const LIMIT = { burst: 8, perSecond: 5 }
  const WORKS = [3, 4, 3, 4, 3, 4, 3, 4]

  test('without memory of what it lacked, nothing that begins together need ever be done', async () => {
    const { left, calls } = await done(LIMIT, WORKS, false)
    expect(left).toBeGreaterThan(0)
    expect(calls).toBeGreaterThan(1_000)
  })

  test('is all done, wastes at most its first attempt, and the vendor refuses nothing', async () => {
    await fc.assert(
      fc.asyncProperty(
        // What is left alone of a full bucket leaves at least half of it, and nothing larger than that is begun.
        fc.record({ burst: fc.integer({ min: 8, max: 20 }), perSecond: fc.double({ min: 0.2, max: 10, noNaN: true }) }),
        fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 12 }),
        async (limit, sizes) => {
          const { left, calls, refused } = await done(limit, sizes, true)
          const all = sizes.reduce((sum, size) => sum + size, 0)
          expect({ left, refused }).toEqual({ left: 0, refused: 0 })
          // What it lacks may be found out call by call.
          expect(calls).toBeLessThanOrEqual(all + sizes.reduce((sum, size) => sum + (size * (size - 1)) / 2, 0))
        },
      ),
    )
  })
})

describe('a kind of work', () => {
  const call = (budget: Budget, kind: string, bucket: string): Promise<void> =>
    budget.attempt({ key: kind, kind }, async () => {
      const bill = await budget.draw({ bucket, price: 1, what: 'a call' })
      bill({})
    })

  test('waits for the buckets it draws from, and for no other', async () => {
    const limits = { slow: { burst: 1, perSecond: 0.1 }, quick: { burst: 10, perSecond: 10 } }
    const budget = openBudget({ vendor: 'Sim', limits, now: () => START_MS })
    expect([budget.waitMs('report'), budget.waitMs()]).toEqual([0, 0])
    await call(budget, 'stock', 'quick')
    await call(budget, 'report', 'slow')
    await expect(call(budget, 'report', 'slow')).rejects.toMatchObject({ kind: 'throttled', own: true })
    expect([budget.waitMs('report'), budget.waitMs('stock'), budget.waitMs()]).toEqual([10_000, 0, 10_000])
  })

  test('that is begun when it may asks for nothing in vain, and loses nothing by it', async () => {
    const limit = { burst: 5, perSecond: 5 }
    const sim = world(limit)
    const budget = sim.process('one')
    let calls = 0
    while (sim.clock.ms < START_MS + 60_000) {
      const waitMs = budget.waitMs('stock')
      if (waitMs === 0) await call(budget, 'stock', 'calls').then(() => (calls += 1))
      sim.clock.ms += Math.max(40, waitMs)
    }
    expect(sim.statements.count).toBeLessThanOrEqual(calls)
    expect(calls / (limit.burst + limit.perSecond * 60)).toBeGreaterThan(0.95)
  })

  test('is not kept by a clock that was put back', async () => {
    const sim = world({ burst: 1, perSecond: 0.1 })
    const budget = sim.process('one')
    await call(budget, 'stock', 'calls')
    expect(budget.waitMs('stock')).toBe(10_000)
    sim.clock.ms -= 3_600_000
    expect(budget.waitMs('stock')).toBe(0)
  })
})
