/** The life of an order on one line, and what people do from there: shown first, then done, in a real browser. */
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { expectNoShift, open, useConsole } from './browser.ts'
import { ACTION_TOKEN } from './world-life.ts'

const it = useConsole()
const LIFE = '/orders/shopify-main/1112'
const titles = (page: Page) => page.locator('.trace .hop-title').allInnerTexts()

test('one line tells of money, parcels, returns, holds and edits with who and when, and not of what goes on inside', () =>
  it.visit(async ({ page, complaints }) => {
    await open(page, LIFE)
    const line = page.getByRole('region', { name: 'Time line' })
    await line.getByText('Kim let it go (fraud)').waitFor()
    const told = await titles(page)
    expect(told.indexOf('€200.00 authorised')).toBeLessThan(told.indexOf('€200.00 captured in all'))
    expect(told.indexOf('A parcel left the warehouse')).toBeLessThan(told.indexOf('2 pieces came back to WH'))
    expect(told).not.toContain('2 × MUG-BLUE-M reserved')
    await line.getByText('Holds · noted by a person').waitFor()
    await line.getByText('Money · from stripe').waitFor()
    await expectNoShift(page)
    expect(complaints).toEqual([])
  }))

test('digits narrow it, the address remembers, and nought shows all of it again', () =>
  it.visit(async ({ page }) => {
    await open(page, LIFE)
    const all = await titles(page)
    await page.keyboard.press('2')
    await expect.poll(() => titles(page).then((now) => now.length)).toBe(5)
    expect(await page.getByRole('button', { name: 'Money' }).getAttribute('aria-pressed')).toBe('true')
    await page.keyboard.press('5')
    await expect.poll(() => titles(page).then((now) => now.length)).toBe(8)
    expect(new URL(page.url()).search).toBe('?show=money%2Chold')
    await page.reload()
    await expect.poll(() => titles(page).then((now) => now.length)).toBe(8)
    await page.keyboard.press('2')
    await expect.poll(() => titles(page)).toContain('Kim let it go (fraud)')
    expect(await titles(page)).not.toContain('€200.00 authorised')
    await page.keyboard.press('0')
    await expect.poll(() => titles(page)).toEqual(all)
    await page.keyboard.press('9')
    await expect.poll(() => titles(page)).toEqual(['2 × MUG-BLUE-M reserved'])
    await page.keyboard.press('0')
    await page.getByText('Given to desk to mend').click()
    await page.getByRole('link', { name: 'Open dead letter 31' }).waitFor()
  }))

test('money is given back only as it was shown, and another amount has to be looked at again', () =>
  it.visit(async ({ page, mock }) => {
    await open(page, LIFE)
    await page.getByRole('button', { name: 'Refund', exact: true }).click()
    const dialog = page.getByRole('dialog', { name: 'Give money back on #1112?' })
    const look = dialog.getByRole('button', { name: 'See what it does' })
    expect(await look.isDisabled()).toBe(true)
    await dialog.getByLabel('Your name').fill('Lee')
    await dialog.getByLabel('How much').selectOption('An amount')
    await dialog.getByLabel('Amount in EUR').fill('12,505')
    expect(await look.isDisabled()).toBe(true)
    await dialog.getByLabel('Amount in EUR').fill('900')
    await look.click()
    await dialog.getByText('Give back no more than is left.').waitFor()
    expect(await dialog.getByRole('button', { name: 'Give it back' }).count()).toBe(0)
    await dialog.getByLabel('Amount in EUR').fill('12,5')
    await look.click()
    await dialog.getByText('Stripe is asked to give money back.').waitFor()
    await dialog.getByText('It cannot be undone by the hub.').waitFor()
    await dialog.getByText('A credit note follows').waitFor()
    await dialog.getByRole('button', { name: 'Give it back' }).click()
    await dialog.waitFor({ state: 'detached' })
    const done = JSON.parse(mock.acts.at(-1)!.split(' ').slice(1).join(' ')) as { action: object; token: string }
    expect(done).toMatchObject({
      action: { do: 'refund', by: 'Lee', amount: { amount: 1_250, currency: 'EUR' }, whole: false, lines: [] },
      token: ACTION_TOKEN,
    })
  }))

test('pieces come back by line, no more than left can be asked for without being told', () =>
  it.visit(async ({ page, mock }) => {
    await open(page, LIFE)
    await page.getByRole('button', { name: 'Return', exact: true }).click()
    const dialog = page.getByRole('dialog', { name: 'Let goods of #1112 come back?' })
    const look = dialog.getByRole('button', { name: 'See what it does' })
    expect(await look.isDisabled()).toBe(true)
    await dialog.getByLabel('MUG-BLUE-M').fill('1')
    await dialog.getByLabel('Reason').selectOption('Defective')
    await look.click()
    await dialog.getByRole('button', { name: 'Let them come back' }).click()
    await dialog.waitFor({ state: 'detached' })
    await page.getByText(/The return is named rma-[0-9a-f]{8}/).waitFor()
    expect(mock.acts.at(-1)).toContain('"reason":"defective","lines":[{"lineId":"1","quantity":1}]')
  }))

