/**
 * The hub's own PostgreSQL: real, durable, on this machine only, kept in the hub's folder. Starting it also means
 * finding the one that a killed hub left running, mending what a killed start left behind, refusing a folder that
 * another hub uses, and starting it again whenever it dies.
 */
import { randomBytes } from 'node:crypto'
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Log } from '../io.ts'
import { barrier, findNative, findPrograms, serverUser, shelter, shelteredData } from './embedded-install.ts'
import {
  type Access,
  type Site,
  awaitServer,
  createData,
  ensureDatabase,
  halt,
  hasData,
  launch,
  livingServer,
  openPassage,
  plainReason,
  shareWithFolder,
  urlOf,
} from './embedded-server.ts'
import { freePort, isPortFree } from './ports.ts'
import { exclusively, markOf, signIn, signOffAll, signedIn } from './processes.ts'

export interface EmbeddedOptions {
  /** The hub's folder, e.g. `./.crossdock`. The data is in its folder `postgres`. Created when it is missing. */
  directory: string
  log: Log
  /** Where it must listen. Unless said: where it did last time, or wherever is free. */
  port?: number
  /**
   * Join a hub that uses the folder already (tools, tests, a second process) instead of refusing. The last one to stop
   * stops it.
   */
  shared?: boolean
  /** False: a power cut may eat data. For tests only. */
  durable?: boolean
  /** Told when the server is gone (`down`) and when it is there again, at the same address (`up`). */
  onState?(state: 'down' | 'up', reason: string): void
  /** False: nobody looks after it once it runs. */
  supervised?: boolean
  /** The folder `native` with the programs. The installed package's unless said. */
  native?: string
}

export interface Embedded {
  /** With the password: never log it. */
  url: string
  /** `18.4` */
  version: string
  /** Whether a server that was running already was taken over. */
  adopted: boolean
  /** Signs off, and stops the server unless somebody else uses it. Close the connections before. */
  stop(): Promise<void>
}

const DATABASE = 'crossdock'
/** Long enough for another process to create or recover a database. */
const TURN_WAIT_MS = 180_000
const WATCH_EVERY_MS = 500
const RESTART_DELAY_MAX_MS = 10_000
const DISK_TROUBLE = new Set(['ENOSPC', 'EDQUOT', 'EROFS', 'EACCES', 'EPERM', 'EIO'])

/** Starts the server, or takes over the one that runs there. Throws in plain words when it cannot be had. */
export async function startEmbedded(options: EmbeddedOptions): Promise<Embedded> {
  try {
    return await startOnce(options)
  } catch (cause) {
    if (!DISK_TROUBLE.has((cause as NodeJS.ErrnoException).code ?? '')) throw cause
    throw new Error(`PostgreSQL cannot be started. ${plainReason((cause as Error).message, options.directory)}`, {
      cause,
    })
  }
}

async function startOnce(options: EmbeddedOptions): Promise<Embedded> {
  const site = await prepare(options)
  const folder = realpathSync(options.directory)
  const users = join(folder, 'users')
  const turn = <T>(work: () => Promise<T>) => exclusively(join(folder, 'postgres.lock'), TURN_WAIT_MS, work)

  const { access, adopted, signOff } = await turn(async () => {
    const other = options.shared ? undefined : signedIn(users)[0]
    if (other) {
      throw new Error(
        `Process ${other.pid} already runs a hub in ${folder}. Stop it first, or give this one another folder; ` +
          'several hubs can share a PostgreSQL of your own by DATABASE_URL.',
      )
    }
    const signOff = signIn(users)
    try {
      return { ...(await raise(site, folder, options)), signOff }
    } catch (error) {
      signOff()
      throw error
    }
  })
  if (adopted) options.log('info', 'PostgreSQL was running already and was taken over.', { data: site.data })

  const watch = options.supervised === false ? undefined : supervise(site, access, turn, options)
  let stopping: Promise<void> | undefined
  const stop = async () => {
    await watch?.end()
    await turn(async () => {
      signOff()
      if (signedIn(users).length === 0) await halt(site)
    })
  }
  return { url: urlOf(access, DATABASE), version: site.programs.version, adopted, stop: () => (stopping ??= stop()) }
}

/** Whether this process, in any of its threads, has started the folder's server and not stopped it. */
export const isUsedByUs = ({ directory }: EmbeddedOptions): boolean =>
  existsSync(directory) && signedIn(join(directory, 'users')).some(({ pid }) => pid === process.pid)

/** Signs this process off, in all of its threads, and stops the server when no other living process uses it. */
export async function stopUnused(options: EmbeddedOptions): Promise<void> {
  const site = await prepare(options)
  const folder = realpathSync(options.directory)
  await exclusively(join(folder, 'postgres.lock'), TURN_WAIT_MS, async () => {
    signOffAll(join(folder, 'users'))
    if (signedIn(join(folder, 'users')).length === 0) await halt(site)
  })
}

async function prepare(options: EmbeddedOptions): Promise<Site> {
  try {
    mkdirSync(options.directory, { recursive: true, mode: 0o711 })
    accessSync(options.directory, constants.R_OK | constants.W_OK | constants.X_OK)
  } catch (cause) {
    throw new Error(
      `The hub cannot keep its database in ${options.directory}: ${(cause as Error).message}. ` +
        'Start it as the user who owns that folder, or name another folder.',
      { cause },
    )
  }
  const folder = realpathSync(options.directory)
  let native = options.native ?? findNative()
  if (serverUser(join(folder, 'postgres'))) openPassage(folder)
  const { data, closed } = placeOf(folder, native)
  if (closed !== null) {
    native = shelter(folder, native)
    options.log('info', `PostgreSQL may not enter ${closed}; its data is in ${data}.`)
  }
  const user = serverUser(data)
  const programs = await findPrograms(native, user)
  return { programs, user, data, logFile: join(folder, 'postgres.log'), durable: options.durable ?? true }
}

