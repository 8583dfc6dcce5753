/**
 * Stands in for the API while the console is tested: serves the built page under the policy the server sends, and
 * answers in the contract's own shapes. Every answer goes through the contract's schema, so the two cannot drift
 * apart.
 */
import { readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join } from 'node:path'
import { actionPreview, doActionBody, lookAtActionBody } from '#api/contract-actions.ts'
import { accepted } from '#api/contract-parts.ts'
import {
  catalogueDifferences, catalogueMatches, catalogueOverview, catalogueParams, mappingPreview, mappingPreviewBody,
  sendCatalogueBody, sentCatalogue,
} from '#api/contract-catalogue.ts' // prettier-ignore
import { acted, bulkDone, deadList, deadPage } from '#api/contract-dead.ts'
import {
  dryRunBody,
  dryRunResult,
  replayBody,
  replayDone,
  replayPreview,
  replaySelection,
} from '#api/contract-replay.ts'
import { holdList, holdListParams, keepHoldBody, orderHolds } from '#api/contract-holds.ts'
import { decideRefundBody, returnList, returnListParams } from '#api/contract-refunds.ts'
import { customerList, customerPage, customerPreview, customerReviews } from '#api/contract-customers.ts'
import { session } from '#api/contract-session.ts'
import {
  stockHistory,
  stockHistoryParams,
  stockList,
  stockListParams,
  stockModeBody,
  stockPage,
} from '#api/contract-stock.ts'
import { resumeBody, storeList, storePart } from '#api/contract-stores.ts'
import { shadowReportPart } from '#api/contract-shadow.ts'
import {
  inboxList,
  live,
  orderList,
  orderListParams,
  orderPage,
  overview,
  problem,
  revived,
  type Live,
  type Overview,
} from '#api/contract.ts'
import type { z } from 'zod'
import { deadPageOf } from './world-dead.ts'
import { CATALOGUE, DIFFERENCES, MATCHES, previewOf as mappingPreviewOf } from './world-catalogue.ts'
import { findingList, reconciliationList } from '#api/contract-reconcile.ts'
import { dryRunOf, previewOf, REPLAY_TOKEN, SHADOW } from './world-again.ts'
import { FINDINGS, RECONCILIATIONS } from './world-reconcile.ts'
import { decide, joining, recordOf, RECORDS } from './world-customers.ts'
import { listHolds, stepsOf } from './world-holds.ts'
import { ACTION_TOKEN, previewOfAction } from './world-life.ts'
import { listReturns } from './world-returns.ts'
import { historyBefore } from './world-stores.ts'
import { World } from './world.ts'

/** As strict as the server's own, and stricter where the console does not need more. */
export const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'"
export const TOKEN = 'a-token-for-tests'

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
}

export interface Mock {
  url: string
  world: World
  /** What was asked of the API by POST, in order: `/api/orders/shopify-main/1042/retry {}`. */
  acts: string[]
  /** When set, every request needs a session. */
  locked: boolean
  /** When set, every request to the API fails with this status. */
  failing: number | null
  /** Sends live news to every console that looks. */
  push(news: Partial<Live>): void
  /** Cuts every live connection; with `refuse`, new ones are refused until told otherwise. */
  cut(refuse: boolean): void
  close(): Promise<void>
}

interface Refusal {
  status: number
  title: string
  detail: string
  cure: string
}

