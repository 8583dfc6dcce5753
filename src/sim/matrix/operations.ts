/** What a request to a simulated system asks for, in that system's own words, for the names of points. */

/** `sale.order.action_confirm`, `InventorySet`, or the path of whatever has no better name. */
export async function operationOf(request: Request): Promise<string> {
  const { pathname } = new URL(request.url)
  const text = request.method === 'POST' ? await request.clone().text() : ''
  if (pathname.endsWith('/graphql.json')) return graphqlName(text) ?? 'graphql'
  if (pathname === '/jsonrpc') return rpcName(text) ?? 'jsonrpc'
  if (pathname.startsWith('/json/2/')) return pathname.slice('/json/2/'.length).replaceAll('/', '.')
  return pathname.split('/').at(-1)!
}

const graphqlName = (text: string): string | undefined => /\b(?:query|mutation)\s+(\w+)/.exec(text)?.[1]

interface RpcBody {
  params?: { service?: string; method?: string; args?: unknown[] }
}

function rpcName(text: string): string | undefined {
  const { params } = JSON.parse(text) as RpcBody
  if (params?.service !== 'object') return params && `${params.service}.${params.method}`
  const [, , , model, method] = params.args ?? []
  return `${String(model)}.${String(method)}`
}
