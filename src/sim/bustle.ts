/**
 * The simulated retailer in real time: customers buy, the warehouse ships, and the shop's webhooks go out over real
 * HTTP.
 */
import type { OutgoingHook } from '#connectors/kit/simulator.ts'
import { startLoop } from '#engine/loop.ts'
import type { Act } from './people.ts'
import type { Random } from './random.ts'

export interface BustleOptions {
  /** Visits of customers in a minute. */
  perMinute: number
  /** Stop selling when so many orders were taken, earlier ones included; null never does. */
  ordersMax: number | null
  /** Shopify sends some webhooks twice; this share of them here. */
  twice: number
  /** Where the hub listens: stores know it by that alone. */
  hubUrl: string
  /** SKUs whose flash sale is on. */
  flashSales(): Promise<readonly string[]>
  onError(error: unknown): void
}

/** A retailer whose every act is remembered before it shows. */
export interface Retailer {
  /** Orders taken so far. */
  placed(): number
  /** @param all when shipping: everything reserved, never only a part. */
  act(act: Act, all?: boolean): Promise<unknown>
  /** Many at once run for one SKU. @returns how many got it. */
  rush(sku: string, buyers: number): Promise<number>
  /** Webhooks that are due now. */
  due(): Promise<OutgoingHook[]>
}

export interface Bustle {
  stop(): Promise<void>
}

const TICK_MS = 100
/** Orders that wait in the warehouse before it picks the next: time to change one's mind. */
const BACKLOG = 14
/** Some go out in two. */
const PARCELS_PER_ORDER = 1.15
/** Shopify gives a webhook five seconds in all. */
const HOOK_DEADLINE_MS = 5_000
const HOOKS_AT_ONCE = 8
/** The host that stores name, wherever the hub listens. */
const STORES_SAY = 'hub.sim'
/** So many people run for what is in a flash sale. */
const CROWD = 400

export function startBustle(retailer: Retailer, random: Random, options: BustleOptions): Bustle {
  const { perMinute, ordersMax, twice, hubUrl, flashSales, onError } = options
  const visitsPerTick = (perMinute * TICK_MS) / 60_000
  const opened = retailer.placed()
  let visits = 0
  let parcels = 0

  const isClosed = () => ordersMax !== null && retailer.placed() >= ordersMax

  const live = async (): Promise<number> => {
    visits += visitsPerTick
    while (visits >= 1) {
      visits -= 1
      if (isClosed()) continue
      await retailer.act('buy')
      await retailer.act('ring')
      if (random.chance(0.06)) await retailer.act('cancel')
    }
    if (random.chance(0.2)) await retailer.act('pay')
    // Picking keeps up with selling, some orders behind; after closing everything goes out.
    const closed = isClosed()
    for (let pick = 0; pick < Math.ceil(visitsPerTick * 2); pick += 1) {
      if (!closed && retailer.placed() - opened - parcels / PARCELS_PER_ORDER < BACKLOG) break
      if (await retailer.act('ship', closed)) parcels += 1
    }
    if (!closed && random.chance(0.15 * Math.max(0.2, visitsPerTick))) await retailer.act('receive')
    return 0
  }

  const post = async (hook: OutgoingHook): Promise<void> => {
    const times = random.chance(twice) ? 2 : 1
    let status: number | null = null
    for (let time = 0; time < times; time += 1) {
      try {
        const { pathname, host } = new URL(hook.url)
        const url = host === STORES_SAY ? new URL(pathname, hubUrl) : hook.url
        const signal = AbortSignal.timeout(HOOK_DEADLINE_MS)
        const response = await fetch(url, { method: 'POST', headers: hook.headers, body: hook.body, signal })
        await response.arrayBuffer()
        status = response.status
      } catch {
        status = null
      }
    }
    hook.settle(status)
  }

  const tell = async (): Promise<number> => {
    const hooks = await retailer.due()
    for (let at = 0; at < hooks.length; at += HOOKS_AT_ONCE)
      await Promise.all(hooks.slice(at, at + HOOKS_AT_ONCE).map(post))
    return hooks.length
  }

  /** The first seconds bring the most; who comes when nothing is left goes away again. */
  const crowds = new Map<string, number>()
  const storm = async (): Promise<number> => {
    const on = await flashSales()
    for (const sku of crowds.keys()) if (!on.includes(sku)) crowds.delete(sku)
    for (const sku of on) {
      const crowd = crowds.get(sku) ?? CROWD
      const come = Math.ceil(crowd / 20)
      crowds.set(sku, crowd - come)
      if (crowd > 0) await retailer.rush(sku, come)
    }
    return 0
  }

  const loops = [
    startLoop(storm, { idleMs: 1_000, onError }),
    startLoop(live, { idleMs: TICK_MS, onError }),
    startLoop(tell, { idleMs: TICK_MS, onError }),
  ]
  return {
    async stop() {
      await Promise.all(loops.map((loop) => loop.stop()))
    },
  }
}
