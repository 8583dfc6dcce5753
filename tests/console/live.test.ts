/** What happens while somebody looks: figures change in their places, a lost line is said and mended. */
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { expectNoShift, open, useConsole, type Visit } from './browser.ts'
import { changed } from './mock.ts'

const it = useConsole()

/** Tall enough that nothing is out of sight: only what shows is counted when it moves. */
const WHOLE_PAGE = { viewport: { width: 1360, height: 1500 } }

const figure = (page: Page, question: string) => page.locator('.answers li', { hasText: question })

/** More of everything: orders, trouble, digits. */
function growth({ mock }: Visit, step: number): void {
  mock.push({
    overview: changed(mock.world, (copy) => {
      const last = copy.ordersPerMinute.at(-1)!
      last.placed += step * 90
      last.confirmed += step * 80
      copy.stuck.count += step * 7
      copy.stuck.value = [{ amount: 190_158 * step, currency: 'EUR', text: (1_901.58 * step).toFixed(2) }]
      copy.stuck.oldest = copy.stuck.oldest.slice(step % 3)
      copy.stock.agreeing -= 1
      copy.stock.disagreeing = [...copy.stock.disagreeing, ...copy.stock.disagreeing].slice(0, 20)
      copy.connections[0]!.state = step % 2 ? 'trouble' : 'ok'
      copy.connections[0]!.openIntents = 10 ** step
      copy.queue = { undecided: 10 ** step, oldestUndecidedAt: null, dead: step, deadLetters: step, findings: step }
      for (const status of copy.byStatus) status.count += 10 ** step
      copy.duplicatesDropped += 10 ** step
    }),
  })
  mock.push({ events: [mock.world.event(100 + step * 2, 0), mock.world.event(101 + step * 2, 0)] })
}

test('the first page changes its figures live, and nothing moves', () =>
  it.visit(async (visit) => {
    const { page, complaints } = visit
    await open(page, '/')
    expect(await figure(page, 'What is stuck?').innerText()).toContain('12 orders')
    for (const step of [1, 2, 3, 4]) growth(visit, step)
    await figure(page, 'What is stuck?').getByText('82 orders').waitFor()
    expect(await figure(page, 'What is stuck?').innerText()).toContain('Worth €7,606.32')
    expect(await figure(page, 'Does stock agree?').innerText()).toContain('18 of 24')
    expect(await page.locator('.today-queue').innerText()).toContain('10,000')
    expect(await page.locator('.ticker li').count()).toBe(8)
    expect(await page.locator('.ticker li').first().innerText()).toContain('Odoo confirmed sale')
    await expectNoShift(page)
    expect(complaints).toEqual([])
  }, WHOLE_PAGE))

test('nothing moves on a small screen either', () =>
  it.visit(
    async (visit) => {
      await open(visit.page, '/')
      for (const step of [1, 2, 3, 4]) growth(visit, step)
      await figure(visit.page, 'What is stuck?').getByText('82 orders').waitFor()
      await expectNoShift(visit.page)
    },
    { viewport: { width: 380, height: 2600 } },
  ))

test('an order is read again when something happens to it', () =>
  it.visit(async ({ page, mock }) => {
    await open(page, '/orders/shopify-main/1124')
    await page.getByText('Held back').first().waitFor()
    mock.world.retry('shopify-main', '1124')
    mock.push({ events: [{ ...mock.world.event(500, 0), stream: 'order/shopify-main/1124' }] })
    await page.locator('.page-head').getByText('Confirmed').waitFor()
    await expect.poll(() => page.locator('.notice').count()).toBe(0)
  }))

test('a list changes its rows in their places and offers new orders instead of pushing them in', () =>
  it.visit(async ({ page, mock }) => {
    await open(page, '/orders')
    const first = mock.world.orders[0]!
    mock.world.orders = [
      { ...first, externalId: '1131', label: '#1131' },
      { ...first, status: 'completed' },
      ...mock.world.orders.slice(1),
    ]
    mock.push({ events: [{ ...mock.world.event(500, 0), stream: 'order/shopify-main/1131' }] })
    await page.getByRole('button', { name: 'Show 1 new order' }).waitFor()
    const top = page.locator('tbody tr').first()
    expect(await top.innerText()).toMatch(/#1130[^]*Completed/)
    await expectNoShift(page)
    await page.getByRole('button', { name: 'Show 1 new order' }).click()
    await top.getByText('#1131').waitFor()
  }))

test('a lost line is said, what was there stays, and it comes back by itself', () =>
  it.visit(async ({ page, mock }) => {
    await open(page, '/')
    mock.cut(true)
    await page.locator('.live[data-state=reconnecting]').waitFor()
    await page.getByText('What you see is as it was').waitFor()
    expect(await figure(page, 'What is stuck?').innerText()).toContain('12 orders')
    mock.world.overview.stuck.count = 3
    mock.cut(false)
    await page.locator('.live[data-state=live]').waitFor()
    await figure(page, 'What is stuck?').getByText('3 orders').waitFor()
    await expect.poll(() => page.getByText('What you see is as it was').count()).toBe(0)
  }))

test('a machine without a line says so', () =>
  it.visit(async ({ page }) => {
    await open(page, '/')
    await page.context().setOffline(true)
    await page.locator('.live[data-state=offline]').waitFor()
    expect(await page.getByRole('alert').innerText()).toContain('This machine is offline')
    await page.context().setOffline(false)
    await page.locator('.live[data-state=live]').waitFor()
  }))

test('a connection that is paused says until when, after what, and then that it is tried again', () =>
  it.visit(async ({ page, mock, complaints }) => {
    await open(page, '/connections')
    const paused = (minutes: number) =>
      mock.push({
        overview: changed(mock.world, (copy) => {
          const openUntil = new Date(Date.parse(copy.now) + minutes * 60_000).toISOString()
          const because = { failuresInARow: 5, pausedBecause: 'Odoo did not answer.' }
          Object.assign(copy.connections[1]!, { state: 'trouble', breaker: 'open', openUntil, ...because })
        }),
      })
    paused(2)
    await page.getByText(/Paused until \d\d:\d\d.* after 5 failures in a row: Odoo did not answer\./).waitFor()
    paused(-2)
    await page.getByText('The next call finds out whether it works again.').waitFor()
    expect(complaints).toEqual([])
  }))
