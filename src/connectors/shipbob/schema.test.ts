/** Both ends of the wire against ShipBob's own contract, where it is at hand (folder named by CROSSDOCK_SPECS). */
import { Ajv } from 'ajv'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import type { Fetch } from '../../io.ts'
import { answer, readAll } from '../kit/testing.ts'
import { askFor, cancelAsk, REFERENCE, subscribed } from './testing.ts'

const folder = process.env['CROSSDOCK_SPECS'] ? join(process.env['CROSSDOCK_SPECS'], 'shipbob') : ''
const file = join(folder, 'shipbob-2026-01.openapi.json.gz')
const atHand = folder !== '' && existsSync(file)
if (!atHand) console.warn("CROSSDOCK_SPECS does not name the vendors' contracts: ShipBob's was NOT checked.")

interface Operation {
  parameters?: { in: string; name: string; required?: boolean }[]
  requestBody?: { content: Record<string, { schema: unknown }> }
  responses: Record<string, { content?: Record<string, { schema: unknown }> }>
}

function openContract() {
  const contract = JSON.parse(gunzipSync(readFileSync(file)).toString('utf8')) as {
    paths: Record<string, Record<string, Operation>>
  }
  const ajv = new Ajv({ strict: false, validateFormats: false, inlineRefs: false, allErrors: true })
  ajv.addSchema(contract as never, 'shipbob')
  const at = (path: string) => path.split('/').map((part) => part.replaceAll('~', '~0').replaceAll('/', '~1'))
  const problemsOf = (schema: unknown, value: unknown): string[] => {
    const text = JSON.stringify(schema).replaceAll('"#/', '"shipbob#/')
    const check = ajv.compile(JSON.parse(text) as object)
    return check(value) ? [] : (check.errors ?? []).map((one) => `${one.instancePath} ${one.message ?? ''}`)
  }
  /** The operation a path is of: its parts are the same but for those in braces. */
  const operationOf = (method: string, path: string) => {
    const found = Object.keys(contract.paths).find((one) => {
      const pattern = at(one).map((part) => part.replace(/\{\w+\}/g, '\\d+')).join('/') // prettier-ignore
      return new RegExp(`^${pattern}$`).test(path)
    })
    return found ? contract.paths[found]![method.toLowerCase()] : undefined
  }
  return { problemsOf, operationOf }
}

test('every request and every answer is as the contract says', async () => {
  if (!atHand) return
  const { problemsOf, operationOf } = openContract()
  const wrong: string[] = []
  const seen = new Set<string>()
  const wrap =
    (fetch: Fetch): Fetch =>
    async (request) => {
      const url = new URL(request.url)
      const name = `${request.method} ${url.pathname}`
      const operation = operationOf(request.method, url.pathname)
      if (!operation) throw new Error(`The contract has no ${name}.`)
      seen.add(name.replace(/\d+:/, ':'))
      const text = await request.clone().text()
      const body = operation.requestBody?.content['application/json']?.schema
      if (text !== '' && body) wrong.push(...problemsOf(body, JSON.parse(text)).map((one) => `${name} sends ${one}`))
      for (const query of url.searchParams.keys())
        if (!operation.parameters?.some((one) => one.in === 'query' && one.name === query))
          wrong.push(`${name} has no ${query}`)
      for (const { in: where, name: header, required } of operation.parameters ?? [])
        if (where === 'header' && required && !request.headers.has(header)) wrong.push(`${name} lacks ${header}`)
      const response = await fetch(request)
      const schema = operation.responses[String(response.status)]?.content?.['application/json']?.schema
      if (!schema) wrong.push(`${name} answers ${response.status}, which the contract does not know`)
      else wrong.push(...problemsOf(schema, await response.clone().json()).map((one) => `${name} answers ${one}`))
      return response
    }
  const world = await subscribed({ wrap, config: { countsFor: 'BOB' } })
  await answer(world.connection, 'warehouseOrder.ensure', askFor())
  await answer(world.connection, 'warehouseOrder.ensure', askFor({ reference: 'shop:2:BOB' }))
  world.account.hold(REFERENCE, 'AddressUnverified')
  world.account.ship(REFERENCE, [{ sku: 'MUG', quantity: 1 }])
  world.account.takeBack(REFERENCE, [{ sku: 'MUG', quantity: 1, action: 'Restock' }])
  await answer(world.connection, 'warehouseOrder.cancel', { ...cancelAsk, reference: 'shop:2:BOB' })
  await readAll(world.connection.feeds['orders'])
  await readAll(world.connection.feeds['returns'])
  await readAll(world.connection.feeds['inventory'])
  await world.connection.check()
  expect(wrong).toEqual([])
  expect([...seen].sort()).toEqual([
    'GET /2026-01/channel', 'GET /2026-01/inventory-level', 'GET /2026-01/order', 'GET /2026-01/return', 'GET /2026-01/webhook',
    'POST /2026-01/order', 'POST /2026-01/order/:cancel', 'POST /2026-01/webhook',
  ]) // prettier-ignore
})