/**
 * Where the data of a hub in that folder is, and what keeps the server's user out of the folder itself, if anything.
 */
function placeOf(folder: string, native: string): { data: string; closed: string | null } {
  const data = join(folder, 'postgres')
  const user = serverUser(data)
  const closed = user ? (barrier(folder, user) ?? barrier(native, user)) : null
  return { data: closed === null ? data : shelteredData(folder), closed }
}

/** The folder with PostgreSQL's data of a hub in that folder, whether it is there yet or not. */
export const dataFolder = (directory: string): string =>
  existsSync(directory) ? placeOf(realpathSync(directory), findNative()).data : join(directory, 'postgres')

/** Makes sure the server runs and the database is there. Only ever inside a turn. */
async function raise(
  site: Site,
  folder: string,
  options: EmbeddedOptions,
): Promise<{ access: Access; adopted: boolean }> {
  const stored = readAccess(folder)
  if (hasData(site) && !stored) {
    throw new Error(
      `The password file ${accessFile(folder)} is missing, so nobody can get into the database in ${site.data}. ` +
        'Put the file back, or restore a backup into an empty folder.',
    )
  }
  const access = stored ?? { user: DATABASE, password: randomBytes(24).toString('base64url'), port: 0 }
  const running = await awaitServer(site, access)
  if (running) {
    if (options.port !== undefined && running.port !== options.port) {
      options.log('warn', `PostgreSQL runs already and listens at ${running.port}, not at ${options.port} as asked.`)
    }
    access.port = running.port
  } else {
    writeAccess(folder, access)
    await createData(site, access)
    await launchSomewhere(site, access, options.port)
  }
  writeAccess(folder, access)
  await ensureDatabase(access, DATABASE)
  return { access, adopted: running !== null }
}

async function launchSomewhere(site: Site, access: Access, asked: number | undefined): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const last = access.port !== 0 && (await isPortFree(access.port)) ? access.port : undefined
    access.port = asked ?? last ?? (await freePort())
    if (asked !== undefined && !(await isPortFree(asked))) {
      throw new Error(
        `Port ${asked} on 127.0.0.1 is taken by another program. End that program or choose another port.`,
      )
    }
    try {
      await launchPatiently(site, access)
      return
    } catch (error) {
      // Somebody took the port between the look and the start.
      if (attempt === 5 || (await isPortFree(access.port))) throw error
    }
  }
}

/**
 * A killed server's backends hold its memory until they notice, within seconds; PostgreSQL refuses to start beside
 * them.
 */
async function launchPatiently(site: Site, access: Access): Promise<number> {
  for (let waitedMs = 0; ; waitedMs += 200) {
    try {
      return await launch(site, access)
    } catch (error) {
      if (waitedMs > 30_000 || !/pre-existing shared memory block/.test((error as Error).message)) throw error
      await pause(200)
    }
  }
}

/** Looks every half second whether the server lives, and starts it again at the same address when it does not. */
function supervise(
  site: Site,
  access: Access,
  turn: <T>(work: () => Promise<T>) => Promise<T>,
  options: EmbeddedOptions,
) {
  const ended = new AbortController()
  let server = livingServer(site.data)
  let mark = server ? markOf(server.pid) : null

  const isUp = () => server !== null && mark !== null && markOf(server.pid)?.started === mark.started
  async function restart(): Promise<void> {
    options.log('error', 'PostgreSQL is gone and is being started again.', { data: site.data })
    options.onState?.('down', 'The PostgreSQL server ended without being told to.')
    for (let delayMs = 100; !ended.signal.aborted; delayMs = Math.min(delayMs * 2, RESTART_DELAY_MAX_MS)) {
      try {
        await turn(async () => {
          if (!ended.signal.aborted && !(await awaitServer(site, access))) await launchPatiently(site, access)
        })
        server = livingServer(site.data)
        mark = server ? markOf(server.pid) : null
        if (!isUp()) continue
        options.log('info', 'PostgreSQL runs again.', { data: site.data })
        options.onState?.('up', 'The PostgreSQL server was started again.')
        return
      } catch (error) {
        options.log('error', `PostgreSQL could not be started again yet. ${(error as Error).message}`, {
          data: site.data,
        })
        await pause(delayMs, undefined, { signal: ended.signal }).catch(() => {})
      }
    }
  }
  async function loop(): Promise<void> {
    while (!ended.signal.aborted) {
      if (!isUp()) await restart()
      await pause(WATCH_EVERY_MS, undefined, { signal: ended.signal, ref: false }).catch(() => {})
    }
  }
  const looping = loop()
  return {
    async end() {
      ended.abort()
      await looping
    },
  }
}

const accessFile = (folder: string) => join(folder, 'postgres-access.json')

function readAccess(folder: string): Access | undefined {
  if (!existsSync(accessFile(folder))) return undefined
  return JSON.parse(readFileSync(accessFile(folder), 'utf8')) as Access
}

function writeAccess(folder: string, access: Access): void {
  const draft = `${accessFile(folder)}.new`
  writeFileSync(draft, JSON.stringify(access), { mode: 0o600, flush: true })
  shareWithFolder(draft)
  renameSync(draft, accessFile(folder))
}
