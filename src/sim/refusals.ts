/** Somebody has made a rule in Odoo that forbids what the hub does there, until they take it out again. */
import type { Fetch } from '../io.ts'
import type { Random } from './random.ts'

/** What such rules forbid. Each call is refused before it does anything. */
const FORBIDDEN = [
  'sale.order load',
  'sale.order action_cancel',
  'account.move action_post',
  'res.partner create',
] as const

export interface Refusals {
  /** Makes a rule, or takes it out. */
  change(): void
  end(): void
  /** What reaches Odoo. */
  around(fetch: Fetch): Fetch
}

interface Call {
  id: unknown
  params?: { args?: unknown[] }
}

export function createRefusals(random: Random): Refusals {
  let forbidden: string | null = null
  return {
    change: () => void (forbidden = forbidden === null ? random.pick(FORBIDDEN) : null),
    end: () => void (forbidden = null),
    around: (fetch) => async (request) => {
      if (forbidden === null || new URL(request.url).pathname !== '/jsonrpc') return fetch(request)
      const { id, params } = (await request.clone().json()) as Call
      const [, , , model, method] = params?.args ?? []
      if (`${String(model)} ${String(method)}` !== forbidden) return fetch(request)
      const message = 'A rule of this company does not allow it.'
      const data = { name: 'odoo.exceptions.ValidationError', message, arguments: [message], context: {}, debug: '' }
      return Response.json({ jsonrpc: '2.0', id, error: { code: 200, message: 'Odoo Server Error', data } })
    },
  }
}
