/**
 * Starts the hub and stands aside: signals are passed on once, the exit code is passed back. The hub gets a process
 * group of its own, because a terminal sends Ctrl-C to everybody in the group and npm sends it once more to us: left to
 * themselves these arrive as two or three, and a second Ctrl-C means "stop now, unfinished". So that it cannot outlive
 * us even when we are killed, it holds the other end of a pipe (`leash.mjs`).
 */
import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { fileURLToPath } from 'node:url'

/** Copies of one signal that arrive within this time are one: no person presses twice so fast. */
const SAME_SIGNAL_MS = 250

/**
 * Where Node keeps what it compiled, so that a command starts in half the time from the second time on (1.8 s of
 * processor time to 1.0 for all commands, 0.03 for `--help`). In our own folder, where nobody else can put anything;
 * where it cannot be written, Node goes without.
 */
const COMPILED = fileURLToPath(new URL('../../node_modules/.cache/crossdock', import.meta.url))

const STOPPING = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT']

/** @returns the exit code of the hub; 128 and the number of the signal when a signal ended it. */
export function handOver(node, args) {
  return start(node, ['--import', new URL('./leash.mjs', import.meta.url).href, ...args], { alone: true })
}

/** Runs a tool in our own process group, where Ctrl-C reaches it by itself. @returns its exit code. */
export function runTool(node, args, cwd) {
  return start(node, args, { alone: false, cwd })
}

function start(node, args, { alone, cwd }) {
  const ownGroup = alone && process.platform !== 'win32'
  const stdio = ownGroup ? ['inherit', 'inherit', 'inherit', 'pipe'] : 'inherit'
  const env = { NODE_COMPILE_CACHE: COMPILED, ...process.env }
  if (ownGroup) env.CROSSDOCK_LAUNCHER = String(process.pid)
  const child = spawn(node, args, { cwd, env, stdio, detached: ownGroup })
  const lastMs = new Map()
  const pass = (signal) => {
    const nowMs = performance.now()
    const copy = nowMs - (lastMs.get(signal) ?? -Infinity) < SAME_SIGNAL_MS
    lastMs.set(signal, nowMs)
    const hasItAlready = !ownGroup && signal === 'SIGINT'
    if (!copy && !hasItAlready) child.kill(signal)
  }
  for (const signal of STOPPING) process.on(signal, pass)
  if (ownGroup) process.on('SIGWINCH', () => child.kill('SIGWINCH'))
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('exit', (code, signal) => {
      for (const name of STOPPING) process.off(name, pass)
      child.stdio[3]?.destroy()
      resolve(code ?? 128 + constants.signals[signal])
    })
  })
}
