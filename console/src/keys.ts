/**
 * The keyboard: two keys go somewhere, j and k walk a list, digits press switches, a slash searches, a question mark
 * helps.
 */
import { signal } from '@preact/signals'
import { go } from './router.ts'

export const helpOpen = signal(false)

export const KEYS = [
  ['g t', 'Go to today'],
  ['g o', 'Go to orders'],
  ['g s', 'Go to stock'],
  ['g e', 'Go to stores'],
  ['g h', 'Go to holds'],
  ['g b', 'Go to returns (what comes back)'],
  ['g u', 'Go to customers'],
  ['g p', 'Go to the catalogue'],
  ['g n', 'Go to what needs attention'],
  ['g r', 'Go to reconciliation'],
  ['g c', 'Go to connections'],
  ['j', 'Next row'],
  ['k', 'Row before'],
  ['Enter', 'Open the row'],
  ['1 9', 'Time line of an order: one kind, on or off'],
  ['0', 'Time line of an order: all of it'],
  ['/', 'Search'],
  ['Esc', 'Leave the search, close a dialog'],
  ['?', 'Show these keys'],
] as const

const PLACES: Readonly<Record<string, string>> = {
  t: '/',
  o: '/orders',
  s: '/stock',
  e: '/stores',
  h: '/holds',
  b: '/returns',
  u: '/customers',
  p: '/catalogue',
  n: '/dead',
  r: '/reconciliation',
  c: '/connections',
}
const TOGETHER_MS = 1_500

let goSince = 0

export function startKeys(): void {
  addEventListener('keydown', (event) => {
    const { target, key } = event
    if (event.metaKey || event.ctrlKey || event.altKey || document.querySelector('dialog[open]')) return
    if (target instanceof HTMLInputElement && target.type !== 'checkbox') return leaveField(target, key)
    if (target instanceof HTMLSelectElement || target instanceof HTMLTextAreaElement) return
    if (press(key, event.timeStamp)) event.preventDefault()
  })
}

function leaveField(field: HTMLInputElement, key: string): void {
  if (key !== 'Escape') return
  field.blur()
  step(1)
}

/** @returns whether the key meant something. */
function press(key: string, at: number): boolean {
  const place = at - goSince < TOGETHER_MS ? PLACES[key] : undefined
  goSince = key === 'g' ? at : 0
  if (place) go(place)
  else if (key === 'j' || key === 'k') step(key === 'j' ? 1 : -1)
  else if (key === '?') helpOpen.value = true
  else if (key === '/') focusSearch()
  else if (/^\d$/.test(key)) return pressSwitch(key)
  else return key === 'g'
  return true
}

/** A switch that names a digit is pressed by it. */
function pressSwitch(digit: string): boolean {
  const found = document.querySelector<HTMLElement>(`[data-digit="${digit}"]`)
  found?.click()
  return found !== null
}

function step(by: number): void {
  const rows = [...document.querySelectorAll<HTMLElement>('[data-row]')]
  const current = rows.indexOf(document.activeElement as HTMLElement)
  const next = current < 0 ? (by > 0 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, current + by))
  rows[next]?.focus()
  rows[next]?.scrollIntoView({ block: 'nearest' })
}

function focusSearch(): void {
  const field = document.querySelector<HTMLInputElement>('input[type=search]')
  if (field) return field.select()
  searchWanted = true
  go('/orders')
}

let searchWanted = false

/** Where the keyboard goes on after a change of page: in the search when that was asked for, else at the heading. */
export function focusPage(): void {
  const target = searchWanted ? 'input[type=search]' : 'main h1'
  searchWanted = false
  document.querySelector<HTMLElement>(target)?.focus({ preventScroll: true })
}
