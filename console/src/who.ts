/** Who sits here: decisions that take two people need a name. Kept in this browser, and sent with each decision. */
import { signal } from '@preact/signals'

const KEY = 'crossdock-name'

export const who = signal(localStorage.getItem(KEY) ?? '')

export function rememberWho(name: string): void {
  who.value = name
  localStorage.setItem(KEY, name)
}

/** As the hub compares names. */
export const isMe = (name: string): boolean => name.trim().toLowerCase() === who.value.trim().toLowerCase()
