/**
 * One PostgreSQL data folder and the server on it: create, look who is there, start, stop. No policy; see
 * `embedded.ts`.
 */
import { execFile, spawn } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  rmdirSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import pg from 'pg'
import { type Programs, type ServerUser, identity } from './embedded-install.ts'
import { serverSettings } from './embedded-settings.ts'
import { commandOf, markOf } from './processes.ts'

const run = promisify(execFile)

export interface Site {
  programs: Programs
  user: ServerUser | undefined
  /** PostgreSQL's data folder. */
  data: string
  /** Where the server's own messages go. */
  logFile: string
  durable: boolean
}

/** How to get in: the owner of the database and the port last used. Kept in a file only the hub's user can read. */
export interface Access {
  user: string
  password: string
  port: number
}

const START_TIMEOUT_MS = 120_000
const STOP_TIMEOUT_S = 90
const LOG_SIZE_MAX = 4_000_000
/** Unique violation, duplicate database, template in use: somebody else creates a database at this moment. */
const BEING_CREATED = new Set(['23505', '42P04', '55006'])
/** Above what any kernel gives out. */
const NO_PID = 2_147_483_646

/** Creates the data folder unless it is there. It appears complete, in one step; a killed attempt leaves a draft. */
export async function createData(site: Site, access: Access): Promise<void> {
  const { data, user, programs } = site
  removeDrafts(data)
  if (hasData(site)) return
  if (existsSync(data)) rmdirSync(data)
  // Not a fixed name: the initdb of a hub that was killed may still be writing into its own.
  const draft = mkdtempSync(`${data}.new-`)
  const passwordFile = `${draft}/password`
  writeFileSync(passwordFile, access.password, { mode: 0o600 })
  if (user) for (const path of [draft, passwordFile]) chownSync(path, user.uid, user.gid)
  await run(
    join(programs.bin, 'initdb'),
    [
      '--pgdata',
      `${draft}/cluster`,
      '--username',
      access.user,
      '--pwfile',
      passwordFile,
      '--auth',
      'scram-sha-256',
      // Text sorts by code point, the same on every machine and after every update of the system's libraries.
      '--encoding',
      'UTF8',
      '--locale',
      'C',
      '--locale-provider',
      'builtin',
      '--builtin-locale',
      'C.UTF-8',
      ...(site.durable ? [] : ['--no-sync']),
    ],
    { ...identity(user), cwd: draft },
  ).catch((error: unknown) => {
    removeDrafts(data)
    const { stderr, message } = error as { stderr?: string; message: string }
    throw new Error(`The database could not be created in ${data}. ${plainReason(stderr || message, data)}`, {
      cause: error,
    })
  })
  renameSync(`${draft}/cluster`, data)
  removeDrafts(data)
  syncFolder(dirname(data))
}

function removeDrafts(data: string): void {
  for (const name of readdirSync(dirname(data)).filter((name) => name.startsWith(`${basename(data)}.new-`))) {
    try {
      rmSync(join(dirname(data), name), { recursive: true, force: true })
    } catch {
      // Somebody is still writing there; the next start removes it.
    }
  }
}

/** Whether the folder holds data this release can run on; false when empty. Throws when it holds anything else. */
export function hasData({ data, programs }: Site): boolean {
  if (!existsSync(data) || readdirSync(data).length === 0) return false
  const versionFile = join(data, 'PG_VERSION')
  if (!existsSync(versionFile)) {
    throw new Error(
      `${data} is not empty and holds no PostgreSQL data. Nothing was touched: move it away or name another folder.`,
    )
  }
  const written = Number.parseInt(readFileSync(versionFile, 'utf8'), 10)
  if (written !== programs.major) {
    throw new Error(
      `The data in ${data} was written by PostgreSQL ${written}; this release brings PostgreSQL ${programs.major}, ` +
        'which cannot read it. Nothing was touched. Make a backup with the release that wrote it, ' +
        'move the folder away, start this one and restore the backup.',
    )
  }
  return true
}

/** What `postmaster.pid` says. `port` is 0 while the server has not got that far. */
interface Note {
  pid: number
  port: number
}

