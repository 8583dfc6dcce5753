/**
 * The built console, the mock behind it, and a real Chromium in front of it: what every test of the console starts
 * with.
 */
import { access, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { build } from 'vite'
import { afterAll, beforeAll, expect } from 'vitest'
import { type Mock, startMock } from './mock.ts'

const CHROMIUM = process.env['CHROMIUM'] ?? '/usr/bin/chromium'
const CONFIG = fileURLToPath(new URL('../../console/vite.config.ts', import.meta.url))
const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

export interface Visit {
  page: Page
  mock: Mock
  /** What the browser complained of so far: script errors, refusals by the content security policy, failed requests. */
  complaints: string[]
}

export interface Console {
  /** The folder of the built console. */
  dist: string
  /** Opens a fresh browser profile on a fresh mock; both are gone when the visit is over. */
  visit(work: (visit: Visit) => Promise<void>, options?: BrowserContextOptions): Promise<void>
}

/** Builds the console once per test file and keeps one browser for it. */
export function useConsole(): Console {
  let browser: Browser | null = null
  const opened: Console = { dist: '', visit }

  beforeAll(async () => {
    opened.dist = await mkdtemp(join(tmpdir(), 'console-'))
    await build({ configFile: CONFIG, build: { outDir: opened.dist, emptyOutDir: true } })
    browser = await launch()
  })
  afterAll(async () => {
    await browser?.close()
    await rm(opened.dist, { recursive: true, force: true })
  })

  async function visit(work: (visit: Visit) => Promise<void>, options: BrowserContextOptions = {}): Promise<void> {
    if (!browser) return
    const mock = await startMock(opened.dist)
    const context = await browser.newContext({ viewport: { width: 1360, height: 900 }, baseURL: mock.url, ...options })
    await context.addInitScript(COUNT_SHIFTS)
    const page = await context.newPage()
    page.setDefaultTimeout(120_000)
    const complaints: string[] = []
    page.on('console', (line) => line.type() === 'error' && complaints.push(line.text()))
    page.on('pageerror', (error) => complaints.push(error.message))
    try {
      await work({ page, mock, complaints })
    } finally {
      await context.close()
      await mock.close()
    }
  }
  return opened
}

/** @returns null, with a loud warning, when there is no Chromium here; where CI runs that is a failure. */
async function launch(): Promise<Browser | null> {
  const there = await access(CHROMIUM).then(
    () => true,
    () => false,
  )
  if (there) return chromium.launch({ executablePath: CHROMIUM, args: ARGS })
  const message =
    `No Chromium at ${CHROMIUM}: the console was NOT tested. ` +
    'Install it (apt-get install chromium) or name it in CHROMIUM.'
  if (process.env['CI']) throw new Error(message)
  process.emitWarning(message)
  return null
}

/** Adds up what moves without anybody having touched anything, as browsers define it, from the first paint on. */
const COUNT_SHIFTS = `
  window.shifts = { sum: 0, what: [] }
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      if (entry.hadRecentInput) continue
      shifts.sum += entry.value
      for (const { node } of entry.sources) {
        shifts.what.push((node?.parentElement ?? node)?.outerHTML?.slice(0, 160) ?? 'gone')
      }
    }
  }).observe({ type: 'layout-shift', buffered: true })
`

/** Expects that nothing has moved so far; says what did. */
export async function expectNoShift(page: Page): Promise<void> {
  // Two frames later everything drawn so far has been counted.
  await page.evaluate(
    'new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done))))',
  )
  expect(await page.evaluate('shifts')).toEqual({ sum: 0, what: [] })
}

/** Opens an address and waits until its data is here and news arrive. */
export async function open(page: Page, path: string): Promise<void> {
  await page.goto(path)
  await page.locator('.live[data-state=live]').waitFor()
  await page.locator('.skeleton').first().waitFor({ state: 'detached' })
}
