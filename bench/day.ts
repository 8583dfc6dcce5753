/**
 * A trading day of a retailer with 40 stores: 50,000 orders over Shopify, WooCommerce, Amazon, Mirakl and the tills,
 * and 200,000 stock changes by other hands, through the whole hub, with the vendors' simulators in the same process.
 * Processor time counts, not the clock on the wall; whatever is not as it should be in the evening is in the result.
 */
import { runDay } from '#sim/day/day.ts'
import { median, memoryMB, rounded } from './measure.ts'
import type { Run } from './run.ts'
import { withServer } from './server.ts'

const ORDERS = 50_000
const STORES = 40
const SKUS = 400
/** The first hours warm up: what memory comes after them is growth. */
const EARLY = 3

export async function dayBench({ orders = ORDERS, report }: Run) {
  return withServer(async ({ version, create }) => {
    const memory: { resident: number; heap: number }[] = []
    const paces: number[] = []
    let [began, cpuSeconds] = [process.cpuUsage(), 0]
    const day = await runDay(await create('day'), {
      orders,
      stores: STORES,
      skus: SKUS,
      onBegin: () => void (began = process.cpuUsage()),
      onHour(sold) {
        const { user, system } = process.cpuUsage(began)
        const spent = (user + system) / 1e6
        cpuSeconds += spent
        paces.push(sold / spent)
        memory.push(memoryMB())
        const { resident, heap } = memory.at(-1)!
        const pace = `${sold} orders, ${rounded(sold / spent, 1)} per CPU-second`
        report(`hour ${memory.length}: ${pace}, heap ${rounded(heap)} MB, resident ${rounded(resident)} MB`)
        began = process.cpuUsage()
      },
    })
    for (const finding of day.disagreements.slice(0, 20)) report(finding)
    const [early, late] = [memory.slice(EARLY - 1, EARLY + 2), memory.slice(-EARLY)]
    const grown = (of: 'heap' | 'resident') =>
      rounded(median(late.map((one) => one[of])) / median(early.map((one) => one[of])), 3)
    return {
      benchmark: 'day',
      postgres: version,
      orders: day.orders,
      stores: STORES,
      stockChanges: day.stockChanges,
      cpuSeconds: rounded(cpuSeconds),
      ordersPerCpuSecond: rounded(day.orders / cpuSeconds, 1),
      ratioLateToEarly: rounded(median(paces.slice(-EARLY)) / median(paces.slice(EARLY - 1, EARLY + 2)), 3),
      lost: day.lost,
      twice: day.twice,
      disagreements: day.disagreements.length,
      agreed: day.disagreements.length === 0,
      heapRatio: grown('heap'),
      residentRatio: grown('resident'),
      heapMB: memory.map(({ heap }) => rounded(heap, 0)),
      residentMB: memory.map(({ resident }) => rounded(resident, 0)),
      goals: { lost: 0, twice: 0, agreed: true, heapRatioMax: 1.3 },
    }
  })
}