function readNote(data: string): Note | null {
  try {
    const lines = readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')
    const pid = Number.parseInt(lines[0] ?? '', 10)
    return Number.isSafeInteger(pid) && pid > 0 ? { pid, port: Number.parseInt(lines[3] ?? '0', 10) || 0 } : null
  } catch {
    return null
  }
}

/** The living server of this data folder, if there is one: answering, starting or stopping. */
export function livingServer(data: string): Note | null {
  const note = readNote(data)
  if (!note || !markOf(note.pid)) return null
  const command = commandOf(note.pid)
  // Without a readable command line the pid file is believed: PostgreSQL would do the same.
  return command === '' || (/postgres/.test(command) && command.includes(data)) ? note : null
}

/**
 * The pid in a left-over file may belong to another process by now, and PostgreSQL would refuse to start because of it.
 * The file itself stays: it also names the shared memory by which PostgreSQL notices backends that outlived their
 * server.
 */
function mendNote(data: string): void {
  const path = join(data, 'postmaster.pid')
  const note = readNote(data)
  if (!note || !markOf(note.pid) || livingServer(data)) return
  const text = readFileSync(path, 'utf8')
  writeFileSync(path, text.replace(/^\d+/, String(NO_PID)))
}

/** Starts the server and waits until it answers. Gives its pid. Throws with the server's own words when it gives up. */
export async function launch(site: Site, access: Access): Promise<number> {
  mendNote(site.data)
  if (existsSync(site.logFile) && statSync(site.logFile).size > LOG_SIZE_MAX)
    renameSync(site.logFile, `${site.logFile}.1`)
  const log = openSync(site.logFile, 'a', 0o600)
  shareWithFolder(site.logFile)
  const from = statSync(site.logFile).size
  const settings = Object.entries(serverSettings(access.port, site.durable)).flatMap(([name, value]) => [
    '-c',
    `${name}=${value}`,
  ])
  // A process group of its own: Ctrl-C reaches the hub alone, which stops the server once it has finished its work.
  const child = spawn(join(site.programs.bin, 'postgres'), ['-D', site.data, ...settings], {
    ...identity(site.user),
    cwd: site.data,
    detached: true,
    stdio: ['ignore', log, log],
  })
  closeSync(log)
  child.unref()
  let ended: string | undefined
  child.once('error', (error) => (ended = error.message))
  child.once('exit', (code, signal) => (ended ??= `it ended with ${signal ?? code}`))
  for (let waitedMs = 0; waitedMs < START_TIMEOUT_MS; waitedMs += 10) {
    if (ended !== undefined) {
      const words = readFileSync(site.logFile).subarray(from).toString('utf8').trim() || ended
      throw new Error(`PostgreSQL did not start on ${site.data}. ${plainReason(words, site.data)}`)
    }
    if (readNote(site.data)?.pid === child.pid && (await answers(site, access, access.port)) === 'yes')
      return child.pid ?? 0
    await pause(10)
  }
  throw new Error(
    `PostgreSQL did not answer within ${START_TIMEOUT_MS / 1000} s of its start on ${site.data}; see ${site.logFile}.`,
  )
}

/** Whether the server at the port is the one on this data folder and lets us in. */
export async function answers(
  site: Site,
  access: Access,
  port: number,
): Promise<'yes' | 'not yet' | 'refused' | 'other'> {
  const client = connect({ ...access, port }, 'postgres')
  try {
    await client.connect()
    const { rows } = await client.query<{ data: string }>(`select current_setting('data_directory') as data`)
    return rows[0]?.data === site.data ? 'yes' : 'other'
  } catch (error) {
    return /^28/.test((error as { code?: string }).code ?? '') ? 'refused' : 'not yet'
  } finally {
    await client.end().catch(() => {})
  }
}

