/** Real addresses through the history API: the path decides the page, links stay links, the back button works. */
import { computed, signal } from '@preact/signals'

export type Route =
  | {
      page:
        | 'today'
        | 'orders'
        | 'stock'
        | 'dead'
        | 'holds'
        | 'returns'
        | 'customers'
        | 'stores'
        | 'catalogue'
        | 'reconciliation'
        | 'connections'
        | 'missing'
    }
  | { page: 'order'; channel: string; externalId: string }
  | { page: 'sku'; pool: string; sku: string }
  | { page: 'letter'; id: string }
  | { page: 'store'; storeId: string }
  | { page: 'matching'; channel: string }

const here = () => ({ path: location.pathname, query: location.search })
const address = signal(here())

/** The query of the address, for filters: `/orders?status=held_back` can be bookmarked and sent to a colleague. */
export const query = computed(() => new URLSearchParams(address.value.query))

/** By itself, so that a change of the query alone is no change of the page. */
const path = computed(() => address.value.path)
export const route = computed<Route>(() => match(path.value))

function match(path: string): Route {
  const [first, second, third, ...more] = path.split('/').filter(Boolean).map(decoded)
  if (more.length > 0) return { page: 'missing' }
  if (first === undefined) return { page: 'today' }
  if (second !== undefined && third !== undefined) {
    if (first === 'orders') return { page: 'order', channel: second, externalId: third }
    if (first === 'stock') return { page: 'sku', pool: second, sku: third }
  }
  if (first === 'dead' && second !== undefined && third === undefined) return { page: 'letter', id: second }
  if (first === 'stores' && second !== undefined && third === undefined) return { page: 'store', storeId: second }
  if (first === 'catalogue' && second !== undefined && third === undefined) return { page: 'matching', channel: second }
  if (second === undefined && isList(first)) return { page: first }
  return { page: 'missing' }
}

const LISTS = ['orders', 'stock', 'stores', 'holds', 'returns', 'customers', 'catalogue', 'dead', 'reconciliation', 'connections'] as const // prettier-ignore
const isList = (name: string): name is (typeof LISTS)[number] => (LISTS as readonly string[]).includes(name)

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

const encoded = (...parts: string[]): string => parts.map(encodeURIComponent).join('/')
export const orderPath = (channel: string, externalId: string): string => `/orders/${encoded(channel, externalId)}`
export const letterPath = (id: number): string => `/dead/${id}`
export const storePath = (storeId: string): string => `/stores/${encoded(storeId)}`
export const matchingPath = (channel: string): string => `/catalogue/${encoded(channel)}`
export const skuPath = (pool: string, sku: string): string => `/stock/${encoded(pool, sku)}`

/** @param replace for what is no step of its own, such as typing into a filter: the back button skips it. */
export function go(path: string, replace = false): void {
  const moved = path.split('?')[0] !== location.pathname
  history[replace ? 'replaceState' : 'pushState'](null, '', path)
  address.value = here()
  if (moved) scrollTo(0, 0)
}

/** Turns plain clicks on links of the console into page changes; what opens a new tab is left to the browser. */
export function startRouter(): void {
  addEventListener('popstate', () => (address.value = here()))
  document.addEventListener('click', (event) => {
    const link = event.target instanceof Element ? event.target.closest('a') : null
    const plain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey
    if (!link || !plain || link.target || link.origin !== location.origin || event.defaultPrevented) return
    if (link.hash && link.pathname === location.pathname) return
    event.preventDefault()
    go(link.pathname + link.search)
  })
}
