/** An order decided again: what would be different, and doing it after a question that names the worst. */
import { expect, test } from 'vitest'
import { open, useConsole } from './browser.ts'

const it = useConsole()
const DRY = 'Decide again (dry run)'

test('a dry run says in plain words what would be different and does nothing', () =>
  it.visit(async ({ page, mock, complaints }) => {
    await open(page, '/orders/shopify-main/1124')
    await page.getByRole('button', { name: DRY }).click()
    const list = page.getByRole('list', { name: 'What would be different' })
    await list.waitFor()
    expect((await list.innerText()).replaceAll(/\s+/g, ' ')).toBe(
      'Gone Order held back It happened, and would not today. Then and now ' +
        'New Order released It did not happen, and would today. Then and now ' +
        'Differs Make the sale at odoo Would be different: order.shippingMethod, warehouse. Then and now',
    )
    await page.getByText('And 3 more differences.').waitFor()
    await page.getByText('1 answer of then would not fit.').waitFor()
    await list.getByText('Then and now').last().click()
    await page.getByText('"WH2"').waitFor()
    expect(mock.acts).toEqual([
      '/api/replay/dry-run {"stream":"order/shopify-main/1124","limit":50}',
      '/api/replay/preview {"stream":"order/shopify-main/1124"}',
    ])
    expect(complaints).toEqual([])
  }))

test('it is run with the token of what was shown, after a question that names what cannot be undone', () =>
  it.visit(async ({ page, mock }) => {
    await open(page, '/orders/shopify-main/1124')
    await page.getByRole('button', { name: DRY }).click()
    await page.getByRole('button', { name: 'Do it now' }).click()
    const dialog = page.getByRole('dialog', { name: 'Decide #1124 again for real?' })
    const final = dialog.getByRole('listitem')
    await final.first().waitFor()
    expect(await final.allInnerTexts()).toEqual([
      'Make the sale at odoo. It can only be cancelled in Odoo, not unmade.',
    ])
    await dialog.getByRole('button', { name: 'Leave it' }).click()
    expect(mock.acts).toHaveLength(2)
    await page.getByRole('button', { name: 'Do it now' }).click()
    await dialog.getByRole('button', { name: 'Decide again' }).click()
    await page.getByText('2 deliveries of #1124 handed to the hub again.').waitFor()
    expect(mock.acts.at(-1)).toBe('/api/replay {"stream":"order/shopify-main/1124","token":"4be1c0de4be1c0de"}')
    expect(await page.getByRole('button', { name: 'Do it now' }).count()).toBe(0)
  }))

test('when things have changed since they were shown, that is said and nothing can be confirmed', () =>
  it.visit(async ({ page, mock }) => {
    await open(page, '/orders/shopify-main/1124')
    await page.getByRole('button', { name: DRY }).click()
    mock.world.moved = true
    await page.getByRole('button', { name: 'Do it now' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Decide again' }).click()
    await page.getByText('Look at it again, and confirm what is shown then.').waitFor()
    expect(await page.getByRole('button', { name: 'Do it now' }).count()).toBe(0)
  }))

test('an order that would be the same again offers nothing to do', () =>
  it.visit(async ({ page }) => {
    await open(page, '/orders/shopify-main/1112')
    await page.getByRole('button', { name: DRY }).click()
    await page.getByText('Nothing would be different: 6 events, the same again.').waitFor()
    await page.getByText('it would change nothing: all of it is done already').waitFor()
    expect(await page.getByRole('button', { name: 'Do it now' }).count()).toBe(0)
  }))

test('the trace of an order is a link where there is a place to look at it', () =>
  it.visit(async ({ page, mock }) => {
    await open(page, '/orders/shopify-main/1112')
    const link = page.getByRole('link', { name: 'Open its trace' })
    expect(await link.getAttribute('href')).toBe('https://traces.example/4bf92f3577b34da6a3ce929d0e0e4736')
    expect(await link.getAttribute('rel')).toBe('noreferrer')
    mock.world.spans = null
    await open(page, '/orders/shopify-main/1112')
    await page.getByText('S00981').first().waitFor()
    expect(await link.count()).toBe(0)
  }))

test('what reconciliation found stands on the first page and in the rail, and keys lead there and to it', () =>
  it.visit(async ({ page }) => {
    await open(page, '/')
    await page.getByRole('navigation', { name: 'Pages' }).getByText('1 found').waitFor()
    await page.getByRole('link', { name: '1 thing' }).click()
    await page.getByRole('heading', { level: 1, name: 'Reconciliation' }).waitFor()
    await page.keyboard.type('gt')
    await page.getByRole('heading', { level: 1, name: 'Today' }).waitFor()
    await page.keyboard.type('gr')
    await page.getByRole('heading', { level: 1, name: 'Reconciliation' }).waitFor()
    await page.locator('[data-row]').first().waitFor()
    await page.keyboard.type('j')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: 'Order 1131' }).waitFor()
    expect(new URL(page.url()).pathname).toBe('/orders/shopify-main/1131')
  }))
