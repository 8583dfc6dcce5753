/** What people see and decide about goods and money that come back, in a real browser. */
import { expect, test } from 'vitest'
import { expectNoShift, open, useConsole } from './browser.ts'

const it = useConsole()

test('refunds that await accounting are a filter, and the order shows what came back and its payments', () =>
  it.visit(async ({ page, complaints }) => {
    await open(page, '/')
    await page.keyboard.type('gb')
    await page.getByRole('heading', { level: 1, name: 'Returns' }).waitFor()
    const rows = page.locator('[data-row]')
    await expect.poll(() => rows.allInnerTexts()).toEqual(['#1118', '#1115', '#1112'])
    await expectNoShift(page)
    await page.getByLabel('Waits for').selectOption('Refunds awaiting accounting')
    await expect.poll(() => rows.allInnerTexts()).toEqual(['#1115'])
    expect(new URL(page.url()).search).toBe('?awaits=accounting')
    await page.getByLabel('State').selectOption('settled')
    await page.getByText('Nothing fits these filters').waitFor()
    await page.getByRole('link', { name: 'Show all returns' }).click()
    await expect.poll(() => rows.allInnerTexts()).toEqual(['#1118', '#1115', '#1112'])
    await page.keyboard.type('jjj')
    await page.keyboard.press('Enter')
    await page.getByRole('region', { name: 'Time line' }).getByText('2 pieces came back to WH').waitFor()
    await page.getByRole('region', { name: 'Payments' }).getByText('Disputed').waitFor()
    expect(complaints).toEqual([])
  }))

test('who asked for a refund cannot approve it; a second person approves or declines', () =>
  it.visit(async ({ page, mock }) => {
    await open(page, '/returns')
    await page.getByRole('button', { name: 'Decide about €480.00 of #1118' }).click()
    const dialog = page.getByRole('dialog', { name: 'Give €480.00 back on #1118?' })
    await dialog.getByText('a fee of €5.00 is kept').waitFor()
    const approve = dialog.getByRole('button', { name: 'Approve' })
    expect(await approve.isDisabled()).toBe(true)
    await dialog.getByLabel('Your name').fill('ADA ')
    await dialog.getByText('somebody else has to decide').waitFor()
    expect(await approve.isDisabled()).toBe(true)
    await dialog.getByLabel('Your name').fill('Lee')
    await approve.click()
    await dialog.waitFor({ state: 'detached' })
    await page.getByText('€480.00 asked by Ada: asked for').waitFor()
    expect(mock.acts).toEqual(['/api/orders/shopify-main/1118/refunds/r-18/decision {"approve":true,"by":"Lee"}'])
  }))
