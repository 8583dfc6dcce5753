/** What `doctor` asks of a shop: does the key work, may it write, do webhooks stand, do clocks agree, does it count. */
import { z } from 'zod'
import { toFault } from '../../fault.ts'
import type { Finding } from '../kit/connector.ts'
import type { Client } from './http.ts'
import { listProducts } from './poll-products.ts'
import { shaped } from './shape.ts'
import { listWebhooks, standing, TOPICS } from './webhooks.ts'

export interface CheckOptions {
  url: string
  keepBackorders: boolean
  hookUrl: string | undefined
}

export async function check(client: Client, options: CheckOptions): Promise<Finding[]> {
  try {
    const { products } = await listProducts(client, { since: null, page: 1 })
    const all = await listWebhooks(client)
    return [
      { level: 'ok', about: 'connection', message: `Connected to ${new URL(options.url).host}; the key may read.` },
      secrecy(options.url),
      await permissions(client),
      clock(client.skewMs()),
      webhooks(options.hookUrl === undefined ? null : standing(all, options.hookUrl)),
      backorders(options.keepBackorders),
      parents(products),
    ]
  } catch (error) {
    const { kind, message } = toFault(error)
    const about = kind === 'unauthorised' ? 'permissions' : 'connection'
    return [{ level: 'error', about, message, cure: 'Mend this first; nothing else could be looked at.' }]
  }
}

function secrecy(url: string): Finding {
  if (url.startsWith('https:')) return { level: 'ok', about: 'connection', message: 'Everything is sent encrypted.' }
  const message =
    'The shop is reached over plain http: requests are signed, but orders and customers can be read on the way.'
  return { level: 'warning', about: 'connection', message, cure: 'Give the shop a certificate and set url to https.' }
}

/** An empty batch changes nothing, and is refused to a key that may only read. */
async function permissions(client: Client): Promise<Finding> {
  const about = 'permissions'
  try {
    await client.call({
      method: 'POST',
      path: '/products/batch',
      body: { update: [] },
      what: 'whether the key may write',
    })
    return { level: 'ok', about, message: 'The key may write.' }
  } catch (error) {
    const { kind, message } = toFault(error)
    if (kind !== 'unauthorised')
      return { level: 'warning', about, message: `Whether the key may write is not known. ${message}` }
    return {
      level: 'error',
      about,
      message,
      cure: 'Give the key the permission Read/Write under WooCommerce › Settings › Advanced.',
    }
  }
}

function clock(skewMs: number | null): Finding {
  if (skewMs === null) {
    const cure = 'Let the header Date through: without it no stock is published.'
    return { level: 'error', about: 'clock', message: 'The shop does not say what time it is.', cure }
  }
  const seconds = Math.round(Math.abs(skewMs) / 1_000)
  if (seconds <= 30)
    return {
      level: 'ok',
      about: 'clock',
      message: `The clock agrees with the shop's within ${Math.max(1, seconds)} s.`,
    }
  const message = `This machine's clock is ${seconds} s ${skewMs > 0 ? 'behind' : 'ahead of'} the shop's; from 900 s on signatures are refused.`
  return { level: 'warning', about: 'clock', message, cure: 'Set up time synchronisation (NTP).' }
}

function webhooks(found: ReturnType<typeof standing> | null): Finding {
  const about = 'webhooks'
  if (found === null) {
    const cure = 'Configure the public URL of the hub to hear of orders within seconds.'
    return {
      level: 'warning',
      about,
      message: 'The hub has no public URL, so orders are only read twice a minute.',
      cure,
    }
  }
  const off = [...found.missing, ...found.silent.map(({ topic }) => topic)]
  if (off.length === 0) return { level: 'ok', about, message: `All ${TOPICS.length} webhooks stand.` }
  const cure = 'The upkeep of webhooks mends it within five minutes. When it comes back, look at why deliveries fail.'
  return { level: 'warning', about, message: `Webhooks are missing or switched off: ${off.join(', ')}.`, cure }
}

const backorders = (kept: boolean): Finding =>
  kept
    ? {
        level: 'warning',
        about: 'stock',
        message: 'Products that allow backorders are sold beyond their number.',
        cure: 'Leave keepBackorders out unless that is wanted.',
      }
    : { level: 'ok', about: 'stock', message: 'Backorders are switched off with every stock write.' }

const withStock = z.object({ manage_stock: z.union([z.boolean(), z.string()]).nullish() })

function parents(products: readonly { type: string; manage_stock?: unknown }[]): Finding {
  const shared = products.filter(
    (one) => one.type === 'variable' && shaped(withStock, one, 'product').manage_stock === true,
  )
  if (shared.length === 0)
    return { level: 'ok', about: 'stock', message: 'No product seen here keeps the stock of its variations.' }
  const message = `${shared.length} products keep the stock of their variations; variations with a SKU of their own get a number of their own with the first write.`
  return {
    level: 'warning',
    about: 'stock',
    message,
    cure: 'If they are one thing in the ERP, take the SKUs off the variations.',
  }
}
