/** The console without a mouse, and its addresses: everything has a key, every page and filter has a link. */
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { open, useConsole } from './browser.ts'

const it = useConsole()
const heading = (page: Page, name: string) => page.getByRole('heading', { level: 1, name, exact: true }).waitFor()
const focused = (page: Page) => page.evaluate('document.activeElement.textContent')

test('two keys go anywhere, j and k walk, Enter opens, and the back button goes back', () =>
  it.visit(async ({ page, complaints }) => {
    await open(page, '/')
    await page.keyboard.type('gs')
    await heading(page, 'Stock')
    await page.keyboard.type('gc')
    await heading(page, 'Connections')
    await page.keyboard.type('go')
    await heading(page, 'Orders')
    await page.locator('[data-row]').first().waitFor()
    await page.keyboard.type('jjk')
    expect(await focused(page)).toBe('#1130')
    await page.keyboard.type('jj')
    expect(await focused(page)).toBe('#1128')
    await page.keyboard.press('Enter')
    await heading(page, '#1128')
    expect(new URL(page.url()).pathname).toBe('/orders/shopify-main/1128')
    await page.goBack()
    await heading(page, 'Orders')
    await page.keyboard.type('gt')
    await heading(page, 'Today')
    expect(complaints).toEqual([])
  }))

test('a slash searches, Escape leads back to the rows, and the search is in the address', () =>
  it.visit(async ({ page }) => {
    await open(page, '/')
    await page.keyboard.press('/')
    await heading(page, 'Orders')
    await expect.poll(() => page.evaluate('document.activeElement.type')).toBe('search')
    await page.keyboard.type('112j')
    await page.getByText('No order fits these filters').waitFor()
    await page.keyboard.press('Backspace')
    await expect.poll(() => page.locator('[data-row]').count()).toBe(10)
    expect(new URL(page.url()).search).toBe('?q=112')
    await page.keyboard.press('Escape')
    expect(await focused(page)).toBe('#1129')
    await page.reload()
    await expect.poll(() => page.locator('[data-row]').count()).toBe(10)
    expect(await page.locator('input[type=search]').inputValue()).toBe('112')
  }))

test('a question mark shows the keys, and while they show no key goes anywhere', () =>
  it.visit(async ({ page }) => {
    await open(page, '/')
    await page.keyboard.press('?')
    const dialog = page.getByRole('dialog', { name: 'Keys' })
    await dialog.waitFor()
    await page.keyboard.type('go')
    expect(await page.locator('h1').innerText()).toBe('Today')
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'hidden' })
    await page.keyboard.type('go')
    await heading(page, 'Orders')
  }))

test('the list of orders filters by status and attention and pages to its end', () =>
  it.visit(async ({ page }) => {
    await open(page, '/orders')
    await page.getByLabel('Status').selectOption('held_back')
    await expect.poll(() => page.locator('[data-row]').count()).toBe(10)
    await page.getByLabel('Status').selectOption('')
    await page.getByLabel('Needs attention').check()
    await expect.poll(() => page.locator('[data-row]').count()).toBe(12)
    await page.getByLabel('Needs attention').uncheck()
    await expect.poll(() => page.locator('[data-row]').count()).toBe(50)
    for (const count of [100, 130]) {
      await page.locator('.list-end').scrollIntoViewIfNeeded()
      await expect.poll(() => page.locator('[data-row]').count()).toBe(count)
    }
    await page.getByText('That is all.').waitFor()
    const names = await page.locator('[data-row]').allInnerTexts()
    expect(new Set(names).size).toBe(130)
  }))

test('after a change of page the focus is on its heading', () =>
  it.visit(async ({ page }) => {
    await open(page, '/')
    await page.getByRole('navigation', { name: 'Pages' }).getByText('Stock').click()
    await heading(page, 'Stock')
    await expect.poll(() => focused(page)).toBe('Stock')
  }))
