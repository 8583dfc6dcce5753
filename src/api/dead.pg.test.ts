/** Dead letters as callers of the API see them: listed, shown masked, edited, retried, refused in plain words. */
import { sweepLetters } from '#engine/dead-sweep.ts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Doors, openDoors } from '../../tests/fuzz/doors.ts'
import { GRACE, orderBody } from '../../tests/fuzz/estate.ts'
import { acted, bulkDone, type DeadLetter, deadList, deadPage } from './contract-dead.ts'
import { overview, problem } from './contract.ts'

let doors: Doors
beforeAll(async () => {
  doors = await openDoors()
  await doors.deliver({ ...orderBody(3001), line_items: 'none' }, 'orders/create', 'bad-1')
  await doors.deliver({ ...orderBody(3002), currency: 7 }, 'orders/create', 'bad-2')
  await doors.estate.settle()
})
afterAll(() => doors.close())

const list = async (query = ''): Promise<DeadLetter[]> =>
  deadList.parse(await (await doors.get(`/api/dead${query}`)).json()).rows

const refusal = async (answer: Response) => {
  expect(answer.headers.get('content-type')).toBe('application/problem+json')
  return problem.parse(await answer.json())
}

describe('dead letters', () => {
  it('are listed newest first, by what is asked for, page by page', async () => {
    expect((await list()).map(({ id }) => id)).toEqual([2, 1])
    expect((await list('?limit=1&cursor=2')).map(({ id }) => id)).toEqual([1])
    expect(await list('?class=parse&connection=shopify-main&owner=operations&what=orders%2Fcreate')).toHaveLength(2)
    expect(await list('?class=permission')).toEqual([])
    expect(await list('?state=resolved')).toEqual([])
    expect((await doors.get('/api/dead?class=odd')).status).toBe(400)
    expect((await doors.get('/api/dead?cursor=x')).status).toBe(400)
    const figures = overview.parse(await (await doors.get('/api/overview')).json())
    expect(figures.queue.deadLetters).toBe(2)
  })

  it('are shown with their payload masked, the next step, and what can be done', async () => {
    const answer = await doors.get('/api/dead/2')
    const text = await answer.text()
    const page = deadPage.parse(JSON.parse(text))
    expect(page.letter).toMatchObject({ class: 'parse', step: 'translate', state: 'open', retries: 0, value: null })
    expect(page.letter.reason).toContain('currency')
    expect(page.letter.next).toMatch(/retry/)
    expect(page.can).toEqual({ retryStep: true, retryLatest: false, edit: true, resolve: true })
    for (const word of [GRACE.email, GRACE.last, GRACE.street]) expect(text).not.toContain(word)
    expect((await doors.get('/api/dead/99')).status).toBe(404)
  })

  it('refuse an edit that would fail again, naming the field, and say so beforehand', async () => {
    const wrong = { by: 'Ada', changes: [{ path: '/currency', value: 8 }] }
    const answer = await doors.post('/api/dead/2/edit', wrong)
    expect(answer.status).toBe(422)
    const said = await refusal(answer)
    expect(said.detail).toMatch(/^currency: orders\/create: currency is missing or not as it must be/)
    expect(said.cure).toMatch(/Nothing was changed/)
    expect((await doors.post('/api/dead/2/edit', { changes: [{ path: '/currency' }] })).status).toBe(400)
    const both = await doors.post('/api/dead/2/edit', { ...wrong, body: '{}' })
    expect([both.status, (await refusal(both)).detail]).toEqual([400, 'changes: must be given, or body, and not both.'])
  })

  it('are edited, retried, and resolved by what came of it; the comments say who', async () => {
    const right = { by: 'Ada', changes: [{ path: '/currency', value: 'USD' }] }
    const checked = acted.parse(await (await doors.post('/api/dead/2/edit', { ...right, check: true })).json())
    expect(checked).toMatchObject({ changed: false, said: 'It would be accepted.' })
    expect((await doors.post('/api/dead/2/edit', right)).status).toBe(200)
    const again = await doors.post('/api/dead/2/retry', { by: 'Ada' })
    expect([again.status, acted.parse(await again.json()).state]).toEqual([202, 'retrying'])
    const twice = await doors.post('/api/dead/2/retry', { by: 'Ada' })
    expect(acted.parse(await twice.json()).changed).toBe(false)
    await doors.estate.settle()
    const order = await doors.get('/api/orders/shopify-main/3002')
    expect(order.status).toBe(200)
    await sweepLetters(doors.estate.engine)
    const page = deadPage.parse(await (await doors.get('/api/dead/2')).json())
    expect(page.letter).toMatchObject({ state: 'resolved', resolution: 'decided', retries: 1 })
    expect(page.comments.map(({ who, action }) => `${who} ${action}`)).toEqual([
      'Ada edited',
      'Ada retried',
      'hub resolved',
    ])
    expect(page.bodies.map(({ version }) => version)).toEqual([0, 1])
    const late = await doors.post('/api/dead/2/retry', {})
    expect([late.status, (await refusal(late)).title]).toEqual([409, 'It cannot be done now'])
  })

  it('are assigned, commented and resolved, and many at once', async () => {
    expect((await doors.post('/api/dead/1/assign', { by: 'Ada', assignee: 'Mary' })).status).toBe(200)
    expect((await doors.post('/api/dead/1/comment', { by: 'Ada', text: 'Asked the shop.' })).status).toBe(200)
    expect((await doors.post('/api/dead/1/comment', { text: 'a\0b' })).status).toBe(400)
    expect((await doors.post('/api/dead/1/resolve', { by: 'Ada', reason: 'x' })).status).toBe(400)
    expect((await list('?assignee=Mary')).map(({ id }) => id)).toEqual([1])
    const reasonless = await doors.post('/api/dead', { action: 'resolve' })
    expect((await refusal(reasonless)).detail).toBe('reason: must be given when resolving.')
    const body = { by: 'Ada', action: 'resolve', reason: 'The shop sent a test.', filter: { class: 'parse' } }
    const done = bulkDone.parse(await (await doors.post('/api/dead', body)).json())
    expect(done).toEqual({ found: 1, changed: 1, unchanged: 0, refused: [] })
    expect(await list()).toEqual([])
  })
})
