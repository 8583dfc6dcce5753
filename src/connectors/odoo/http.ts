/**
 * One request to Odoo: JSON in, JSON out. What is not JSON (a proxy's page, a closed socket, silence) becomes a fault.
 */
import { Fault } from '../../fault.ts'
import type { Io } from '../../io.ts'

export interface Answered {
  status: number
  body: unknown
}

export interface Wire {
  send(path: string, body: unknown, headers?: Record<string, string>): Promise<Answered>
  get(path: string): Promise<Answered>
  /** The server's clock less ours, by the `Date` header of the last answer; null before the first. */
  skewMs(): number | null
}

export function wire({ url, timeoutMs }: { url: string; timeoutMs: number }, io: Io): Wire {
  let skew: number | null = null
  const base = url.replace(/\/+$/, '')

  async function exchange(path: string, init: RequestInit): Promise<Answered> {
    let response: Response
    let text: string
    try {
      response = await io.fetch(new Request(base + path, { ...init, signal: AbortSignal.timeout(timeoutMs) }))
      text = await response.text()
    } catch (error) {
      if (error instanceof Fault) throw error
      const why = error instanceof Error && error.name === 'TimeoutError' ? `within ${timeoutMs / 1000} s` : 'at all'
      throw new Fault('unavailable', `Odoo did not answer ${path} ${why}.`, { code: 'odoo.unreachable', cause: error })
    }
    const date = Date.parse(response.headers.get('date') ?? '')
    if (!Number.isNaN(date)) skew = date - io.now()
    return { status: response.status, body: parse(response, text, path) }
  }

  return {
    send: (path, body, headers = {}) =>
      exchange(path, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify(body),
      }),
    get: (path) => exchange(path, { method: 'GET' }),
    skewMs: () => skew,
  }
}

function parse(response: Response, text: string, path: string): unknown {
  if (response.status === 429) {
    const seconds = Number(response.headers.get('retry-after'))
    throw new Fault('throttled', 'Odoo asked to slow down.', {
      code: 'odoo.throttled',
      ...(seconds > 0 ? { retryAfterMs: seconds * 1000 } : {}),
    })
  }
  const body = asJson(response, text)
  if (body !== undefined && (response.status < 400 || explained(body))) return body
  throw unexplained(response.status, path)
}

/** Whether Odoo itself says what went wrong: both protocols name an exception. */
function explained(body: unknown): boolean {
  const { name, error } = (body ?? {}) as { name?: unknown; error?: { data?: unknown } }
  return typeof name === 'string' || typeof error?.data === 'object'
}

/** What is not Odoo's own answer is never quoted: it may repeat the request, key and all. */
function unexplained(status: number, path: string): Fault {
  if (status === 401 || status === 403) {
    return new Fault(
      'unauthorised',
      `Access to ${path} was refused with status ${status}; check the key and what stands in front of Odoo.`,
      {
        code: 'odoo.access_denied',
      },
    )
  }
  if (status >= 500) {
    return new Fault('unavailable', `Odoo answered ${path} with status ${status}.`, { code: 'odoo.unavailable' })
  }
  if (status === 404 && path.startsWith('/json/2/')) {
    return new Fault('rejected', 'Odoo knows no such database; check `database` in the configuration.', {
      code: 'odoo.database_unknown',
    })
  }
  if (status >= 400) {
    return new Fault('rejected', `Odoo answered ${path} with status ${status}.`, { code: 'odoo.bad_call' })
  }
  return new Fault('unavailable', `A page came back from ${path} instead of data: is a proxy in between?`, {
    code: 'odoo.unavailable',
  })
}

/** undefined when it is not JSON. */
function asJson(response: Response, text: string): unknown {
  if (!/json/.test(response.headers.get('content-type') ?? '')) return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
