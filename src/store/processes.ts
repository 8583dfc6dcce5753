/**
 * Who is running on this machine: a process is named by its id _and_ when it started, since ids are used again. Files
 * that name their writer this way survive a kill and a reboot without lying.
 */
import { execFileSync } from 'node:child_process'
import { linkSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

export interface ProcessMark {
  pid: number
  /** When it started, in the words of the operating system; only ever compared. Empty when it cannot be known. */
  started: string
}

/** The mark of a living process, or null. A zombie is dead. */
export function markOf(pid: number): ProcessMark | null {
  try {
    process.kill(pid, 0)
  } catch (error) {
    // EPERM: it lives and belongs to somebody else.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return null
  }
  if (process.platform === 'win32') return { pid, started: '' }
  if (process.platform !== 'linux') {
    const [state, ...started] = ps(pid, 'state=,lstart=').split(/\s+/)
    return state === undefined || state === '' || state.startsWith('Z') ? null : { pid, started: started.join(' ') }
  }
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The command stands in brackets and may hold blanks and brackets itself.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    if (fields[0] === 'Z' || fields[0] === 'X') return null
    return { pid, started: `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}/${fields[19]}` }
  } catch {
    return null
  }
}

export const isAlive = (mark: ProcessMark): boolean => markOf(mark.pid)?.started === mark.started

/** The command line of a process, blanks between its words; empty when there is none or it cannot be read. */
export function commandOf(pid: number): string {
  if (process.platform !== 'linux') return process.platform === 'win32' ? '' : ps(pid, 'command=')
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim()
  } catch {
    return ''
  }
}

function ps(pid: number, columns: string): string {
  try {
    return execFileSync('ps', ['-o', columns, '-p', String(pid)], {
      encoding: 'utf8',
      env: { LC_ALL: 'C', PATH: '/bin:/usr/bin' },
    }).trim()
  } catch {
    return ''
  }
}

const own = (): ProcessMark => markOf(process.pid) ?? { pid: process.pid, started: '' }

function readMark(path: string): ProcessMark | null {
  try {
    const mark = JSON.parse(readFileSync(path, 'utf8')) as ProcessMark
    return typeof mark.pid === 'number' && typeof mark.started === 'string' ? mark : null
  } catch {
    return null
  }
}

let counter = 0
const uniqueName = () => `${process.pid}-${process.hrtime.bigint()}-${++counter}`

/**
 * Runs `work` while no other process (and no other call in this one) is inside for the same file. A holder that was
 * killed does not block: its mark tells that it is gone.
 */
export async function exclusively<T>(path: string, waitMs: number, work: () => Promise<T>): Promise<T> {
  const draft = `${path}.${uniqueName()}`
  writeFileSync(draft, JSON.stringify(own()), { mode: 0o644 })
  try {
    for (let waitedMs = 0; !taken(draft, path); waitedMs += 20) {
      if (waitedMs > waitMs) {
        throw new Error(
          `Process ${readMark(path)?.pid ?? 'unknown'} has held ${path} for over ${Math.round(waitMs / 1000)} s. ` +
            'Wait for it, or end it.',
        )
      }
      await pause(20)
    }
  } finally {
    rmSync(draft, { force: true })
  }
  try {
    return await work()
  } finally {
    rmSync(path, { force: true })
  }
}

/** Takes the lock by linking a finished file to its name: nobody ever sees it half written. */
function taken(draft: string, path: string): boolean {
  try {
    linkSync(draft, path)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  const holder = readMark(path)
  if (holder && isAlive(holder)) return false
  const aside = `${path}.${uniqueName()}`
  try {
    renameSync(path, aside)
    // Between reading and renaming somebody else may have done the same and taken it: give that back.
    const moved = readMark(aside)
    if (moved && isAlive(moved)) linkSync(aside, path)
  } catch {
    // It was released or taken in the meantime; the next round sees which.
  } finally {
    rmSync(aside, { force: true })
  }
  return false
}

/** The living processes that signed in at this folder. Marks of dead ones are removed. */
export function signedIn(folder: string): ProcessMark[] {
  mkdirSync(folder, { recursive: true })
  return readdirSync(folder).flatMap((file) => {
    const mark = readMark(join(folder, file))
    if (mark && isAlive(mark)) return [mark]
    rmSync(join(folder, file), { force: true })
    return []
  })
}

/** Puts this process on the list; the function given back takes it off. */
export function signIn(folder: string): () => void {
  mkdirSync(folder, { recursive: true })
  const path = join(folder, `${uniqueName()}.json`)
  writeFileSync(path, JSON.stringify(own()))
  return () => rmSync(path, { force: true })
}

/** Takes this process off the list, whichever of its threads signed in. */
export function signOffAll(folder: string): void {
  mkdirSync(folder, { recursive: true })
  for (const file of readdirSync(folder)) {
    if (readMark(join(folder, file))?.pid === process.pid) rmSync(join(folder, file), { force: true })
  }
}
