/** Both ends of the wire against Uber Direct's own types, where they are at hand (folder named by CROSSDOCK_SPECS). */
import { Ajv } from 'ajv'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Fetch } from '../../io.ts'
import { answer, fault, hooksAfter, readAll } from '../kit/testing.ts'
import { courierAsk, createWorld, home, sent } from './testing.ts'

const folder = process.env['CROSSDOCK_SPECS'] ? join(process.env['CROSSDOCK_SPECS'], 'uber-direct') : ''
const file = join(folder, 'uber-direct.schema.json')
const atHand = folder !== '' && existsSync(file)
if (!atHand) console.warn("CROSSDOCK_SPECS does not name the vendors' contracts: Uber Direct's was NOT checked.")

interface Schema {
  $ref?: string
  properties?: Record<string, Schema>
  items?: Schema
}

function openContract() {
  const contract = JSON.parse(readFileSync(file, 'utf8')) as { definitions: Record<string, Schema>; paths: string[] }
  // Named there and never said.
  contract.definitions['Record'] ??= {}
  const ajv = new Ajv({ strict: false, validateFormats: false, inlineRefs: false, allErrors: true })
  ajv.addSchema(contract as never, 'uber')
  /** Members the contract does not know: it lets everything through by itself. */
  function strange(schema: Schema | undefined, value: unknown, path: string): string[] {
    const named = schema?.$ref ? contract.definitions[schema.$ref.split('/').at(-1)!] : schema
    if (Array.isArray(value)) return value.flatMap((one) => strange(named?.items, one, `${path}[]`))
    if (typeof value !== 'object' || value === null || !named?.properties) return []
    return Object.entries(value).flatMap(([name, inner]) =>
      name in named.properties! ? strange(named.properties![name], inner, `${path}.${name}`) : [`${path}.${name} is not theirs`],
    ) // prettier-ignore
  }
  function problemsOf(name: string, value: unknown): string[] {
    const check = ajv.getSchema(`uber#/definitions/${name}`)
    if (!check) return [`${name} is not in the contract`]
    const wrong = check(value)
      ? []
      : (check.errors ?? []).map((one) => `${name}${one.instancePath} ${one.message ?? ''}`)
    return [...wrong, ...strange(contract.definitions[name], value, name)]
  }
  const hasPath = (path: string) => contract.paths.includes(path)
  return { problemsOf, hasPath }
}

/** What is sent to a path, and what comes back. */
const SHAPES: Readonly<Record<string, readonly [request: string | null, response: string]>> = {
  'POST /customers/{customer_id}/delivery_quotes': ['DeliveryQuoteReq', 'DeliveryQuoteResp'],
  'POST /customers/{customer_id}/deliveries': ['DeliveryReq', 'CreateDeliveryResp'],
  'GET /customers/{customer_id}/deliveries': [null, 'inline_response_200'],
  'GET /customers/{customer_id}/deliveries/{delivery_id}': [null, 'GetDeliveryResp'],
  'POST /customers/{customer_id}/deliveries/{delivery_id}/cancel': [null, 'DeliveryResp'],
}
const QUERIES = ['filter', 'limit', 'offset']

const pathOf = (pathname: string): string =>
  pathname
    .replace(/^\/v1/, '')
    .replace(/(del|ret)_[\w-]+/, '{delivery_id}')
    .replace(/cus_\w+/, '{customer_id}')

test('every request and every answer is as the contract says', async () => {
  if (!atHand) return
  const { problemsOf, hasPath } = openContract()
  const wrong: string[] = []
  const seen = new Set<string>()
  const wrap =
    (fetch: Fetch): Fetch =>
    async (request) => {
      const { pathname, searchParams } = new URL(request.url)
      if (pathname === '/oauth/v2/token') return fetch(request)
      const name = `${request.method} ${pathOf(pathname)}`
      const [asked, answered] = SHAPES[name] ?? [null, 'nothing']
      if (!hasPath(pathOf(pathname))) wrong.push(`The contract has no ${name}.`)
      for (const query of searchParams.keys()) if (!QUERIES.includes(query)) wrong.push(`${name} has no ${query}`)
      const text = await request.clone().text()
      if ((text === '') !== (asked === null)) wrong.push(`${name} sends ${text === '' ? 'nothing' : 'something'}`)
      if (asked && text !== '') wrong.push(...problemsOf(asked, JSON.parse(text)))
      const response = await fetch(request)
      const said: unknown = await response.clone().json()
      const errors = response.status === 401 ? '401Error' : 'ErrorWithMetadata'
      wrong.push(...problemsOf(response.ok ? answered : errors, said))
      if (response.ok && answered === 'inline_response_200')
        for (const one of (said as { data: unknown[] }).data) wrong.push(...problemsOf('GetDeliveryResp', one))
      seen.add(`${name} ${response.status}`)
      return response
    }
  const world = createWorld({ wrap, config: { proof: 'signature' } })
  const { account, connection } = world
  const { labelId } = await sent(world, 'shop:1001:7:1', { to: { ...home, company: 'Analytical Engines' } })
  const again = await sent(world, 'shop:1001:8:1')
  await answer(connection, 'label.void', { reference: 'shop:1001:8:1', labelId: again.labelId })
  await fault(connection, 'label.ensure', courierAsk('shop:1001:8:1'))
  await fault(connection, 'label.ensure', courierAsk('shop:1001:9:1', { to: { ...home, postcode: '1' } }))
  for (const to of ['pickup', 'pickup_complete', 'dropoff'] as const) account.move(labelId, to)
  await fault(connection, 'label.void', { reference: 'x', labelId: 'del_none' })
  const first = await readAll(connection.feeds['deliveries'])
  account.arriveBack(account.bringBack(labelId))
  await readAll(connection.feeds['deliveries'], first.cursor)
  account.revokeTokens()
  await connection.check()
  for (const hook of hooksAfter(world.clock, account, 60_000)) {
    const { data } = JSON.parse(hook.body) as { data: unknown }
    wrong.push(...problemsOf('GetDeliveryResp', data))
  }
  expect([...new Set(wrong)]).toEqual([])
  expect([...seen].sort()).toEqual([
    'GET /customers/{customer_id}/deliveries 200',
    'GET /customers/{customer_id}/deliveries 401',
    'GET /customers/{customer_id}/deliveries/{delivery_id} 200',
    'GET /customers/{customer_id}/deliveries/{delivery_id} 404',
    'POST /customers/{customer_id}/deliveries 200',
    'POST /customers/{customer_id}/deliveries 409',
    'POST /customers/{customer_id}/deliveries/{delivery_id}/cancel 200',
    'POST /customers/{customer_id}/delivery_quotes 200',
    'POST /customers/{customer_id}/delivery_quotes 400',
  ])
})
