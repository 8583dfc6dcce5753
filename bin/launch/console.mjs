/** Builds the web page when its sources changed since the last build. */
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { CannotStart } from './cannot-start.mjs'
import { withProgress } from './progress.mjs'

export async function buildConsole(root, node) {
  const folder = join(root, 'console')
  const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js')
  // A release ships the built page without its sources; an installation without development packages keeps what it has.
  if (!existsSync(join(folder, 'index.html')) || !existsSync(vite)) return
  const stamp = join(folder, 'dist', '.hash')
  const hash = sourcesHash(root, folder)
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return
  await withProgress(
    'Building the console',
    () => '',
    async () => {
      const { code, output } = await run(node, [vite, 'build', folder, '--logLevel', 'warn'], root)
      if (code !== 0) {
        const shown = output.replace(/^ {4}at .*\n?/gm, '').trim()
        throw new CannotStart(
          `The console could not be built.\n\n${shown}\n\nRun \`npx vite build console\` to see it alone.`,
        )
      }
    },
  )
  writeFileSync(stamp, hash)
}

function sourcesHash(root, folder) {
  const hash = createHash('sha256').update(readFileSync(join(root, 'package-lock.json')))
  const visit = (path) => {
    for (const entry of readdirSync(path, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (entry.name === 'dist' || entry.name === 'node_modules') continue
      const child = join(path, entry.name)
      if (entry.isDirectory()) visit(child)
      else hash.update(`\0${child.slice(root.length)}\0`).update(readFileSync(child))
    }
  }
  visit(folder)
  return hash.digest('hex')
}

function run(node, args, cwd) {
  return new Promise((resolve, reject) => {
    const child = spawn(node, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (chunk) => (output += chunk))
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, output }))
  })
}
