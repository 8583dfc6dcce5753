/**
 * How much of what the vendors allow several processes use together, over five simulated minutes, without being turned
 * down once: Shopify's points with the real connector, Amazon's buckets with a vendor that enforces them.
 */
import { type Budget, openBudget } from '#connectors/kit/budget.ts'
import type { Limit } from '#connectors/kit/bucket.ts'
import { shopify } from '#connectors/shopify/index.ts'
import { createShopify } from '#connectors/shopify/simulator/index.ts'
import { sourceIn } from '#engine/rates.ts'
import type { Database } from '#store/database.ts'
import { Fault } from '../src/fault.ts'
import { realIo } from '../src/io.ts'
import { rounded } from './measure.ts'
import type { Run } from './run.ts'
import { withServer } from './server.ts'
import { CHANNEL, SECRET, SHOP } from './shop.ts'
import { type SimulatedTime, simulatedTime } from './simulated-time.ts'

const START_MS = Date.parse('2026-11-27T10:00:00.000Z')
const MINUTES = 5
const LENGTH_MS = MINUTES * 60_000
const PROCESSES = 4
const WORKERS = 3
const LATENCY_MS = 60
/** The vendor's smallest plan. */
const POINTS = { burst: 2_000, perSecond: 100 }

/** Of the vendor's published rates, from the fastest to the slowest: per second, and at once. */
const AMAZON: Readonly<Record<string, Limit>> = {
  patchListingsItem: { perSecond: 5, burst: 5 },
  putListingsItem: { perSecond: 5, burst: 10 },
  getInventorySummaries: { perSecond: 2, burst: 2 },
  listTransactions: { perSecond: 0.5, burst: 10 },
  createReport: { perSecond: 0.0167, burst: 15 },
}

export async function governor({ report }: Run) {
  return withServer(async ({ version, create }) => {
    const shop = await shopifyMinutes(await create('governor_shop'))
    report(`shopify: ${shop.used} of ${shop.budget} points, ${shop.throttled} throttled`)
    const amazon = await amazonMinutes(await create('governor_amazon'))
    report(`amazon: ${JSON.stringify(amazon)}`)
    return {
      benchmark: 'governor',
      postgres: version,
      minutes: MINUTES,
      processes: PROCESSES,
      ratioOfBudget: rounded(shop.used / shop.budget, 3),
      throttled: shop.throttled,
      shopify: shop,
      amazonExceeded: Object.values(amazon).reduce((all, { exceeded }) => all + exceeded, 0),
      amazon,
      goals: { ratioOfBudget: 0.95, throttled: 0, amazonExceeded: 0 },
    }
  })
}

/** Counts what the vendor really charged, and how often it turned somebody down. */
async function shopifyMinutes(database: Database) {
  const time = simulatedTime(START_MS)
  const limits = { bucketSize: POINTS.burst, restoreRate: POINTS.perSecond }
  const shop = createShopify(
    { shop: SHOP, clientId: 'bench', clientSecret: SECRET, locations: [{ id: 1, name: 'Main' }], ...limits },
    { now: time.now, random: Math.random },
  )
  const skus = Array.from({ length: 200 }, (_, n) =>
    shop.addProduct({ sku: `S${n}`, title: 'Mug', price: '1.00', available: 100 }),
  )
  const counted = { used: 0, throttled: 0, statements: 0, feedPages: 0 }
  let isWarm = false
  const fetch = async (request: Request): Promise<Response> => {
    if (isWarm) await time.sleep(LATENCY_MS / 2)
    const response = await shop.fetch(request)
    const body = (await response
      .clone()
      .json()
      .catch(() => null)) as Answered | null
    counted.used += body?.extensions?.cost?.actualQueryCost ?? 0
    if (body?.errors?.some(({ extensions }) => extensions?.code === 'THROTTLED')) counted.throttled += 1
    if (isWarm) await time.sleep(LATENCY_MS / 2)
    return response
  }
  const processes = Array.from({ length: PROCESSES }, (_, index) => {
    const io = realIo({ now: time.now, fetch, secret: () => SECRET })
    const config = shopify.config.parse({
      shop: SHOP,
      clientId: 'bench',
      clientSecret: 'env:BENCH',
      requestTimeoutMs: 0,
    })
    const connection = shopify.open(config, { name: CHANNEL, io })
    const source = sourceIn(database, CHANNEL)
    connection.budget!.share((...args) => ((counted.statements += 1), source(...args)), `process-${index}`)
    return connection
  })
  // Each gets its token before the clock runs: they share that call.
  const read = (index: number, n: number) => {
    const { sku, inventoryItemId } = { sku: `S${n}`, ...skus[n % skus.length]! }
    const ask = { sku, inventoryItemId, locationId: '1' }
    return processes[index]!.outbound['inventory.read']!.send([{ key: `r${n}`, attempt: 1, ask }])
  }
  for (const index of processes.keys()) await read(index, index)
  isWarm = true
  let n = 0
  const publish = (index: number) => async () => {
    while (time.now() < START_MS + LENGTH_MS) {
      const { inventoryItemId } = skus[(n += 1) % skus.length]!
      const ask = { sku: 'S', inventoryItemId, locationId: '1', from: 100, to: 100 }
      await orWait(time, () => processes[index]!.outbound['inventory.set']!.send([{ key: `k${n}`, attempt: 1, ask }]))
    }
  }
  const feed = async () => {
    while (time.now() < START_MS + LENGTH_MS) {
      if (await orWait(time, () => processes[0]!.feeds['products']!.read(null))) counted.feedPages += 1
      await time.sleep(1_000)
    }
  }
  await time.run(
    [...processes.keys()].flatMap((index) => Array.from({ length: WORKERS }, () => publish(index))).concat(feed),
  )
  return { ...counted, budget: POINTS.burst + (POINTS.perSecond * LENGTH_MS) / 1_000 }
}

