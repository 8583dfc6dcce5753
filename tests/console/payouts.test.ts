/** What people see of payouts, in a real browser. */
import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { expectNoShift, open, useConsole } from './browser.ts'

const it = useConsole()

test('payouts are reached by keys, narrowed to what does not agree, and written to a file', () =>
  it.visit(async ({ page, complaints }) => {
    await open(page, '/')
    await page.keyboard.type('gm')
    await page.getByRole('heading', { level: 1, name: 'Payouts' }).waitFor()
    const rows = page.locator('[data-row]')
    await expect.poll(() => rows.allInnerTexts()).toEqual(['po_3', 'po_2', 'settlement-1'])
    await expectNoShift(page)
    await page.getByText('The bank got 971.00 EUR, and its movements come to 972.00 EUR.').waitFor()
    await page.getByText('1 order of it no channel told of: amazon-us:111-9').waitFor()
    await page.getByLabel('Trouble').selectOption('Somebody has to look')
    await expect.poll(() => rows.allInnerTexts()).toEqual(['po_3', 'settlement-1'])
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Export CSV' }).click(),
    ])
    const lines = (await readFile(await download.path(), 'utf8')).split('\r\n')
    expect(lines[1]).toContain('stripe,po_3,paid,')
    expect(lines[1]).toContain('EUR,971,29,-1,12,false,payout_differs,')
    await page.getByLabel('State').selectOption('Failed')
    await page.getByText('Nothing fits these filters').waitFor()
    await page.getByRole('link', { name: 'Show all payouts' }).click()
    await expect.poll(() => rows.count()).toBe(3)
    expect(complaints).toEqual([])
  }))
