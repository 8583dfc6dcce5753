/** What people do about the catalogue, in a real browser. */
import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { expectNoShift, open, useConsole } from './browser.ts'

const it = useConsole()

test('the catalogue has a key, filters in its address, and chosen products are shown as they should be', () =>
  it.visit(async ({ page, mock, complaints }) => {
    await open(page, '/')
    await page.keyboard.type('gp')
    await page.getByRole('heading', { level: 1, name: 'Catalogue' }).waitFor()
    await page.getByText('1,532 products looked at').waitFor()
    await expectNoShift(page)
    const boxes = () => page.locator('.catalogue [data-row]')
    await expect.poll(() => boxes().count()).toBe(5)
    await page.getByLabel('Channel', { exact: true }).selectOption('shopify-main')
    await expect.poll(() => boxes().count()).toBe(3)
    await page.getByLabel('State', { exact: true }).selectOption('differs')
    await expect.poll(() => boxes().count()).toBe(2)
    expect(new URL(page.url()).search).toBe('?channel=shopify-main&status=differs')
    const send = page.getByRole('button', { name: 'Show as it should be' })
    expect(await send.isDisabled()).toBe(true)
    await page.getByRole('heading', { level: 1 }).focus()
    await page.keyboard.type('j')
    await page.keyboard.press('Space')
    await page.getByRole('button', { name: 'Show 1 as they should be' }).click()
    await page.getByText('1 product will be shown as they should be.').waitFor()
    expect(mock.acts).toEqual(['/api/catalogue/send {"channel":"shopify-main","skus":["MUG-BLUE-L"]}'])
    expect(complaints).toEqual([])
  }))

test('what the hub may not write cannot be chosen, and the file holds every difference', () =>
  it.visit(async ({ page }) => {
    await open(page, '/catalogue')
    expect(await page.getByRole('checkbox', { name: 'bowl_blue' }).isDisabled()).toBe(true)
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Export CSV' }).click(),
    ])
    expect(download.suggestedFilename()).toBe('catalogue.csv')
    const lines = (await readFile(await download.path(), 'utf8')).split('\r\n')
    expect(lines[0]).toBe('channel,sku,state,field,ours,theirs,owner,trouble,given up')
    expect(lines[1]).toBe('shopify-main,MUG-BLUE-L,Differs,price,11.00,12.50,hub,,')
    expect(lines[4]).toBe('shopify-main,THROW-LINEN,Held,,,,,No tax class for VAT 7%,')
    expect(lines[6]).toMatch(/^woo-outlet,'=CMD\(\),Not listed/)
    expect(lines.slice(7)).toEqual([''])
  }))

test('unknown SKUs are matched one by one, tried on what is recorded, and taken away as rows', () =>
  it.visit(async ({ page, mock, complaints }) => {
    await open(page, '/catalogue')
    await page.getByRole('link', { name: 'Match SKUs of woo-outlet' }).click()
    await page.getByRole('heading', { level: 1, name: 'Match woo-outlet' }).waitFor()
    await page.getByRole('button', { name: 'Accept 1 with the same barcode' }).click()
    await page.getByLabel('What GIFT is').selectOption('Nothing of ours')
    await page.getByRole('button', { name: 'Try 2 decisions on what is recorded' }).click()
    await page.getByText('6 of 412 recorded messages would say something else.').waitFor()
    await page.getByText('bowl_blue → BOWL').waitFor()
    expect(mock.acts).toEqual([
      '/api/catalogue/woo-outlet/mapping-preview {"table":"skus","rows":{"bowl_blue":"BOWL","GIFT":""}}',
    ])
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download the rows' }).click(),
    ])
    expect(download.suggestedFilename()).toBe('woo-outlet-skus.csv')
    expect(await readFile(await download.path(), 'utf8')).toBe('from,to\r\nbowl_blue,BOWL\r\nGIFT,\r\n')
    // A changed mind makes the trial worthless.
    await page.getByLabel('What GIFT is').selectOption('Not decided')
    await page.getByText('6 of 412').waitFor({ state: 'detached' })
    expect(complaints).toEqual([])
  }))
