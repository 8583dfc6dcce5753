/** Who may come in, and what everybody finds there: access, pages, live figures, problems, the OpenAPI document. */
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { request as httpRequest } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Doors, openDoors } from '../../tests/fuzz/doors.ts'
import { CHANNEL, openEstate, orderBody } from '../../tests/fuzz/estate.ts'
import * as contract from './contract.ts'
import { createServer } from './server.ts'

let doors: Doors
beforeAll(async () => {
  doors = await openDoors()
})
afterAll(() => doors.close())

beforeAll(async () => {
  await doors.deliver(orderBody(2001))
  await doors.estate.settle()
})

describe('addresses and methods', () => {
  it('answers in problems', async () => {
    expect((await doors.get('/api/nothing')).status).toBe(404)
    const wrong = await fetch(`${doors.server.url}/api/orders`, {
      method: 'DELETE',
      headers: { origin: doors.server.url },
    })
    expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'GET'])
    expect(contract.problem.parse(await wrong.json()).cure).toContain('GET')
  })

  it('says nothing of an unexpected error but a number, and logs the rest', async () => {
    const broken = openEstate(doors.database)
    const engine = {
      ...broken.engine,
      database: { ...doors.database, prepared: async () => Promise.reject(new Error('secret detail')) },
    }
    const other = await createServer({ engine, receiver: broken.receiver, host: '127.0.0.1', port: 0 })
    const answer = await fetch(`${other.url}/api/orders/${CHANNEL}/2001`)
    const text = await answer.text()
    expect(answer.status).toBe(500)
    expect(text).not.toContain('secret')
    const line = broken.logged.find(({ message }) => message === 'a request failed')!
    expect(text).toContain(line.fields['id'])
    expect(line.fields['reason']).toContain('secret detail')
    await other.close()
  })

  it('knows whether it lives and can work', async () => {
    expect(contract.health.parse(await (await doors.get('/api/health')).json()).version).toBe('1.2.3')
    expect(contract.ready.parse(await (await doors.get('/api/ready')).json())).toMatchObject({
      ready: true,
      migrations: 'current',
    })
  })
})

