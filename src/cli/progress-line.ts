/** One line that writes over itself, for people at a terminal; nothing for a file or a pipe. */

export interface OverwrittenLine {
  show(text: string): void
  /** Leaves nothing of it behind. */
  clear(): void
}

export interface ProgressLine {
  show(done: number, total: number): void
  end(): void
}

const WIDTH = 24
const CLEAR = '\r\u001b[K'

export function overwrittenLine(): OverwrittenLine {
  const { stderr } = process
  if (!stderr.isTTY) return { show: () => {}, clear: () => {} }
  return { show: (text) => void stderr.write(`${CLEAR}${text}`), clear: () => void stderr.write(CLEAR) }
}

/** So much of it is done, as a bar; full when there is nothing to do. */
export function bar(done: number, total: number, width = WIDTH, rest = '░'): string {
  const full = total === 0 ? width : Math.min(width, Math.round((width * done) / total))
  return `${'█'.repeat(full)}${rest.repeat(width - full)}`
}

/** @param what is counted: `messages`. */
export function progressLine(what: string): ProgressLine {
  const { show, clear } = overwrittenLine()
  return { show: (done, total) => show(`${bar(done, total)} ${done} of ${total} ${what}`), end: clear }
}
