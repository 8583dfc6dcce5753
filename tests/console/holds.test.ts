/** What people decide about held orders, in a real browser: alone, with a second person, and not at all. */
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { expectNoShift, open, useConsole } from './browser.ts'
import { ACTION_TOKEN } from './world-life.ts'

const it = useConsole()
const labels = (page: Page) => page.locator('[data-row]').allInnerTexts()

test('the queue is narrowed by the address, walked with the keyboard, and Enter opens the decision', () =>
  it.visit(async ({ page, complaints }) => {
    await open(page, '/')
    await page.keyboard.type('gh')
    await page.getByRole('heading', { level: 1, name: 'Holds' }).waitFor()
    await expect.poll(() => labels(page).then((all) => all.length)).toBe(3)
    await expectNoShift(page)
    await page.getByLabel('Order', { exact: true }).selectOption('value')
    await expect.poll(() => labels(page).then((all) => all[0])).toContain('#1124')
    await page.getByLabel('Waits for a second person').check()
    await expect.poll(() => labels(page).then((all) => all.length)).toBe(1)
    expect(new URL(page.url()).search).toBe('?sort=value&asked=true')
    await page.getByLabel('Owner').selectOption('fraud')
    await page.getByText('No hold fits these filters').waitFor()
    await page.getByRole('link', { name: 'Show all holds' }).click()
    await expect.poll(() => labels(page).then((all) => all.length)).toBe(3)
    await page.keyboard.type('jj')
    await page.keyboard.press('Enter')
    await page.getByRole('dialog', { name: '#1124 is held: credit' }).waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    expect(await page.evaluate('document.activeElement.textContent')).toContain('#1124')
    expect(complaints).toEqual([])
  }))

test('who asked to let it go cannot agree as well; another one can', () =>
  it.visit(async ({ page, mock }) => {
    await open(page, '/holds')
    await page.getByRole('button', { name: '#1124' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('Ada asked to let it go').waitFor()
    await dialog.getByText('Their bank called.').waitFor()
    await dialog.getByLabel('Let it go').check()
    await dialog.getByText('The order goes to the ERP at once.').waitFor()
    const look = dialog.getByRole('button', { name: 'See what it does' })
    expect(await look.isDisabled()).toBe(true)
    await dialog.getByLabel('Your name').fill(' ada')
    await dialog.getByText('somebody else has to agree.').waitFor()
    expect(await look.isDisabled()).toBe(true)
    await dialog.getByLabel('Your name').fill('Lee')
    await look.click()
    await dialog.getByText('Let go.').waitFor()
    await dialog.getByRole('button', { name: 'Let it go' }).click()
    await dialog.waitFor({ state: 'detached' })
    await expect.poll(() => labels(page).then((all) => all.length)).toBe(2)
    const action = '{"do":"release","kind":"credit","by":"Lee","note":""}'
    expect(mock.acts).toEqual([
      `/api/orders/shopify-main/1124/actions/preview {"action":${action}}`,
      `/api/orders/shopify-main/1124/actions {"action":${action},"token":"${ACTION_TOKEN}"}`,
    ])
  }))

test('the first of two only asks, and the name is kept; what may never go can be kept or cancelled', () =>
  it.visit(async ({ page, mock }) => {
    await open(page, '/holds')
    await page.getByRole('button', { name: '#1128' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Ask to let it go').check()
    await dialog.getByLabel('Your name').fill('Kim')
    await dialog.getByLabel('Note').fill('Called the customer.')
    await dialog.getByRole('button', { name: 'See what it does' }).click()
    await dialog.getByRole('button', { name: 'Ask for it' }).click()
    await page.getByText('Kim asks to let it go').waitFor()
    await page.getByRole('button', { name: '#1121' }).click()
    await dialog.getByText('Nobody may: the cause has to be mended.').waitFor()
    expect(await dialog.getByLabel('Let it go').isDisabled()).toBe(true)
    await dialog.getByLabel('Keep it held').check()
    expect(await dialog.getByLabel('Your name').inputValue()).toBe('Kim')
    await dialog.getByRole('button', { name: 'Keep it held' }).click()
    await dialog.waitFor({ state: 'detached' })
    await page.getByRole('button', { name: '#1121' }).click()
    await dialog.getByLabel('Cancel the order').check()
    await dialog.getByRole('button', { name: 'See what it does' }).click()
    await dialog.getByText('Odoo is asked to cancel the sale.').waitFor()
    await dialog.getByRole('button', { name: 'Cancel order' }).click()
    await dialog.waitFor({ state: 'detached' })
    const release = '{"do":"release","kind":"fraud","by":"Kim","note":"Called the customer."}'
    const cancel = '{"do":"cancel","reason":"staff"}'
    expect(mock.acts.filter((act) => !act.includes('/preview'))).toEqual([
      `/api/orders/shopify-main/1128/actions {"action":${release},"token":"${ACTION_TOKEN}"}`,
      '/api/orders/woo-outlet/1121/holds/sku/keep {"by":"Kim","note":""}',
      `/api/orders/woo-outlet/1121/actions {"action":${cancel},"token":"${ACTION_TOKEN}"}`,
    ])
  }))

test('what the hub refuses stays open and says why', () =>
  it.visit(async ({ page, mock }) => {
    await open(page, '/holds')
    await page.getByRole('button', { name: '#1124' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Let it go').check()
    await dialog.getByLabel('Your name').fill('Lee')
    await dialog.getByRole('button', { name: 'See what it does' }).click()
    mock.world.moved = true
    await dialog.getByRole('button', { name: 'Let it go' }).click()
    await page.getByText('things have changed since').waitFor()
    expect(await dialog.isVisible()).toBe(true)
    // What was shown counts no more: it has to be looked at again.
    await dialog.getByRole('button', { name: 'See what it does' }).waitFor()
  }))

test('an order shows what it is held for, and a person holds one with a reason', () =>
  it.visit(async ({ page, mock }) => {
    await open(page, '/orders/shopify-main/1124')
    const card = page.getByRole('region', { name: 'Holds' })
    await card.getByText('Ada asked to let it go').waitFor()
    await card.getByRole('button', { name: 'Decide about credit' }).click()
    await page.getByRole('dialog', { name: '#1124 is held: credit' }).waitFor()
    await page.keyboard.press('Escape')
    await card.getByRole('button', { name: 'Hold the order' }).click()
    const dialog = page.getByRole('dialog', { name: 'Hold #1124?' })
    const look = dialog.getByRole('button', { name: 'See what it does' })
    await dialog.getByLabel('Your name').fill('Lee')
    expect(await look.isDisabled()).toBe(true)
    await dialog.getByLabel('Reason').fill('The customer wants to add something.')
    await look.click()
    await dialog.getByText('desk has until').waitFor()
    await dialog.getByRole('button', { name: 'Hold it' }).click()
    await dialog.waitFor({ state: 'detached' })
    const action = '{"do":"hold","by":"Lee","reason":"The customer wants to add something."}'
    expect(mock.acts.at(-1)).toBe(
      `/api/orders/shopify-main/1124/actions {"action":${action},"token":"${ACTION_TOKEN}"}`,
    )
  }))
