/** When something is wrong or missing the console says what it is and what to do, and acts when asked. */
import { expect, test } from 'vitest'
import { open, useConsole } from './browser.ts'
import { changed, TOKEN } from './mock.ts'
import { ACTION_TOKEN } from './world-life.ts'

const it = useConsole()

test('without a session it asks for the token, says when it is wrong, and goes on where one wanted to go', () =>
  it.visit(async ({ page, mock }) => {
    mock.locked = true
    await page.goto('/orders/shopify-main/1124')
    await page.getByRole('heading', { name: 'Log in to Crossdock' }).waitFor()
    await page.getByLabel('Access token').fill('wrong')
    await page.getByRole('button', { name: 'Log in' }).click()
    await page.getByText('The token is not the right one. Use the token that hub.token names.').waitFor()
    await page.getByLabel('Access token').fill(TOKEN)
    await page.getByRole('button', { name: 'Log in' }).click()
    await page.getByRole('heading', { level: 1, name: '#1124' }).waitFor()
    await page.locator('.live[data-state=live]').waitFor()
    expect(await page.evaluate(`JSON.stringify({ ...localStorage, ...sessionStorage }).includes('${TOKEN}')`)).toBe(
      false,
    )
  }))

for (const path of ['/', '/orders', '/orders/shopify-main/1124', '/stock', '/stock/WH/MUG-BLUE-M', '/connections']) {
  test(`${path} says what is wrong with the hub and what to do, and recovers`, () =>
    it.visit(async ({ page, mock }) => {
      mock.failing = 503
      await page.goto(path)
      const problem = page.getByRole('alert').filter({ hasText: 'The database does not answer' })
      await problem.getByText('Check that PostgreSQL runs, then try again.').waitFor()
      expect(await page.locator('.skeleton').count()).toBeLessThanOrEqual(path === '/connections' ? 8 : 0)
      mock.failing = null
      // What is read from the live line comes back by itself, perhaps before the click.
      const again = problem.getByRole('button', { name: 'Try again' }).click()
      again.catch(() => {})
      await problem.waitFor({ state: 'detached' })
    }))
}

test('an order nobody knows says so', () =>
  it.visit(async ({ page }) => {
    await page.goto('/orders/shopify-main/999999')
    await page.getByText('The hub has not heard of it.').waitFor()
    expect(await page.locator('main').innerText()).toContain('Check the name, or look for it in the list.')
  }))

test('empty lists say how they get filled', () =>
  it.visit(async ({ page, mock }) => {
    mock.world.orders = []
    mock.world.stock = []
    mock.world.inbox = []
    mock.world.events = []
    mock.world.overview = changed(mock.world, (copy) => {
      copy.stuck = { count: 0, value: [], oldest: [] }
      copy.stock = {
        skus: 0,
        agreeing: 0,
        disagreeing: [],
        disagreeingCount: 0,
        oversold: 0,
        overOffered: 0,
        incidents: 0,
      }
      copy.connections = []
      copy.ordersPerMinute = copy.ordersPerMinute.map(({ minute }) => ({ minute, placed: 0, confirmed: 0, shipped: 0 }))
    })
    await open(page, '/')
    for (const words of ['Nothing is stuck', 'No stock counted yet', 'Nothing is connected', 'Quiet']) {
      expect(await page.locator('main').innerText()).toContain(words)
    }
    await open(page, '/orders')
    await page.getByText('Place one in the demo shop, or wait').waitFor()
    await open(page, '/stock')
    await page.getByText('No stock counted yet').waitFor()
    await open(page, '/orders?attention=true')
    await page.getByText('No order needs attention').waitFor()
  }))

test('a retry asks first, is sent once, says so, and the order goes on', () =>
  it.visit(async ({ page, mock, complaints }) => {
    await open(page, '/orders/shopify-main/1124')
    const retry = page.getByRole('button', { name: 'Retry' })
    await retry.click()
    const dialog = page.getByRole('dialog', { name: 'Try #1124 again?' })
    await dialog.getByRole('button', { name: 'Leave it' }).click()
    await dialog.waitFor({ state: 'detached' })
    expect(mock.acts).toEqual([])
    await retry.click()
    await dialog.getByRole('button', { name: 'See what it does' }).click()
    await dialog.getByText('The ERP is asked again.').waitFor()
    await dialog.getByRole('button', { name: 'Retry' }).click()
    await page.getByText('#1124 is being tried again.').waitFor()
    await page.locator('.page-head').getByText('Confirmed').waitFor()
    await expect.poll(() => retry.count()).toBe(0)
    expect(mock.acts.at(-1)).toBe(
      `/api/orders/shopify-main/1124/actions {"action":{"do":"retry"},"token":"${ACTION_TOKEN}"}`,
    )
    expect(complaints).toEqual([])
  }))

test('a cancellation names its reason', () =>
  it.visit(async ({ page, mock }) => {
    await open(page, '/orders/shopify-main/1124')
    await page.getByRole('button', { name: 'Cancel order' }).click()
    const dialog = page.getByRole('dialog', { name: 'Cancel #1124?' })
    await dialog.getByLabel('Reason').selectOption('customer')
    await dialog.getByRole('button', { name: 'See what it does' }).click()
    await dialog.getByRole('button', { name: 'Cancel order' }).click()
    await page.getByText('#1124 is being cancelled.').waitFor()
    expect(mock.acts.at(-1)).toContain(
      '/api/orders/shopify-main/1124/actions {"action":{"do":"cancel","reason":"customer"}',
    )
  }))

test('a refused action says why and leaves everything as it was', () =>
  it.visit(async ({ page, mock }) => {
    await open(page, '/orders/shopify-main/1124')
    await page.getByRole('button', { name: 'Retry' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'See what it does' }).click()
    const retry = page.getByRole('dialog').getByRole('button', { name: 'Retry' })
    await retry.waitFor()
    mock.failing = 409
    await retry.click()
    await page.locator('.toast').getByText('Check that PostgreSQL runs').waitFor()
    expect(await page.locator('h1').innerText()).toBe('#1124')
    expect(await page.locator('.trace > li').count()).toBe(5)
  }))

test('a delivery nobody could decide is decided again', () =>
  it.visit(async ({ page, mock }) => {
    await open(page, '/dead/42')
    await page.getByRole('button', { name: 'Retry' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Retry' }).click()
    await page.getByText('Being retried').waitFor()
    expect(mock.acts).toEqual(['/api/dead/42/retry {"by":"console","mode":"step"}'])
  }))

test('what was said in a hop can be copied', () =>
  it.visit(
    async ({ page }) => {
      await open(page, '/orders/shopify-main/1124')
      await page.locator('.trace summary').nth(1).click()
      await page.getByRole('button', { name: 'Copy' }).click()
      await page.getByRole('button', { name: 'Copied' }).waitFor()
      const copied = JSON.parse((await page.evaluate('navigator.clipboard.readText()')) as string)
      expect(copied).toEqual({ type: 'order.placed', pool: 'WH', demand: [{ sku: 'MUG-BLUE-M', quantity: 2 }] })
    },
    { permissions: ['clipboard-read', 'clipboard-write'] },
  ))