interface Answered {
  extensions?: { cost?: { actualQueryCost?: number | null } }
  errors?: { extensions?: { code?: string } }[]
}

/** @returns whether the call was made. */
async function orWait(time: SimulatedTime, call: () => Promise<unknown>): Promise<boolean> {
  try {
    await call()
    return true
  } catch (error) {
    if (!(error instanceof Fault) || error.kind !== 'throttled') throw error
    await time.sleep(error.retryAfterMs ?? 1_000)
    return false
  }
}

async function amazonMinutes(database: Database) {
  const time = simulatedTime(START_MS)
  const vendor = enforcing(time)
  const workers = Array.from({ length: PROCESSES }, (_, index) => {
    // Clocks of machines differ.
    const budget = openBudget({ vendor: 'Amazon', limits: AMAZON, now: () => time.now() + index * 7_000 - 10_000 })
    budget.share(sourceIn(database, 'amazon'), `process-${index}`)
    return Object.keys(AMAZON).flatMap((operation) => [
      call(time, vendor, budget, operation),
      call(time, vendor, budget, operation),
    ])
  })
  await time.run(workers.flat())
  return vendor.results()
}

const call =
  (time: SimulatedTime, vendor: ReturnType<typeof enforcing>, budget: Budget, bucket: string) => async () => {
    while (time.now() < START_MS + LENGTH_MS) {
      await orWait(time, async () => {
        const settle = await budget.draw({ bucket, price: 1, what: bucket })
        await time.sleep(LATENCY_MS / 2)
        const perSecond = vendor.take(bucket)
        await time.sleep(LATENCY_MS / 2)
        // The header gives the rate alone; the burst is the published one.
        settle({ limit: { burst: AMAZON[bucket]!.burst, perSecond } })
      })
    }
  }

/** Answers 429 beyond its limits, and tells the rate in force. One rate doubles half-way. */
function enforcing(time: SimulatedTime) {
  const buckets = new Map(
    Object.entries(AMAZON).map(([name, limit]) => [
      name,
      { ...limit, level: limit.burst, atMs: START_MS, taken: 0, exceeded: 0 },
    ]),
  )
  return {
    take(name: string): number {
      const bucket = buckets.get(name)!
      if (name === 'patchListingsItem' && time.now() > START_MS + LENGTH_MS / 2) bucket.perSecond = 10
      bucket.level = Math.min(bucket.burst, bucket.level + ((time.now() - bucket.atMs) / 1_000) * bucket.perSecond)
      bucket.atMs = time.now()
      if (bucket.level + 1e-6 < 1) bucket.exceeded += 1
      else {
        bucket.level -= 1
        bucket.taken += 1
      }
      return bucket.perSecond
    },
    results: () =>
      Object.fromEntries(
        [...buckets].map(([name, { burst, taken, exceeded }]) => {
          const [first, second] = [AMAZON[name]!.perSecond, name === 'patchListingsItem' ? 10 : AMAZON[name]!.perSecond]
          const allowed = burst + ((first + second) / 2) * (LENGTH_MS / 1_000)
          return [name, { exceeded, taken, used: rounded(taken / allowed, 3) }]
        }),
      ),
  }
}
