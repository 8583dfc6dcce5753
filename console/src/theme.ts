/** Light, dark, or as the system says. The choice is kept in the browser. */
import { effect, signal } from '@preact/signals'

export const THEMES = ['system', 'light', 'dark'] as const
export type Theme = (typeof THEMES)[number]

const KEY = 'crossdock.theme'
const stored = THEMES.find((one) => one === localStorage.getItem(KEY))
const prefersDark = matchMedia('(prefers-color-scheme: dark)')
const systemDark = signal(prefersDark.matches)

export const theme = signal<Theme>(stored ?? 'system')

/** Whether dark colours show right now; what draws on a canvas has to know. */
export const isDark = (): boolean => (theme.value === 'system' ? systemDark.value : theme.value === 'dark')

export function startTheme(): void {
  prefersDark.addEventListener('change', ({ matches }) => (systemDark.value = matches))
  effect(() => {
    if (theme.value === 'system') delete document.documentElement.dataset['theme']
    else document.documentElement.dataset['theme'] = theme.value
    localStorage.setItem(KEY, theme.value)
  })
}

export function nextTheme(): void {
  theme.value = THEMES[(THEMES.indexOf(theme.value) + 1) % THEMES.length]!
}
