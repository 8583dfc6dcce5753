/**
 * Gets from whatever Node a machine has to the hub running on the Node it is pinned to: installs what is missing,
 * builds the console when its sources changed, then hands over. Plain JavaScript, so that it runs before anything is
 * installed.
 */
import { existsSync } from 'node:fs'
import { dirname, join, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { CannotStart } from './cannot-start.mjs'
import { buildConsole } from './console.mjs'
import { ensureInstalled } from './install.mjs'
import { pinnedNode } from './node.mjs'
import { handOver } from './run.mjs'

/** The folder that holds package.json, src and bin. */
export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))

/** As a package inside somebody's node_modules there is nothing to install, and Node does not strip types by itself. */
export const isPackage = root.includes(`${sep}node_modules${sep}`)

/** Commands that serve the console, and so need it built. */
const WITH_CONSOLE = new Set(['demo', 'serve'])

const NODE_AT_LEAST = 20

/** Runs `crossdock ARGS` and ends this process with its exit code. */
export async function launch(args) {
  await explained(async () => {
    const node = await prepare({ withDev: false })
    if (WITH_CONSOLE.has(args[0]) && !args.includes('--help')) await buildConsole(root, node)
    return handOver(node, [...typeStripping(), join(root, 'src', 'main.ts'), ...args])
  })
}

/** Everything installed; the path of the Node to run on. @param withDev whether tools for development are needed. */
export async function prepare({ withDev }) {
  const major = Number(process.versions.node.split('.')[0])
  if (major < NODE_AT_LEAST) {
    throw new CannotStart(
      `Crossdock needs Node ${NODE_AT_LEAST} or newer to start; this is Node ${process.versions.node}.\n` +
        'Install a newer one (https://nodejs.org, or your distribution) and run the same command again.\n' +
        'The hub itself then runs on the Node it brings along.',
    )
  }
  if (!isPackage) await ensureInstalled(root, withDev)
  return pinnedNode(root)
}

/** Runs `work`, and ends this process with the exit code it returns, or with an explanation. */
export async function explained(work) {
  try {
    process.exitCode = await work()
  } catch (error) {
    if (!(error instanceof CannotStart)) throw error
    process.stderr.write(`${error.message}\n`)
    process.exitCode = 1
  }
}

function typeStripping() {
  const hook = join(root, 'bin', 'launch', 'strip-types.mjs')
  return isPackage && existsSync(hook) ? ['--import', hook] : []
}
