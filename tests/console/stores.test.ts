/** What people do about stock, stores and orders a channel asks about, in a real browser. */
import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { expectNoShift, open, useConsole } from './browser.ts'

const it = useConsole()

test('a person sets the mode of a SKU, is asked before it is shared, and leaves it to policy again', () =>
  it.visit(async ({ page, mock, complaints }) => {
    await open(page, '/stock/WH/MUG-BLUE-L')
    const group = page.getByRole('group', { name: 'Who decides how it is shared' })
    const pressed = () => group.locator('[aria-pressed=true]').innerText()
    expect(await pressed()).toBe('By policy')
    await group.getByRole('button', { name: 'Shared' }).click()
    const dialog = page.getByRole('dialog', { name: 'Share MUG-BLUE-L?' })
    await dialog.getByText('can be sold twice').waitFor()
    expect(mock.acts).toEqual([])
    await dialog.getByRole('button', { name: 'Share it' }).click()
    await expect.poll(pressed).toBe('Shared')
    await group.getByRole('button', { name: 'By policy' }).click()
    await expect.poll(pressed).toBe('By policy')
    expect(mock.acts).toEqual([
      '/api/stock-mode/WH/MUG-BLUE-L {"mode":"shared"}',
      '/api/stock-mode/WH/MUG-BLUE-L {"mode":null}',
    ])
    expect(complaints).toEqual([])
  }))

test('a flash sale is started with a button, and ended with the same', () =>
  it.visit(async ({ page, mock, complaints }) => {
    await open(page, '/stock/WH/MUG-BLUE-L')
    await page.getByRole('button', { name: 'Start a flash sale' }).click()
    const dialog = page.getByRole('dialog', { name: 'Flash sale of MUG-BLUE-L?' })
    expect(mock.acts).toEqual([])
    await dialog.getByRole('button', { name: 'Start it' }).click()
    await page.getByRole('button', { name: 'End the flash sale' }).click()
    await page.getByRole('button', { name: 'Start a flash sale' }).waitFor()
    expect(mock.acts).toEqual([
      '/api/stock-mode/WH/MUG-BLUE-L {"mode":"exclusive"}',
      '/api/stock-mode/WH/MUG-BLUE-L {"mode":null}',
    ])
    expect(complaints).toEqual([])
  }))

test('the sums of a SKU add up as they are shown, and its history goes back page by page', () =>
  it.visit(async ({ page }) => {
    await open(page, '/stock/WH/MUG-BLUE-XL')
    const sums = (await page.evaluate(`[...document.querySelectorAll('.sums dl')].map((list) =>
      [...list.querySelectorAll('dd')].map((one) => Number(one.textContent.replace('−', '-').replace(/[ +,]/g, ''))))`)) as number[][]
    expect(sums).toHaveLength(2)
    for (const pieces of sums) expect(pieces.slice(0, -1).reduce((all, one) => all + one, 0)).toBe(pieces.at(-1))
    const chart = page.getByRole('img', { name: /^Numbers over time/ })
    await chart.waitFor()
    expect(await chart.getAttribute('aria-label')).toContain('Now: On hand 25, Free 13, shopify-main 7, woo-outlet 4.')
    await expectNoShift(page)
    await page.getByRole('button', { name: 'Show older' }).click()
    await page.getByRole('button', { name: 'Show older' }).waitFor({ state: 'detached' })
    expect(await chart.getAttribute('aria-label')).toContain('On hand 25')
  }))

test('stock is narrowed by mode and by what waits, and the file holds exactly those rows', () =>
  it.visit(async ({ page, mock }) => {
    // A SKU that a spreadsheet would take for a formula.
    mock.world.stock[9]!.sku = '=SUM("A1")'
    await open(page, '/stock')
    await page.getByLabel('Mode').selectOption('shared')
    await expect.poll(() => page.locator('[data-row]').allInnerTexts()).toEqual(['LAMP-OAK-XL'])
    await page.getByLabel('Mode').selectOption('')
    await page.getByLabel('Waiting for orders').check()
    await expect.poll(() => page.locator('[data-row]').count()).toBe(2)
    expect(new URL(page.url()).search).toBe('?waiting=true')
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Export CSV' }).click(),
    ])
    expect(download.suggestedFilename()).toBe('stock.csv')
    const lines = (await readFile(await download.path(), 'utf8')).split('\r\n')
    expect(lines[0]).toBe(
      'pool,sku,mode,on hand,free,held,safety,available,waiting,trouble,' +
        'shopify-main shows,shopify-main may sell,woo-outlet shows,woo-outlet may sell',
    )
    expect(lines[1]).toBe('WH,MUG-BLUE-L,exclusive,86,74,2,0,72,All orders of woo-outlet have to be known.,,72,72,4,6')
    expect(lines[2]).toMatch(/^WH,"'=SUM\(""A1""\)",exclusive,/)
    expect(lines.slice(3)).toEqual([''])
  }))