/** @param dist folder of the built console. */
export async function startMock(dist: string): Promise<Mock> {
  const listeners = new Set<ServerResponse>()
  let refusing = false
  const server = createServer((request, response) => {
    void handle(request, response).catch((error: unknown) => {
      response.writeHead(500).end(String(error))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const mock: Mock = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    world: new World(),
    acts: [],
    locked: false,
    failing: null,
    push(news) {
      const checked = live.partial().parse(news)
      if (checked.overview) Object.assign(mock.world.overview, checked.overview)
      for (const [name, value] of Object.entries(checked)) {
        for (const one of listeners) one.write(`event: ${name}\ndata: ${JSON.stringify(value)}\n\n`)
      }
    },
    cut(refuse) {
      refusing = refuse
      for (const one of listeners) one.destroy()
    },
    async close() {
      for (const one of listeners) one.destroy()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', mock.url)
    if (!url.pathname.startsWith('/api/')) return serveFile(dist, url.pathname, response)
    if (refusing) return void request.socket.destroy()
    if (mock.failing !== null) {
      return refuse(response, url, {
        status: mock.failing,
        title: 'The database does not answer',
        detail: 'The hub waited 5 seconds for its database.',
        cure: 'Check that PostgreSQL runs, then try again.',
      })
    }
    const open = !mock.locked || (request.headers.cookie ?? '').includes(`session=${TOKEN}`)
    if (url.pathname === '/api/session' && request.method === 'POST')
      return openSession(await bodyOf(request), url, response)
    if (!open) return refuse(response, url, NO_SESSION)
    if (url.pathname === '/api/live') return listen(response)
    if (request.method === 'POST') return act(url, await bodyOf(request), response)
    return answerGet(url, response)
  }

  function openSession(body: string, url: URL, response: ServerResponse): void {
    if ((JSON.parse(body) as { token: string }).token !== TOKEN) return refuse(response, url, WRONG_TOKEN)
    response.setHeader('set-cookie', `session=${TOKEN}; HttpOnly; SameSite=Strict; Path=/`)
    answer(response, session, { needed: true, open: true })
  }

  function listen(response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
    listeners.add(response)
    response.on('close', () => listeners.delete(response))
    const { overview: all, events } = mock.world
    response.write(`event: overview\ndata: ${JSON.stringify(overview.parse(all))}\n\n`)
    response.write(`event: events\ndata: ${JSON.stringify(live.shape.events.parse(events))}\n\n`)
  }

  function act(url: URL, body: string, response: ServerResponse): void {
    mock.acts.push(`${url.pathname} ${body}`)
    const inbox = /^\/api\/inbox\/(\d+)\/revive$/.exec(url.pathname)
    if (inbox) {
      mock.world.inbox = mock.world.inbox.filter(({ id }) => id !== Number(inbox[1]))
      return answer(response, revived, { id: Number(inbox[1]) })
    }
    if (url.pathname.startsWith('/api/replay')) return decideAgain(url, JSON.parse(body), response)
    if (url.pathname.startsWith('/api/dead'))
      return actOnDead(url, JSON.parse(body) as Record<string, unknown>, response)
    const [, , group, first = '', second = '', third = '', last] = url.pathname.split('/').map(decodeURIComponent)
    if (group === 'stock-mode') {
      mock.world.setMode(second, stockModeBody.parse(JSON.parse(body)).mode)
      return answer(response, accepted, { stream: `stock/${first}/${second}`, key: 'k-1', duplicate: false })
    }
    if (group === 'customers') {
      decide(mock.world.reviews, first, second, JSON.parse(body))
      return answer(response, accepted, { stream: `customer/${first}`, key: 'k-1', duplicate: false })
    }
    if (group === 'stores' && second === 'registers') {
      if (last === 'resume') resumeBody.parse(JSON.parse(body))
      return answer(response, accepted, { stream: `till/${first}/${third}`, key: 'k-1', duplicate: false })
    }
    if (group === 'orders' && third === 'actions') return actOnOrder(url, JSON.parse(body), response)
    if (group === 'orders' && third === 'refunds') return decideRefund(url, JSON.parse(body), response)
    if (group === 'orders' && third === 'holds') return actOnHold(url, JSON.parse(body), response)
    if (url.pathname === '/api/catalogue/send')
      return answer(response, sentCatalogue, { asked: sendCatalogueBody.parse(JSON.parse(body)).skus.length })
    if (url.pathname.endsWith('/mapping-preview'))
      return answer(response, mappingPreview, mappingPreviewOf(mappingPreviewBody.parse(JSON.parse(body)).rows))
    const order = /^\/api\/orders\/([^/]+)\/([^/]+)\/acceptance$/.exec(url.pathname)
    if (!order) return refuse(response, url, NOT_FOUND)
    const [, channel = '', externalId = ''] = order
    answer(response, accepted, { stream: `order/${channel}/${externalId}`, key: 'k-1', duplicate: false })
  }

  function actOnHold(url: URL, body: unknown, response: ServerResponse): void {
    const [, , , channel = '', externalId = '', , kind = '', action = ''] = url.pathname.split('/')
    const schema = { keep: keepHoldBody }[action]
    if (mock.world.moved) return refuse(response, url, MOVED)
    if (!schema) return refuse(response, url, NOT_FOUND)
    mock.world.decideHold({ channel, externalId, kind }, action, schema.parse(body).by)
    answer(response, accepted, { stream: `order/${channel}/${externalId}`, key: 'k-1', duplicate: false })
  }

  function actOnOrder(url: URL, body: unknown, response: ServerResponse): void {
    const [, , , channel = '', externalId = '', , look] = url.pathname.split('/')
    if (look === 'preview') {
      const { action } = lookAtActionBody.parse(body)
      return answer(response, actionPreview, previewOfAction(action))
    }
    const { action, token } = doActionBody.parse(body)
    if (mock.world.moved || token !== ACTION_TOKEN) return refuse(response, url, MOVED)
    if (action.do === 'retry') mock.world.retry(channel, externalId)
    if (action.do === 'release') mock.world.decideHold({ channel, externalId, kind: action.kind }, 'release', action.by)
    answer(response, accepted, { stream: `order/${channel}/${externalId}`, key: 'k-1', duplicate: false })
  }

  function decideRefund(url: URL, body: unknown, response: ServerResponse): void {
    const [, , , channel = '', externalId = '', , requestId = ''] = url.pathname.split('/')
    const { approve, by } = decideRefundBody.parse(body)
    const row = mock.world.returns.find((one) => one.channel === channel && one.externalId === externalId)
    const giving = row?.givings.find((one) => one.requestId === requestId)
    if (!row || !giving) return refuse(response, url, NOT_FOUND)
    Object.assign(giving, approve ? { stage: 'asked', approvedBy: by } : { stage: 'declined' })
    row.awaits = approve ? ['answer'] : []
    answer(response, accepted, { stream: `order/${channel}/${externalId}`, key: 'k-1', duplicate: false })
  }

  function decideAgain(url: URL, body: unknown, response: ServerResponse): void {
    if (url.pathname.endsWith('/dry-run')) {
      const { stream = '' } = dryRunBody.parse(body)
      return answer(response, dryRunResult, dryRunOf(stream))
    }
    if (url.pathname.endsWith('/preview')) {
      const { stream = '' } = replaySelection.parse(body)
      return answer(response, replayPreview, previewOf(stream))
    }
    if (replayBody.parse(body).token !== REPLAY_TOKEN || mock.world.moved) return refuse(response, url, MOVED)
    answer(response, replayDone, { run: '9f2c41d07a3b', rows: 2 })
  }

  function actOnDead(url: URL, body: Record<string, unknown>, response: ServerResponse): void {
    const [, , , id, action = ''] = url.pathname.split('/')
    const { letters } = mock.world
    if (id === undefined) {
      for (const one of letters) one.state = 'resolved'
      return answer(response, bulkDone, { found: letters.length, changed: letters.length, unchanged: 0, refused: [] })
    }
    const letter = letters.find((one) => one.id === Number(id))
    if (!letter) return refuse(response, url, NOT_FOUND)
    const changes = (body['changes'] ?? []) as { path: string; value: unknown }[]
    if (changes.some(({ value }) => value === 'bad')) return refuse(response, url, NOT_ACCEPTED)
    if (action === 'retry') letter.state = 'retrying'
    if (action === 'resolve') letter.state = 'resolved'
    if (action === 'assign') letter.assignee = (body['assignee'] as string | null) ?? null
    answer(response, acted, { id: letter.id, state: letter.state, changed: true, said: 'Done as asked.' })
  }

  function answerGet(url: URL, response: ServerResponse): void {
    const params = Object.fromEntries(url.searchParams)
    const [kind, first, second, third] = url.pathname.slice('/api/'.length).split('/').map(decodeURIComponent)
    const { world } = mock
    if (kind === 'overview') return answer(response, overview, world.overview)
    if (kind === 'dead' && first === undefined) {
      const rows = world.letters.filter(({ state }) => (params['state'] === 'resolved') === (state === 'resolved'))
      const fits = rows.filter((one) => params['class'] === undefined || one.class === params['class'])
      const value = rows.flatMap((one) => one.value ?? [])
      return answer(response, deadList, { rows: fits, next: null, figures: { count: rows.length, value, byClass: [] } })
    }
    if (kind === 'dead') {
      const letter = world.letters.find(({ id }) => id === Number(first))
      return letter ? answer(response, deadPage, deadPageOf(letter)) : refuse(response, url, NOT_FOUND)
    }
    if (kind === 'reconcile' && first === undefined) return answer(response, reconciliationList, RECONCILIATIONS)
    if (kind === 'reconcile') return answer(response, findingList, FINDINGS)
    if (kind === 'catalogue') return answerCatalogue(first, params, response)
    if (kind === 'shadow') return answer(response, shadowReportPart, SHADOW)
    if (kind === 'stores' && first === undefined) return answer(response, storeList, { stores: world.stores })
    if (kind === 'stores') {
      const store = world.stores.find(({ storeId }) => storeId === first)
      return store ? answer(response, storePart, store) : refuse(response, url, NOT_FOUND)
    }
    if (kind === 'stock-history') {
      const { before } = stockHistoryParams.parse({ ...params, pool: first, sku: second })
      const since = (minutes: number): string => world.ago(minutes)
      return answer(response, stockHistory, historyBefore(before, since))
    }
    if (kind === 'inbox') return answer(response, inboxList, { rows: world.inbox, next: null })
    if (kind === 'returns')
      return answer(response, returnList, listReturns(world.returns, returnListParams.parse(params)))
    if (kind === 'customer-reviews') return answer(response, customerReviews, world.reviews)
    if (kind === 'customers' && first === undefined) return answer(response, customerList, RECORDS)
    if (kind === 'customers' && second === undefined) return answer(response, customerPage, recordOf(first!))
    if (kind === 'customers') return answer(response, customerPreview, joining(first!, params['with']!))
    if (kind === 'holds') return answer(response, holdList, listHolds(world.holds, holdListParams.parse(params)))
    if (kind === 'orders' && third === 'holds') {
      const holds = world.holdsOf(first!, second!).map((hold) => ({ ...hold, steps: stepsOf(hold) }))
      return answer(response, orderHolds, { holds })
    }
    if (kind === 'orders' && first === undefined)
      return answer(response, orderList, world.listOrders(orderListParams.parse(params)))
    if (kind === 'stock' && first === undefined)
      return answer(response, stockList, world.listStock(stockListParams.parse(params)))
    const page =
      kind === 'orders' ? world.orderPage(first!, second!) : kind === 'stock' ? world.stockPage(first!, second!) : null
    if (page === null) return refuse(response, url, NOT_FOUND)
    if (kind === 'orders') answer(response, orderPage, page)
    else answer(response, stockPage, page)
  }

  return mock
}

function answerCatalogue(what: string | undefined, params: Record<string, string>, response: ServerResponse): void {
  if (what === undefined) return answer(response, catalogueOverview, CATALOGUE)
  if (what !== 'differences') return answer(response, catalogueMatches, MATCHES)
  const { channel, status, q = '' } = catalogueParams.parse(params)
  const rows = DIFFERENCES.filter((one) => (channel ?? one.channel) === one.channel)
    .filter((one) => (status ?? one.status) === one.status)
    .filter(({ sku }) => sku.toLowerCase().includes(q.toLowerCase()))
  answer(response, catalogueDifferences, { rows, scanned: 1_532, settled: 1_515, next: null })
}

const NO_SESSION: Refusal = {
  status: 401,
  title: 'A token is needed',
  detail: 'The request carries no valid token.',
  cure: 'Log in to the console.',
}
const WRONG_TOKEN: Refusal = {
  status: 401,
  title: 'The token is not the right one',
  detail: 'No session was opened.',
  cure: 'Use the token that hub.token names.',
}
const NOT_ACCEPTED: Refusal = {
  status: 422,
  title: 'The edit is not accepted',
  detail: 'line_items.0.price: is not a decimal.',
  cure: 'Correct the member that is named, then save again. Nothing was changed.',
}
const MOVED: Refusal = {
  status: 409,
  title: 'It is not as it was shown',
  detail: 'This is not what was shown: things have changed since. Nothing was done.',
  cure: 'Look at it again, and confirm what is shown then.',
}
const NOT_FOUND: Refusal = {
  status: 404,
  title: 'Not found',
  detail: 'The hub has not heard of it.',
  cure: 'Check the name, or look for it in the list.',
}

function answer(response: ServerResponse, schema: z.ZodType, value: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(schema.parse(value)))
}

function refuse(response: ServerResponse, url: URL, refusal: Refusal): void {
  const said = problem.parse({ type: 'about:blank', instance: url.pathname, ...refusal })
  response.writeHead(refusal.status, { 'content-type': 'application/problem+json' }).end(JSON.stringify(said))
}

async function serveFile(dist: string, path: string, response: ServerResponse): Promise<void> {
  const file = extname(path) && !path.includes('..') ? path.slice(1) : 'index.html'
  const content = await readFile(join(dist, file)).catch(() => null)
  if (!content) return void response.writeHead(404).end()
  response.writeHead(200, { 'content-type': TYPES[extname(file)], 'content-security-policy': POLICY }).end(content)
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const part of request) text += String(part)
  return text
}

/** The overview as it was, changed in some members; to be pushed. */
export const changed = (world: World, by: (copy: Overview) => void): Overview => {
  const copy = structuredClone(world.overview)
  by(copy)
  return copy
}
