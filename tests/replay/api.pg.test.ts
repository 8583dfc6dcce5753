/** Deciding again over the API: the same answers as the command, masked, and refusals as problems. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Doors, openDoors } from '../fuzz/doors.ts'
import { CHANNEL, orderBody } from '../fuzz/estate.ts'

let doors: Doors
beforeAll(async () => {
  doors = await openDoors()
  await doors.deliver(orderBody(3001))
  await doors.estate.settle()
})
afterAll(() => doors.close())

const post = async (path: string, body: unknown) => {
  const { url } = doors.server
  const headers = { 'content-type': 'application/json', 'origin': url }
  const answer = await fetch(`${url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> }
}
const stream = `order/${CHANNEL}/3001`

test('a dry run, a replay that is confirmed, its runs, and its undo', async () => {
  const dry = await post('/api/replay/dry-run', { stream })
  expect([dry.status, dry.body['identical'], dry.body['streams']]).toEqual([200, true, 0])
  const looked = await post('/api/replay/preview', { stream })
  expect(looked.body).toMatchObject({ streams: 0, rows: 1 })
  const wrong = await post('/api/replay', { stream, token: '0'.repeat(16) })
  expect([wrong.status, wrong.body['type']]).toEqual([409, 'urn:crossdock:problem:replay_changed'])
  const done = await post('/api/replay', { stream, token: looked.body['token'] })
  expect(done.status).toBe(202)
  await doors.estate.settle()
  const { runs } = (await (await doors.get('/api/replay/runs')).json()) as { runs: { id: string }[] }
  expect(runs[0]!.id).toBe(done.body['run'])
  const undoing = await post('/api/replay/undo/preview', { what: { run: done.body['run'] } })
  expect(undoing.body).toMatchObject({ commands: {}, caused: { events: 0 } })
  const undone = await post('/api/replay/undo', { what: { run: done.body['run'] }, token: undoing.body['token'] })
  expect(undone.status).toBe(202)
  expect((await post('/api/replay/undo/preview', { what: { run: done.body['run'] } })).status).toBe(409)
})

test('refuses a selection that names nothing, and a body that is none', async () => {
  expect((await post('/api/replay/dry-run', {})).status).toBe(422)
  expect((await post('/api/replay/dry-run', { inbox: 'one' })).status).toBe(400)
  expect((await post('/api/replay', { stream, token: 'x' })).status).toBe(400)
})

test('shows a stream of the past without personal data', async () => {
  const answer = await doors.get(`/api/past/order/${CHANNEL}/3001?version=1`)
  const text = await answer.text()
  expect(JSON.parse(text)).toMatchObject({ stream, version: 1, state: { stage: 'placed' } })
  expect(text).not.toMatch(/[a-z]@[a-z]/)
  expect((await doors.get(`/api/past/order/${CHANNEL}/3001?version=9999`)).status).toBe(422)
  expect((await doors.get(`/api/past/order/${CHANNEL}/none`)).status).toBe(404)
  expect(await (await doors.get('/api/shadow')).json()).toEqual({ connections: [] })
})