/** Waits until the living server answers, or is gone. */
export async function awaitServer(site: Site, access: Access): Promise<Note | null> {
  for (let waitedMs = 0; waitedMs < START_TIMEOUT_MS; waitedMs += 20) {
    const note = livingServer(site.data)
    if (!note) return null
    const answer = note.port === 0 ? 'not yet' : await answers(site, access, note.port)
    if (answer === 'yes') return note
    if (answer === 'refused') {
      throw new Error(
        `PostgreSQL runs on ${site.data} (process ${note.pid}) and refuses the password in ${dirname(site.data)}. ` +
          'Put the password file back that belongs to this data.',
      )
    }
    await pause(20)
  }
  throw new Error(`The PostgreSQL that runs on ${site.data} does not answer; see ${site.logFile}.`)
}

/** A fast shutdown: open transactions are rolled back, everything is written, and then it is over. */
export async function halt(site: Site): Promise<void> {
  if (!livingServer(site.data)) return
  const command = ['stop', '-D', site.data, '-m', 'fast', '-w', '-t', String(STOP_TIMEOUT_S)]
  await run(join(site.programs.bin, 'pg_ctl'), command, { ...identity(site.user), cwd: site.data }).catch(
    (error: unknown) => {
      if (!livingServer(site.data)) return
      throw new Error(`PostgreSQL on ${site.data} did not stop within ${STOP_TIMEOUT_S} s; see ${site.logFile}.`, {
        cause: error,
      })
    },
  )
}

/** Creates the database unless it is there. The attempt of a hub that was just killed may still be under way. */
export async function ensureDatabase(access: Access, name: string): Promise<void> {
  const client = connect(access, 'postgres')
  await client.connect()
  try {
    for (let attempt = 1; ; attempt++) {
      const { rows } = await client.query('select 1 from pg_database where datname = $1', [name])
      if (rows.length > 0) return
      await client.query(`create database ${pg.escapeIdentifier(name)}`).catch(async (error: unknown) => {
        if (attempt === 50 || !BEING_CREATED.has((error as { code?: string }).code ?? '')) throw error
        await pause(100)
      })
    }
  } finally {
    await client.end()
  }
}

export const urlOf = ({ user, password, port }: Access, database: string): string =>
  `postgres://${user}:${password}@127.0.0.1:${port}/${database}`

function connect(access: Access, database: string): pg.Client {
  const client = new pg.Client({
    connectionString: urlOf(access, database),
    application_name: 'crossdock-keeper',
    connectionTimeoutMillis: 5_000,
  })
  client.on('error', () => {})
  return client
}

/** The known causes in plain words, with the cure; whatever else it is, in the server's own. */
export function plainReason(words: string, data: string): string {
  if (/no space left|ENOSPC/i.test(words))
    return `There is no space left on the disk that holds ${data}. Free some and start again.`
  if (/disk quota exceeded|EDQUOT/i.test(words))
    return `The disk quota for ${data} is used up. Raise it or free some space and start again.`
  if (/read-only file system|EROFS/i.test(words))
    return `The disk that holds ${data} is read-only. Make it writable and start again.`
  if (/permission denied|EACCES|EPERM/i.test(words)) {
    return `Access was denied: ${lastLines(words)} Check who owns ${data} and the folders above it.`
  }
  if (/could not look up effective user/i.test(words)) {
    return (
      'The user this runs as has no entry in /etc/passwd, which PostgreSQL needs. ' +
      'Add one, or set DATABASE_URL to a PostgreSQL elsewhere.'
    )
  }
  return `It said: ${lastLines(words)}`
}

const lastLines = (words: string): string =>
  words
    .trim()
    .split('\n')
    .slice(-4)
    .map((line) => line.trim())
    .join(' ')

function syncFolder(folder: string): void {
  if (process.platform === 'win32') return
  const handle = openSync(folder, 'r')
  fsyncSync(handle)
  closeSync(handle)
}

/** Lets others pass through a folder of ours without seeing what is in it. */
export function openPassage(folder: string): void {
  const { mode } = statSync(folder)
  if ((mode & 0o011) !== 0o011) chmodSync(folder, (mode & 0o777) | 0o011)
}

/** As root: gives the file to whom its folder belongs, so that a hub that runs as that user later can use it. */
export function shareWithFolder(path: string): void {
  if (process.getuid?.() !== 0) return
  const { uid, gid } = statSync(dirname(path))
  chownSync(path, uid, gid)
}
