/** The simulated retailer in real time: customers buy, the warehouse ships, and the shop's webhooks go out over real HTTP. */
import type { OutgoingHook } from '#connectors/kit/simulator.ts'
import { startLoop } from '#engine/loop.ts'
import type { Estate } from './estate.ts'
import type { People } from './people.ts'
import type { Random } from './random.ts'

export interface BustleOptions {
  /** Visits of customers in a minute. */
  perMinute: number
  /** Stop selling after so many orders; null never does. */
  ordersMax: number | null
  /** Shopify sends some webhooks twice; this share of them here. */
  twice: number
  onError(error: unknown): void
}

export interface Bustle {
  stop(): Promise<void>
}

const TICK_MS = 100
/** Shopify gives a webhook five seconds in all. */
const HOOK_DEADLINE_MS = 5_000
const HOOKS_AT_ONCE = 8

export function startBustle(estate: Estate, people: People, random: Random, options: BustleOptions): Bustle {
  const { perMinute, ordersMax, twice, onError } = options
  const visitsPerTick = (perMinute * TICK_MS) / 60_000
  let visits = 0

  const live = (): Promise<number> => {
    visits += visitsPerTick
    while (visits >= 1) {
      visits -= 1
      if (ordersMax !== null && people.placed >= ordersMax) continue
      people.buy()
      if (random.chance(0.06)) people.cancel()
    }
    if (random.chance(0.2)) people.pay()
    // Picking keeps up with selling, some seconds behind.
    const closed = ordersMax !== null && people.placed >= ordersMax
    for (let pick = 0; pick < Math.ceil(visitsPerTick * 2); pick += 1) people.ship(closed)
    if (!closed && random.chance(0.15 * Math.max(0.2, visitsPerTick))) people.receive()
    return Promise.resolve(0)
  }

  const post = async (hook: OutgoingHook): Promise<void> => {
    const times = random.chance(twice) ? 2 : 1
    let status: number | null = null
    for (let time = 0; time < times; time += 1) {
      try {
        const signal = AbortSignal.timeout(HOOK_DEADLINE_MS)
        const response = await fetch(hook.url, { method: 'POST', headers: hook.headers, body: hook.body, signal })
        await response.arrayBuffer()
        status = response.status
      } catch {
        status = null
      }
    }
    hook.settle(status)
  }

  const tell = async (): Promise<number> => {
    const hooks = estate.shop.due()
    for (let at = 0; at < hooks.length; at += HOOKS_AT_ONCE) await Promise.all(hooks.slice(at, at + HOOKS_AT_ONCE).map(post))
    return hooks.length
  }

  const loops = [startLoop(live, { idleMs: TICK_MS, onError }), startLoop(tell, { idleMs: TICK_MS, onError })]
  return {
    async stop() {
      await Promise.all(loops.map((loop) => loop.stop()))
    },
  }
}
