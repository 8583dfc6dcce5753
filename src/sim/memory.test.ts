/** What the memory of an estate promises: whatever was answered is still so after a kill, whenever it came. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { SHOP } from './estate.ts'
import type { Memory } from './memory.ts'
import { ask, businessStep, callErp, openTested } from './memory-testing.ts'
import { createRandom } from './random.ts'

const CHILD = fileURLToPath(new URL('memory-child.ts', import.meta.url))

let folder: string
let children: ChildProcess[]

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'crossdock-memory-'))
  children = []
})

afterEach(() => {
  for (const child of children) child.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})

const state = ({ estate, placed }: Memory) => ({
  placed: placed(),
  products: estate.products,
  shop: estate.shop.snapshot(),
  erp: estate.erp.snapshot(),
})

async function business(memory: Memory, from: number, to: number): Promise<void> {
  for (let step = from; step < to; step += 1) await businessStep(memory, step)
}

/** The folder as a process killed now would leave it. */
function killedCopy(name: string): string {
  const copy = join(folder, name)
  cpSync(join(folder, 'live'), copy, { recursive: true })
  rmSync(join(copy, 'estate', 'users'), { recursive: true })
  return copy
}

test.each([5_000, 60])(
  'an estate that was killed is the same, to the last counter (snapshots every %i)',
  async (max) => {
    const live = await openTested(join(folder, 'live'), 0, max)
    await business(live, 0, 300)
    // Requests that overlap are put down in the order in which they are done.
    const overlapping = [0, 1, 2, 3].flatMap((index) => [
      callErp(live, 'res.partner', 'create', [{ name: `P${index}` }]),
      live.act('buy'),
    ])
    await Promise.all(overlapping)
    const wanted = state(live)
    expect(live.estate.shop.beliefs().orders.length).toBeGreaterThan(50)
    expect(live.estate.shop.onTheWay()).toEqual([])
    const again = await openTested(killedCopy('killed'), 180_000)
    expect(state(again)).toEqual(wanted)
    // And from here on both go the same way, chance included.
    expect(await again.act('buy')).toEqual(await live.act('buy'))
    await Promise.all([again.close(), live.close()])
    const reopened = await openTested(join(folder, 'live'), 120_000)
    expect(reopened.isNew).toBe(false)
    expect(state(reopened)).toEqual(state(live))
    await reopened.close()
  },
)

test('a cancellation that is due comes with the next event, whoever looked in between', async () => {
  const first = await openTested(join(folder, 'live'), 0)
  await business(first, 0, 7)
  first.estate.shop.setScopes(['write_orders', 'write_inventory'])
  await first.close()
  const live = await openTested(join(folder, 'live'), 10_000)
  const id = String(await live.act('buy')).split(':')[1]
  await ask(
    live,
    `mutation { orderCancel(orderId: "gid://shopify/Order/${id}", reason: CUSTOMER, restock: true) { job { id } } }`,
  )
  // An act moves the clock past the job; a look at the books must not be what runs it.
  for (let act = 0; act < 40; act += 1) {
    await live.act('receive')
    live.estate.shop.beliefs()
  }
  expect(live.estate.shop.beliefs().orders[0]!.cancelledAt).not.toBeNull()
  const again = await openTested(killedCopy('killed'), 180_000)
  expect(state(again)).toEqual(state(live))
  await Promise.all([live.close(), again.close()])
})

test('webhooks nobody can settle any more count as unanswered and go out again', async () => {
  const live = await openTested(join(folder, 'live'), 0)
  await business(live, 0, 7)
  await live.act('buy')
  for (let looks = 0; looks < 60 && live.estate.shop.onTheWay().length === 0; looks += 1) await live.due()
  const [taken] = live.estate.shop.onTheWay()
  const again = await openTested(killedCopy('killed'), 10_000)
  expect(again.estate.shop.onTheWay()).toEqual([])
  const later = await openTested(killedCopy('later'), 120_000)
  expect((await later.due()).map(({ body }) => body)).toContain(taken!.body)
  await Promise.all([live.close(), again.close(), later.close()])
})

test('a last line that a kill has torn is dropped, a torn one in the middle is refused', async () => {
  const live = await openTested(join(folder, 'live'), 0)
  await business(live, 0, 40)
  const wanted = state(live)
  const log = (copy: string) =>
    join(
      copy,
      'estate',
      readdirSync(join(copy, 'estate')).find((name) => name.startsWith('log-'))!,
    )
  const torn = killedCopy('torn')
  appendFileSync(log(torn), '{"at":1,"kind":"act","ac')
  const again = await openTested(torn, 1_000)
  expect(state(again)).toEqual(wanted)
  await again.act('buy')
  expect(
    readFileSync(log(torn), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => typeof JSON.parse(line)),
  ).not.toContain('string')
  const broken = killedCopy('broken')
  writeFileSync(log(broken), readFileSync(log(broken), 'utf8').replace('{"at"', '{"at'))
  await expect(openTested(broken, 1_000)).rejects.toThrow(/Line 1 of the log .* cannot be read/)
  await Promise.all([live.close(), again.close()])
})

test('a snapshot that was never finished changes nothing, and a second process is refused', async () => {
  const live = await openTested(join(folder, 'live'), 0)
  await business(live, 0, 30)
  const copy = killedCopy('half')
  writeFileSync(join(copy, 'estate', 'snapshot.new'), 'half a snap')
  const again = await openTested(copy, 1_000)
  expect(state(again)).toEqual(state(live))
  await expect(openTested(copy, 2_000)).rejects.toThrow(/already runs the simulated systems/)
  await Promise.all([live.close(), again.close()])
})

test('killed again and again under load, nothing that was answered is missing', async () => {
  const random = createRandom(11)
  const answered: string[] = []
  for (let round = 0; round < 6; round += 1) {
    const child = spawn(process.execPath, [CHILD, folder, round % 3 === 0 ? '5000' : '7'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    children.push(child)
    const exit = once(child, 'exit')
    const lines = createInterface({ input: child.stdout! })
    const wanted = random.int(1, 400)
    let heard = 0
    for await (const line of lines) {
      answered.push(line)
      if ((heard += 1) === wanted) child.kill('SIGKILL')
    }
    expect((await exit)[1]).toBe('SIGKILL')
    const memory = await openTested(folder, 0)
    const orders = new Set(memory.estate.shop.beliefs().orders.map(({ id }) => `order ${SHOP}:${id}`))
    const ids = (await callErp(memory, 'res.partner', 'search', [[]])) as number[]
    const partners = new Set(ids.map((id) => `partner ${id}`))
    const missing = answered.filter(
      (line) => !line.startsWith('subscribed') && !orders.has(line) && !partners.has(line),
    )
    expect(missing).toEqual([])
    expect(new Set(answered.filter((line) => line.startsWith('order'))).size).toBe(
      answered.filter((line) => line.startsWith('order')).length,
    )
    if (round % 2 === 0) await memory.close()
    else await abandon(memory)
  }
  expect(answered.length).toBeGreaterThan(300)
})

/** Leaves the folder without a snapshot, so that the next process has the whole log to go through. */
async function abandon(memory: Memory): Promise<void> {
  const copy = join(folder, 'aside')
  cpSync(join(folder, 'estate'), copy, { recursive: true })
  await memory.close()
  rmSync(join(folder, 'estate'), { recursive: true })
  rmSync(join(copy, 'users'), { recursive: true })
  cpSync(copy, join(folder, 'estate'), { recursive: true })
  rmSync(copy, { recursive: true })
}
