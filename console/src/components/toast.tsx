/** One short sentence about what was just done, read aloud and gone after a while. */
import { signal } from '@preact/signals'

const text = signal('')
const SHOWN_MS = 6_000
let timer: ReturnType<typeof setTimeout> | undefined

export function say(sentence: string): void {
  clearTimeout(timer)
  text.value = sentence
  timer = setTimeout(() => (text.value = ''), SHOWN_MS)
}

export const Toast = () => (
  <div class="toast" role="status" aria-live="polite">
    {text.value}
  </div>
)
