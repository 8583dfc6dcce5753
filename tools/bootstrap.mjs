/**
 * What `npm start`, `npm test`, `npm run check` and `npm run bench` call. Runs on Node 20 with nothing installed yet.
 *
 * - `demo ARGS` and any other command of the hub: starts the hub with it.
 * - `--check`: types, lint, format, generated files.
 * - `--test ARGS`: as `--check`, then the tests; with a path or `-t` only the tests.
 * - `--bench NAME ARGS`: one benchmark.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { explained, launch, prepare, root } from '../bin/launch/launch.mjs'
import { runTool } from '../bin/launch/run.mjs'

const at = (...path) => join(root, ...path)
const tool = (...path) => at('node_modules', ...path)

const generate = at('tools', 'generate.ts')
const tsc = tool('typescript', 'bin', 'tsc')

const CHECKS = [
  { title: 'Types', run: [tsc, '--noEmit', '-p', '.'], again: 'npx tsc --noEmit -p .' },
  {
    title: 'Types of the core, which may use nothing of the platform',
    run: [tsc, '--noEmit', '-p', 'src/core'],
    again: 'npx tsc --noEmit -p src/core',
  },
  {
    title: 'Types of the console',
    run: [tsc, '--noEmit', '-p', 'console'],
    again: 'npx tsc --noEmit -p console',
  },
  {
    title: 'Lint',
    run: [tool('oxlint', 'bin', 'oxlint'), '--type-aware', '--deny-warnings'],
    again: 'npx oxlint --type-aware --deny-warnings',
  },
  { title: 'Format', run: [tool('oxfmt', 'bin', 'oxfmt'), '--check'], again: 'npx oxfmt  (it mends what it finds)' },
  {
    title: 'Generated files',
    run: existsSync(generate) ? [generate, '--check'] : null,
    again: 'npx node tools/generate.ts  (it writes them)',
  },
]

const vitest = (args) => ({
  title: 'Tests',
  run: [tool('vitest', 'vitest.mjs'), 'run', ...args],
  again: `npm test -- ${args.length > 0 ? args.join(' ') : '<path>'}`,
})

/** A path, or a pattern for names: somebody is at work on one thing and wants to see only that. */
const isSelective = (args) => args.some((arg) => !arg.startsWith('-') || /^(-t|--testNamePattern)\b/.test(arg))

/** Runs the steps until one fails. @returns its exit code, or 0. */
async function inOrder(node, steps) {
  for (const { title, run, again } of steps) {
    if (!run) continue
    process.stdout.write(`\n▸ ${title}\n`)
    const startedMs = performance.now()
    const code = await runTool(node, run, root)
    const seconds = `${((performance.now() - startedMs) / 1000).toFixed(1)} s`
    process.stdout.write(code === 0 ? `✓ ${title} · ${seconds}\n` : `✗ ${title} · ${seconds} · again: ${again}\n`)
    if (code !== 0) return code
  }
  return 0
}

const [command, ...args] = process.argv.slice(2)

if (command === '--test' || command === '--check') {
  await explained(async () => {
    const node = await prepare({ withDev: true })
    if (command === '--check') return inOrder(node, CHECKS)
    return inOrder(node, isSelective(args) ? [vitest(args)] : [...CHECKS, vitest(args)])
  })
} else if (command === '--bench') {
  await explained(async () => runTool(await prepare({ withDev: true }), [at('bench', 'run.ts'), ...args], root))
} else {
  await launch(process.argv.slice(2))
}
