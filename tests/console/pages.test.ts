/** Every page shows what the API says, in light and dark, wide and narrow, and neither browser nor axe complains. */
import { readdir, readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { open, useConsole } from './browser.ts'

const it = useConsole()
const AXE = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

const PAGES = [
  {
    path: '/',
    heading: 'Today',
    shows: [
      '12 orders',
      '22 of 24',
      'Add the delivery address in the channel',
      '14 calls owed',
      '1 thing',
      '42 min left',
      'Silent with its day open',
    ],
  },
  { path: '/orders', heading: 'Orders', shows: ['#1130', 'Held back', 'Not enough stock', 'A••• L•••', '€224.60'] },
  {
    path: '/orders/shopify-main/1124',
    heading: '#1124',
    shows: [
      'Not released',
      'Not enough of MUG-BLUE-330.',
      'Put it right in Odoo, then retry.',
      'Odoo refused',
      '+2.7 s',
      '+22 ms',
      'took 412 ms',
    ],
  },
  {
    path: '/orders/shopify-main/1112',
    heading: '#1112',
    shows: [
      'S00981',
      '00340434161094015902',
      'Channel told',
      'USPS GroundAdvantage by easypost, €7.42, later than promised',
      'Open its trace in OpenTelemetry',
      'Disputed',
      'Credited as RINV/0007',
      'Kim let it go (fraud)',
    ],
  },
  { path: '/stock', heading: 'Stock', shows: ['MUG-BLUE-XL', 'trouble', '22 of 24 SKUs'] },
  {
    path: '/stock/WH/MUG-BLUE-XL',
    heading: 'MUG-BLUE-XL',
    shows: [
      'Held for new orders',
      'Shopify: the location was deactivated.',
      'shopify-main 1130',
      'more was taken out than was there',
      'Why it is so many',
      'May be sold by shopify-main',
      'Each channel sells from its own share.',
      'Show older',
    ],
  },
  {
    path: '/stock/WH/MUG-BLUE-L',
    heading: 'MUG-BLUE-L',
    shows: ['Waits until all its orders up to', 'Put', 'Reservation basket-77', 'not given yet', 'woo-outlet'],
  },
  {
    path: '/stores',
    heading: 'Stores',
    shows: ['3 tills, 1 silent', 'hamburg-2', '9 records missing', 'no till heard of'],
  },
  {
    path: '/stores/berlin-7',
    heading: 'berlin-7',
    shows: [
      'Asked for again: 1,483 to 1,490, 1,502.',
      'The lines come to 41.80',
      'B7-2-00981',
      '14 later records here wait',
      '€5,619.05',
    ],
  },
  {
    path: '/orders/shopify-main/1126',
    heading: '#1126',
    shows: ['Not answered', '42 min left', 'Accept the order', 'choice 2, has set aside', 'reservation basket-77'],
  },
  {
    path: '/catalogue',
    heading: 'Catalogue',
    shows: [
      '1,532 products looked at',
      'Shown only',
      '1 given up',
      '5 cases',
      'bowl_blue',
      'No policy names the location 7009',
      'holds 2 receipts',
      'price 11.00, 12.50',
      'the channel’s own',
      'No tax class for VAT 7%',
    ],
  },
  {
    path: '/catalogue/woo-outlet',
    heading: 'Match woo-outlet',
    shows: ['3 SKUs unknown in Odoo', 'Barcode', 'Gift wrap', 'Nothing is written here'],
  },
  {
    path: '/reconciliation',
    heading: 'Reconciliation',
    shows: [
      '1,204 against 1,203 records',
      'the channel has it, the hub does not',
      'Its news was lost.',
      'Missed',
      'Agrees',
      'Not compared',
    ],
  },
  {
    path: '/connections',
    heading: 'Connections',
    shows: [
      'Odoo asked for a pause of 20 seconds.',
      'Two products share the reference',
      'In shadow',
      'Go on comparing',
      'Compared for 3.0 of 7 days.',
      '1,239 (99.9 %)',
      '3 calls, sent when the shadow ends',
      'Make the sale, lines 0 tax (1)',
    ],
  },
  {
    path: '/holds',
    heading: 'Holds',
    shows: [
      '3 holds',
      '25 min left',
      '€2,244.60',
      'Ada asks to let it go',
      'handed on 1 time',
      'then it is cancelled here',
    ],
  },
  {
    path: '/customers',
    heading: 'Customers',
    shows: ['2 pairs to decide about', '100 of 100', '70 of 100', 'E-mail same, +60'],
  },
  {
    path: '/returns',
    heading: 'Returns',
    shows: [
      '#1112',
      'Accounting',
      'Second person',
      '€480.00 asked by Ada',
      'waits for its invoice',
      '2 pieces in WH: booked',
    ],
  },
  {
    path: '/dead',
    heading: 'Needs attention',
    shows: ['Odoo could not create the sale order', 'Missing', 'accounting', '€189.90', 'Create the tax rate in Odoo'],
  },
  {
    path: '/dead/43',
    heading: 'Dead letter 43',
    shows: ['no tax of 7 %', 'when the other system was called', 'Told by email', 'Asked the tax office.', 'G••• H•••'],
  },
  { path: '/dead/42', heading: 'Dead letter 42', shows: ['line_items.2.price', 'as long as you leave it', 'Check'] },
  { path: '/no/such/page/at/all', heading: 'No page here', shows: ['Search orders'] },
] as const

/** Waits until the words stand on the page: figures come when they come. */
async function shown(page: Page, words: string): Promise<void> {
  await expect.poll(() => page.locator('main').innerText()).toContain(words)
}

for (const colorScheme of ['light', 'dark'] as const) {
  for (const { path, heading, shows } of PAGES) {
    test(`${path} in ${colorScheme} shows its figures and is accessible`, () =>
      it.visit(
        async ({ page, complaints }) => {
          await open(page, path)
          for (const words of [heading, ...shows]) await shown(page, words)
          expect(await page.locator('h1').innerText()).toBe(heading)
          expect(await page.title()).toBe(`${heading} · Crossdock`)
          expect(await violations(page)).toEqual([])
          expect(complaints).toEqual([])
        },
        { colorScheme },
      ))
  }
}

test('an opened hop, the help and the question before a retry are accessible', () =>
  it.visit(async ({ page }) => {
    await open(page, '/orders/shopify-main/1124')
    await page.locator('.trace summary').first().click()
    await page.getByText('"total_price"').waitFor()
    expect(await violations(page)).toEqual([])
    await page.keyboard.press('?')
    await page.getByRole('dialog', { name: 'Keys' }).waitFor()
    expect(await violations(page)).toEqual([])
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Retry' }).click()
    await page.getByRole('dialog', { name: 'Try #1124 again?' }).waitFor()
    expect(await violations(page)).toEqual([])
  }))

for (const colorScheme of ['light', 'dark'] as const)
  test(`differences, what is final, and both at 380 pixels are accessible in ${colorScheme}`, () =>
    it.visit(
      async ({ page }) => {
        await open(page, '/orders/shopify-main/1124')
        await page.getByRole('button', { name: 'Decide again (dry run)' }).click()
        const list = page.getByRole('list', { name: 'What would be different' })
        await list.getByText('Then and now').last().click()
        await page.getByText('"WH2"').waitFor()
        expect(await violations(page)).toEqual([])
        expect(await page.evaluate(SPILLING)).toEqual([])
        expect(await page.evaluate(WIDER)).toBeLessThanOrEqual(0)
        await page.getByRole('button', { name: 'Do it now' }).click()
        await page.getByRole('dialog').getByText('This cannot be undone').waitFor()
        expect(await violations(page)).toEqual([])
      },
      { colorScheme, viewport: { width: 380, height: 800 } },
    ))

/** What shows more than its own width holds, so that it lies over its neighbour. */
const SPILLING = `[...document.querySelectorAll('main :is(td, th, li, dd, dt, p, a, h1, h2)')]
  .filter((one) => one.clientWidth > 0 && getComputedStyle(one).overflowX === 'visible')
  .filter((one) => !one.closest('.progress') && one.scrollWidth > one.clientWidth + 1)
  .map((one) => one.outerHTML.slice(0, 200))`

const WIDER = 'document.documentElement.scrollWidth - document.documentElement.clientWidth'

test('nothing is wider than a screen of 380 pixels', () =>
  it.visit(
    async ({ page }) => {
      for (const { path } of PAGES) {
        await open(page, path)
        expect(await page.evaluate(WIDER), `${path} is too wide`).toBeLessThanOrEqual(0)
        expect(await page.evaluate(SPILLING), `${path} has text that runs out of its place`).toEqual([])
      }
    },
    { viewport: { width: 380, height: 800 } },
  ))

test('the console weighs less than 99 kB on the wire and has nothing inline', async () => {
  const files = await readdir(it.dist, { recursive: true, withFileTypes: true })
  const contents = await Promise.all(
    files.filter((file) => file.isFile()).map((file) => readFile(join(file.parentPath, file.name))),
  )
  expect(contents.reduce((all, content) => all + gzipSync(content).length, 0)).toBeLessThan(99_000)
  const html = await readFile(join(it.dist, 'index.html'), 'utf8')
  expect(html).not.toMatch(/<style|style=|<script(?![^>]*src=)/)
  expect(html).toMatch(/assets\/[\w-]+-[\w-]{8}\.js/)
})

test('the chosen colours are kept', () =>
  it.visit(async ({ page }) => {
    await open(page, '/')
    const background = () => page.evaluate('getComputedStyle(document.body).backgroundColor')
    const light = await background()
    const toggle = page.getByRole('button', { name: /^Colours/ })
    await toggle.click()
    await toggle.click()
    expect(await toggle.getAttribute('aria-label')).toBe('Colours: dark. Change')
    const dark = await background()
    expect(dark).not.toBe(light)
    await open(page, '/orders')
    expect(await background()).toBe(dark)
  }))

interface Violation {
  id: string
  nodes: { html: string; failureSummary?: string }[]
}

async function violations(page: Page): Promise<string[]> {
  await page.evaluate(AXE)
  const found = (await page.evaluate('axe.run(document, { resultTypes: ["violations"] })')) as {
    violations: Violation[]
  }
  return found.violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`),
  )
}