test('what changed between showing and doing is not done', () =>
  it.visit(async ({ page, mock }) => {
    await open(page, '/orders/shopify-main/1124')
    await page.getByRole('button', { name: 'Cancel order' }).click()
    const dialog = page.getByRole('dialog', { name: 'Cancel #1124?' })
    await dialog.getByRole('button', { name: 'See what it does' }).click()
    await dialog.getByText('Odoo is asked to cancel the sale.').waitFor()
    mock.world.moved = true
    await dialog.getByRole('button', { name: 'Cancel order' }).click()
    await page.getByText('things have changed since').waitFor()
    await dialog.getByRole('button', { name: 'See what it does' }).waitFor()
    expect(await dialog.getByText('Odoo is asked to cancel the sale.').count()).toBe(0)
  }))

test('goods leave from elsewhere: all of them, or some in a delivery of their own, as it was shown', () =>
  it.visit(async ({ page, mock }) => {
    await open(page, '/orders/shopify-main/1124')
    await page.getByRole('button', { name: 'Move or split' }).click()
    const dialog = page.getByRole('dialog', { name: 'Have goods of #1124 leave from elsewhere?' })
    const look = dialog.getByRole('button', { name: 'See what it does' })
    await dialog.getByLabel('Your name').fill('Lee')
    expect(await look.isDisabled()).toBe(true)
    await dialog.getByLabel('MUG-BLUE-M').check()
    await look.click()
    await dialog.getByText('1 × TRAY (at WH) leave from ST1').waitFor()
    await dialog.getByLabel('LINEN-THROW-L').check()
    expect(await dialog.getByRole('button', { name: 'Split it' }).count()).toBe(0)
    await look.click()
    await dialog.getByText('Odoo is asked to change the sale.').waitFor()
    await dialog.getByRole('button', { name: 'Move it' }).click()
    await page.getByText('Goods of #1124 are being moved to ST1.').waitFor()
    const done = JSON.parse(mock.acts.at(-1)!.split(' ').slice(1).join(' ')) as { action: object; token: string }
    const skus = ['MUG-BLUE-M', 'LINEN-THROW-L']
    expect(done).toEqual({ action: { do: 'reroute', to: 'ST1', skus, by: 'Lee', note: '' }, token: ACTION_TOKEN })
  }))

test('where everything is already nothing can be moved to, and what has left is told again instead', () =>
  it.visit(async ({ page, mock }) => {
    await open(page, '/orders/shopify-main/1124')
    await page.getByRole('button', { name: 'Move or split' }).click()
    await page.getByRole('dialog').getByLabel('From').selectOption('WH')
    await page.getByText('Everything leaves from there already.').waitFor()
    await open(page, LIFE)
    expect(await page.getByRole('button', { name: 'Move or split' }).count()).toBe(0)
    await page.getByRole('button', { name: 'Tell the channel again' }).click()
    const dialog = page.getByRole('dialog', { name: 'Tell the channel of #1112 again?' })
    await dialog.getByRole('button', { name: 'See what it does' }).click()
    await dialog.getByRole('button', { name: 'Tell it again' }).click()
    await page.getByText('The channel is told of the parcels of #1112 again.').waitFor()
    expect(mock.acts.at(-1)).toContain('{"action":{"do":"resend"}')
  }))

test('orders of one buyer are sent together, as it was shown, once each is named with its channel', () =>
  it.visit(async ({ page, mock }) => {
    await open(page, '/orders/shopify-main/1124')
    await page.getByRole('button', { name: 'Send together' }).click()
    const dialog = page.getByRole('dialog', { name: 'Send other orders together with #1124?' })
    const look = dialog.getByRole('button', { name: 'See what it does' })
    await dialog.getByLabel('Your name').fill('Lee')
    const others = dialog.getByLabel('Other orders of the buyer')
    await others.fill('shopify-main:1125, 77')
    expect(await look.isDisabled()).toBe(true)
    await others.fill('shopify-main:1125, woo:77')
    await look.click()
    await dialog.getByText('Lee has it leave in one parcel with shopify-main:1125.').waitFor()
    await dialog.getByRole('button', { name: 'Send together' }).click()
    await page.getByText('#1124 leaves in one parcel with shopify-main:1125, woo:77.').waitFor()
    const done = JSON.parse(mock.acts.at(-1)!.split(' ').slice(1).join(' ')) as { action: object; token: string }
    const action = { do: 'merge', with: ['shopify-main:1125', 'woo:77'], by: 'Lee', note: '' }
    expect(done).toEqual({ action, token: ACTION_TOKEN })
  }))
