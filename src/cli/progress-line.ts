/** One line that writes over itself, for people at a terminal; nothing for a file or a pipe. */

export interface ProgressLine {
  show(done: number, total: number): void
  end(): void
}

const WIDTH = 24

/** @param what is counted: `messages`. */
export function progressLine(what: string): ProgressLine {
  const { stderr } = process
  if (!stderr.isTTY) return { show: () => {}, end: () => {} }
  return {
    show(done, total) {
      const full = total === 0 ? WIDTH : Math.round((WIDTH * done) / total)
      stderr.write(`\r\u001b[K${'█'.repeat(full)}${'░'.repeat(WIDTH - full)} ${done} of ${total} ${what}`)
    },
    end: () => void stderr.write('\r\u001b[K'),
  }
}