test('stores have a key, a search and a filter, and Enter opens one', () =>
  it.visit(async ({ page, complaints }) => {
    await open(page, '/')
    await page.getByRole('link', { name: 'hamburg-2, till 1' }).waitFor()
    await page.keyboard.type('ge')
    await page.getByRole('heading', { level: 1, name: 'Stores' }).waitFor()
    await expect.poll(() => page.locator('[data-row]').count()).toBe(4)
    await page.getByLabel('Only late or in trouble').check()
    await expect.poll(() => page.locator('[data-row]').count()).toBe(2)
    await page.keyboard.press('/')
    await page.keyboard.type('munich')
    await page.getByText('No store fits').waitFor()
    await page.getByRole('link', { name: 'Show all stores' }).click()
    await page.locator('[data-row]').nth(1).waitFor()
    await page.keyboard.type('jj')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: 'berlin-7' }).waitFor()
    expect(complaints).toEqual([])
  }))

test('what the ERP refused is sent again, and a till whose memory was lost goes on where a person says', () =>
  it.visit(async ({ page, mock }) => {
    await open(page, '/stores/berlin-7')
    await page.getByRole('button', { name: 'Retry what till 2 sent' }).click()
    await page.getByText('What till 2 sent goes to the ERP again.').waitFor()
    await page.getByRole('button', { name: 'Resume after a loss with till 2' }).click()
    const dialog = page.getByRole('dialog')
    const give = dialog.getByRole('button', { name: 'Give up what is missing' })
    await dialog.getByLabel('The hash').fill('a'.repeat(64))
    await dialog.getByLabel('Why').fill('Disk replaced')
    await dialog.getByLabel('The next record').fill('1482')
    expect(await give.isDisabled()).toBe(true)
    await dialog.getByLabel('The next record').fill('1503')
    await give.click()
    await dialog.waitFor({ state: 'hidden' })
    expect(mock.acts).toEqual([
      '/api/stores/berlin-7/registers/2/retry {}',
      `/api/stores/berlin-7/registers/2/resume {"next":1503,"prevHash":"${'a'.repeat(64)}","reason":"Disk replaced"}`,
    ])
  }))

test('an order a channel asks about is answered line by line, after a question', () =>
  it.visit(async ({ page, mock }) => {
    await open(page, '/orders/shopify-main/1126')
    await page.getByLabel('1 × LINEN-THROW-L').uncheck()
    await page.getByRole('button', { name: 'Accept 1 line' }).click()
    const dialog = page.getByRole('dialog', { name: 'Accept 1 line?' })
    await dialog.getByText('1 line of #1126 accepted, 1 refused').waitFor()
    expect(mock.acts).toEqual([])
    await dialog.getByRole('button', { name: 'Accept 1 line' }).click()
    await dialog.waitFor({ state: 'hidden' })
    expect(mock.acts).toEqual(['/api/orders/shopify-main/1126/acceptance {"accepted":["1"]}'])
    await page.getByLabel('2 × MUG-BLUE-M').uncheck()
    await page.getByRole('button', { name: 'Refuse the order' }).waitFor()
  }))

test('a list of more than two pages goes into one file, in its order, each row once', () =>
  it.visit(async ({ page, mock }) => {
    const [first] = mock.world.stock
    for (let nth = 0; nth < 230; nth += 1)
      mock.world.stock.push({ ...first!, sku: `BULK-${String(nth).padStart(3, '0')}` })
    await open(page, '/stock')
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Export CSV' }).click(),
    ])
    const lines = (await readFile(await download.path(), 'utf8')).split('\r\n').slice(1, -1)
    expect(lines.map((line) => line.split(',')[1])).toEqual(mock.world.stock.map(({ sku }) => sku))
  }))
