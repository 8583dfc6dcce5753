/** Dead letters in the console: walked by keys, retried, edited with what is wrong said in place, resolved at once. */
import { describe, expect, test } from 'vitest'
import { changesBetween } from '../../console/src/json-changes.ts'
import { open, useConsole } from './browser.ts'

const it = useConsole()

test('two keys lead to what needs attention, j and Enter to the first of it, and its count stands in the rail', () =>
  it.visit(async ({ page, complaints }) => {
    await open(page, '/')
    await page.getByRole('navigation', { name: 'Pages' }).getByText('2 to mend').waitFor()
    await page.keyboard.type('gn')
    await page.getByRole('heading', { level: 1, name: 'Needs attention' }).waitFor()
    await page.locator('[data-row]').first().waitFor()
    await page.keyboard.type('j')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: 'Dead letter 43' }).waitFor()
    expect(new URL(page.url()).pathname).toBe('/dead/43')
    expect(complaints).toEqual([])
  }))

test('one is retried after a question, in the mode that was chosen', () =>
  it.visit(async ({ page, mock }) => {
    await open(page, '/dead/43')
    await page.getByRole('button', { name: 'Retry on latest' }).click()
    const dialog = page.getByRole('dialog', { name: 'Let it be decided anew?' })
    await dialog.getByRole('button', { name: 'Retry on latest' }).click()
    await page.getByText('Done as asked.').waitFor()
    await page.getByText('Being retried').waitFor()
    expect(mock.acts).toEqual(['/api/dead/43/retry {"by":"console","mode":"latest"}'])
  }))

test('an edit sends only what was changed; what is wrong is said beside the text with its name', () =>
  it.visit(async ({ page, mock }) => {
    await open(page, '/dead/42')
    const body = page.getByRole('textbox', { name: /^The body/ })
    const shown = await body.inputValue()
    expect(shown).toContain('•••@•••')
    await body.fill(shown.slice(1))
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('This is not JSON').waitFor()
    expect(await body.getAttribute('aria-invalid')).toBe('true')
    await body.fill(shown.replace('12,50', 'bad'))
    await page.getByRole('button', { name: 'Check' }).click()
    await page.getByText('line_items.0.price: is not a decimal.').waitFor()
    await body.fill(shown.replace('12,50', '12.50'))
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('Done as asked.').waitFor()
    await body.fill(shown.replace('•••@•••', 'x •••'))
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('/email: would write masked data').waitFor()
    const sent = (value: string, check: boolean) =>
      `/api/dead/42/edit ${JSON.stringify({ by: 'console', changes: [{ path: '/line_items/0/price', value }], check })}`
    expect(mock.acts).toEqual([sent('bad', true), sent('12.50', false)])
  }))

test('comments and who is at it are written, and all that fit are resolved with a reason', () =>
  it.visit(async ({ page, mock }) => {
    await open(page, '/dead/43')
    await page.getByLabel('Comment', { exact: true }).fill('Called them.')
    await page.getByRole('button', { name: 'Write' }).click()
    await page.getByText('Done as asked.').waitFor()
    await page.getByLabel('Who is at it').fill('Ada')
    await page.getByRole('button', { name: 'Assign' }).click()
    await page.getByText('accounting, Ada is at it').waitFor()
    await open(page, '/dead?class=missing')
    await page.getByRole('button', { name: 'Resolve all' }).click()
    const dialog = page.getByRole('dialog', { name: 'Resolve all that fit?' })
    expect(await dialog.getByRole('button', { name: 'Resolve all' }).isDisabled()).toBe(true)
    await dialog.getByLabel('Reason').fill('A test of theirs.')
    await dialog.getByRole('button', { name: 'Resolve all' }).click()
    await page.getByText('Nothing fits these filters').waitFor()
    expect(mock.acts.at(-1)).toBe(
      '/api/dead {"by":"console","filter":{"class":"missing"},"action":"resolve","reason":"A test of theirs."}',
    )
  }))

describe('what was changed in a text', () => {
  const before = { 'a': 1, 'b/c': { d: ['x', '•••', 'z'] }, 'e': null }
  test.each([
    ['nothing', before, []],
    ['a member set', { ...before, a: 2 }, [{ path: '/a', value: 2 }]],
    ['a member new', { ...before, f: [1] }, [{ path: '/f', value: [1] }]],
    ['a member gone', { 'a': 1, 'b/c': before['b/c'] }, [{ path: '/e', remove: true }]],
    ['deep', { ...before, 'b/c': { d: ['y', '•••', 'z'] } }, [{ path: '/b~1c/d/0', value: 'y' }]],
    [
      'an item gone, the others in place',
      { ...before, 'b/c': { d: ['•••', 'z'] } },
      [{ path: '/b~1c/d/0', remove: true }],
    ],
    ['an item more', { ...before, 'b/c': { d: ['x', '•••', 'z', 'q'] } }, [{ path: '/b~1c/d/3', value: 'q' }]],
    ['everything', [1], [{ path: '', value: [1] }]],
  ])('%s', (_, after, changes) => {
    expect(changesBetween(before, after)).toEqual(changes)
  })
})
