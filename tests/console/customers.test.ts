/** A person says of two records whether they are one person, in a real browser: with the mouse and with one key. */
import { expect, test } from 'vitest'
import { expectNoShift, open, useConsole } from './browser.ts'

const it = useConsole()

test('two records stand side by side with the reasons, and one key makes them one person', () =>
  it.visit(async ({ page, mock, complaints }) => {
    await open(page, '/')
    await page.keyboard.type('gu')
    await page.getByRole('heading', { level: 1, name: 'Customers' }).waitFor()
    await page.getByText('2 pairs to decide about').waitFor()
    await expectNoShift(page)
    await page.keyboard.type('j')
    await page.keyboard.press('Enter')
    const dialog = page.getByRole('dialog', { name: 'One person or two?' })
    await dialog.getByText('E-mail same, +60 · Name same, +30 · Address same, +30').waitFor()
    await dialog.getByRole('region', { name: 'shopify-main-7' }).getByText('partner 12').waitFor()
    await dialog.getByText('The ERP archives partner 41').waitFor()
    // Nothing is decided without a name, and no letter of the name decides.
    await page.keyboard.press('m')
    await dialog.getByLabel('Your name').fill('Ma')
    await dialog.getByLabel('Your name').press('m')
    expect(mock.acts).toEqual([])
    await dialog.getByLabel('Your name').fill('Kim')
    await dialog.getByRole('button', { name: 'One person' }).focus()
    await page.keyboard.press('m')
    await dialog.waitFor({ state: 'detached' })
    await page.getByText('1 pair to decide about').waitFor()
    expect(mock.acts).toEqual(['/api/customers/woo-outlet-9/join {"with":"shopify-main-7","by":"Kim","note":""}'])
    expect(complaints).toEqual([])
  }))

test('what is kept apart is gone from the list, with the note', () =>
  it.visit(async ({ page, mock }) => {
    await open(page, '/customers')
    await page.getByRole('button', { name: 'B•••' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Your name').fill('Kim')
    await dialog.getByLabel('Note').fill('Father and son.')
    await dialog.getByRole('button', { name: 'Keep apart' }).click()
    await dialog.waitFor({ state: 'detached' })
    await page.getByText('1 pair to decide about').waitFor()
    expect(mock.acts).toEqual([
      '/api/customers/guest-5d1/apart {"from":"shopify-main-8","by":"Kim","note":"Father and son."}',
    ])
  }))

test('a record tells who said what and when, and who joined it or kept it apart', () =>
  it.visit(async ({ page, complaints }) => {
    await open(page, '/customers')
    await page.getByRole('button', { name: 'woo-outlet-3' }).click()
    const dialog = page.getByRole('dialog', { name: 'Who said what of woo-outlet-3' })
    const said = dialog.getByRole('region', { name: 'Who said what' })
    await said.getByText('its word counts before others').waitFor()
    expect(await said.innerText()).toMatch(/Name: A••• E•••\s+shopify-main.*\s+instead of A•••\s+woo-outlet/)
    const joined = await dialog.getByRole('region', { name: 'Joined and apart' }).innerText()
    expect(joined).toMatch(/Part of shopify-main-7: joined by Kim,/)
    expect(joined).toMatch(/Kept apart from guest-5d1 by Lee,/)
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
    expect(complaints).toEqual([])
  }))
