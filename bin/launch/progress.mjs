/** One line that says what is being waited for. On standard error always: standard output belongs to the command. */

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏']
const FRAME_MS = 100
/** How often a log that cannot be rewritten gets another line. */
const PLAIN_LINE_MS = 15_000

/** Shows `title` with the time and whatever `detail()` says while `work` runs; leaves one line saying how it ended. */
export async function withProgress(title, detail, work) {
  const startedMs = performance.now()
  const seconds = () => `${((performance.now() - startedMs) / 1000).toFixed(0)} s`
  const line = () => [title, detail(), seconds()].filter(Boolean).join(' · ')
  const stop = process.stderr.isTTY ? spin(line) : tell(title, line)
  let ok = false
  try {
    const value = await work()
    ok = true
    return value
  } finally {
    stop()
    process.stderr.write(`${ok ? '✓' : '✗'} ${line()}\n`)
  }
}

function spin(line) {
  let frame = 0
  const draw = () => {
    const text = `${FRAMES[frame++ % FRAMES.length]} ${line()}`
    process.stderr.write(`\r\u001b[2K${text.slice(0, (process.stderr.columns || 80) - 1)}`)
  }
  draw()
  const timer = setInterval(draw, FRAME_MS)
  return () => {
    clearInterval(timer)
    process.stderr.write('\r\u001b[2K')
  }
}

function tell(title, line) {
  process.stderr.write(`${title} …\n`)
  const timer = setInterval(() => process.stderr.write(`  ${line()}\n`), PLAIN_LINE_MS)
  return () => clearInterval(timer)
}