describe('access', () => {
  it('does not start open to others without a token', async () => {
    await expect(doors.open({ host: '0.0.0.0' })).rejects.toThrow('without a token')
    await expect(doors.open({ host: '0.0.0.0', token: 'short' })).rejects.toThrow('shorter')
  })

  it('refuses names that are not ours', async () => {
    expect(await statusUnder('evil.example')).toBe(421)
    expect(await statusUnder('localhost:1')).toBe(200)
  })

  it('refuses changes that come from elsewhere', async () => {
    const path = `${doors.server.url}/api/orders/${CHANNEL}/2001/retry`
    expect((await fetch(path, { method: 'POST' })).status).toBe(403)
    expect((await fetch(path, { method: 'POST', headers: { origin: 'https://evil.example' } })).status).toBe(403)
    expect((await fetch(path, { method: 'POST', headers: { origin: 'null' } })).status).toBe(403)
  })

  it('wants the token, as bearer or session, and leaves hooks and health open', async () => {
    const token = 'a-token-of-a-good-length'
    const closed = await doors.open({ token })
    const at = (path: string, init: RequestInit = {}) => fetch(`${closed.url}${path}`, init)
    expect((await at('/api/orders')).status).toBe(401)
    expect((await at('/api/live')).status).toBe(401)
    expect((await at('/api/openapi.json')).status).toBe(401)
    expect((await at('/api/orders', { headers: { authorization: 'Bearer wrong' } })).status).toBe(401)
    expect((await at('/api/orders', { headers: { authorization: `Bearer ${token}` } })).status).toBe(200)
    expect((await at('/api/health')).status).toBe(200)
    expect((await doors.deliver(orderBody(1), 'orders/create', 'with-token', closed.url)).status).toBe(200)
    const login = (body: unknown, origin = closed.url) =>
      at('/api/session', {
        method: 'POST',
        headers: { origin, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
    expect((await login({ token: 'wrong' })).status).toBe(401)
    expect((await login({ token }, 'https://evil.example')).status).toBe(403)
    const cookie = (await login({ token })).headers.get('set-cookie')!
    expect(cookie).toMatch(/HttpOnly; SameSite=Strict/)
    expect(cookie).not.toContain(token)
    const session = { cookie: cookie.split(';')[0]! }
    expect((await at('/api/orders', { headers: session })).status).toBe(200)
    expect((await at(`/api/orders/${CHANNEL}/2001/retry`, { method: 'POST', headers: session })).status).toBe(403)
    expect((await at('/api/orders', { headers: { cookie: `${session.cookie}x` } })).status).toBe(401)
    doors.estate.passMs(13 * 60 * 60 * 1_000)
    expect((await at('/api/orders', { headers: session })).status).toBe(401)
    await closed.close()
  })

  function statusUnder(host: string): Promise<number> {
    const { port } = new URL(doors.server.url)
    return new Promise((resolve, reject) => {
      const request = httpRequest({ port, host: '127.0.0.1', path: '/api/orders', headers: { host } }, (response) => {
        response.resume()
        resolve(response.statusCode!)
      })
      request.on('error', reject).end()
    })
  }
})

describe('pages', () => {
  it('serves the console from memory, safely', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'console-'))
    mkdirSync(join(folder, 'assets'))
    writeFileSync(join(folder, 'index.html'), '<!doctype html><title>x</title>')
    writeFileSync(join(folder, 'assets', 'index-BxK3_9aQ.js'), 'export {}'.repeat(300))
    const withPages = await doors.open({ console: folder })
    const at = (path: string) => fetch(`${withPages.url}${path}`)
    const script = await at('/assets/index-BxK3_9aQ.js')
    expect(script.headers.get('content-type')).toContain('text/javascript')
    expect(script.headers.get('cache-control')).toContain('immutable')
    expect(script.headers.get('x-content-type-options')).toBe('nosniff')
    expect(await script.text()).toBe('export {}'.repeat(300))
    for (const path of ['/', '/orders/shop/1', '/index.html']) {
      const page = await at(path)
      expect([page.status, page.headers.get('cache-control')]).toEqual([200, 'no-cache'])
      expect(page.headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
      expect(await page.text()).toContain('<title>x')
    }
    for (const path of [
      '/missing.js',
      '/%2e%2e/%2e%2e/etc/passwd.txt',
      '/assets/..%2f..%2fpackage.json',
      '/api/x',
      '/hooks',
    ]) {
      expect((await at(path)).status, path).toBe(404)
    }
    await withPages.close()
    expect((await doors.get('/')).status).toBe(404)
  })
})

describe('live', () => {
  it('pushes the whole picture, then what changed; ends with the server', async () => {
    const own = await doors.open()
    const response = await fetch(`${own.url}/api/live`)
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader()
    let text = ''
    const until = async (fits: (text: string) => boolean) => {
      while (!fits(text)) {
        const { value, done } = await reader.read()
        if (done) return false
        text += value
      }
      return true
    }
    await until((so) => /event: overview\ndata: .*\n\n/.test(so))
    const first = JSON.parse(/event: overview\ndata: (.*)\n/.exec(text)![1]!) as unknown
    contract.overview.parse(first)
    text = ''
    doors.estate.passMs(2_000)
    await doors.deliver(orderBody(5001), 'orders/create', 'live-1', own.url)
    await doors.estate.settle()
    doors.estate.passMs(2_000)
    await until((so) => so.includes('#5001') && so.includes('order.placed'))
    const closing = own.close()
    expect(await until(() => false)).toBe(false)
    await closing
  })

  it('takes so many listeners and no more', async () => {
    const own = await doors.open({ limits: { listenersMax: 1 } })
    const one = await fetch(`${own.url}/api/live`)
    expect((await fetch(`${own.url}/api/live`)).status).toBe(503)
    expect((await fetch(`${own.url}/api/live`, { method: 'HEAD' })).status).toBe(503)
    await one.body!.cancel()
    await own.close()
  })
})

describe('openapi', () => {
  it('describes every operation, and every reference leads somewhere', async () => {
    const text = await (await doors.get('/api/openapi.json')).text()
    const document = JSON.parse(text) as {
      paths: Record<string, object>
      components: { schemas: Record<string, unknown> }
    }
    expect(Object.keys(document.paths)).toContain('/api/orders/{channel}/{externalId}')
    const references = [...text.matchAll(/"\$ref":"([^"]+)"/g)].map(([, to]) => to!)
    expect(references.length).toBeGreaterThan(20)
    for (const to of references)
      expect(document.components.schemas).toHaveProperty([to.replace('#/components/schemas/', '')])
  })
})
