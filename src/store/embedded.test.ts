/** The embedded server outlives killed hubs, comes back when it dies, and refuses in plain words what cannot work. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { type Database, openDatabase } from './database.ts'
import { findNative, identity, serverUser } from './embedded-install.ts'
import { type Embedded, type EmbeddedOptions, startEmbedded, stopUnused } from './embedded.ts'
import { markOf } from './processes.ts'

const CHILD = fileURLToPath(new URL('../../tests/support/embedded-child.ts', import.meta.url))

let directory: string
let data: string
let options: EmbeddedOptions
beforeEach(() => {
  const root = mkdtempSync(join(tmpdir(), 'crossdock-embedded-'))
  // As root, the server's user has to get through.
  chmodSync(root, 0o711)
  directory = join(realpathSync(root), 'with a blank', '.crossdock')
  mkdirSync(join(directory, '..'))
  data = join(directory, 'postgres')
  options = { directory, log: () => {}, durable: false }
  onTestFinished(async () => {
    await stopUnused(options)
    rmSync(root, { recursive: true, force: true })
  })
})

/** Started for this test: stopped at its end. */
async function start(changes: Partial<EmbeddedOptions> = {}): Promise<Embedded> {
  const embedded = await startEmbedded({ ...options, ...changes })
  onTestFinished(() => embedded.stop())
  return embedded
}

function open(url: string): Database {
  const database = openDatabase(url, { max: 2, applicationName: 'embedded-test', onError: () => {} })
  onTestFinished(() => database.close())
  return database
}

/** A hub in a process of its own. Its URL comes once its server is up. */
async function hub(): Promise<{ child: ChildProcess; url: string; exit: Promise<unknown>; kill(): Promise<void> }> {
  // With a process group of its own, as a terminal gives it.
  const child = spawn(process.execPath, [CHILD, directory], { stdio: ['ignore', 'pipe', 'inherit'], detached: true })
  const exit = once(child, 'exit')
  const kill = async () => {
    child.kill('SIGKILL')
    await exit
  }
  onTestFinished(kill)
  const [url] = (await once(createInterface(child.stdout!), 'line')) as [string]
  return { child, url, exit, kill }
}

const serverPid = () => Number.parseInt(readFileSync(join(data, 'postmaster.pid'), 'utf8'), 10)

describe('the embedded server', () => {
  it('keeps data over stop and start, at the same port, with what is safe to rely on', async () => {
    const first = await start({ durable: true })
    const db = open(first.url)
    await db.query('create table t as select 1 as n')
    const settings = await db.query(`select name, setting from pg_settings
      where name in ('fsync', 'full_page_writes', 'synchronous_commit', 'listen_addresses', 'unix_socket_directories',
        'data_checksums') order by 1`)
    expect(settings.map((row) => Object.values(row as object).join('='))).toEqual([
      'data_checksums=on',
      'fsync=on',
      'full_page_writes=on',
      'listen_addresses=127.0.0.1',
      'synchronous_commit=on',
      'unix_socket_directories=',
    ])
    expect(
      await db.query(
        `select datcollate, pg_encoding_to_char(encoding) as e from pg_database where datname = current_database()`,
      ),
    ).toEqual([{ datcollate: 'C', e: 'UTF8' }])
    await db.close()
    await first.stop()
    expect(existsSync(join(data, 'postmaster.pid'))).toBe(false)

    const second = await start()
    expect([second.url, second.adopted, second.version.split('.')[0]]).toEqual([first.url, false, '18'])
    expect(await open(second.url).query('select n from t')).toEqual([{ n: 1 }])
  })

  it("lets nobody in without the password, which only the hub's user can read", async () => {
    const { url } = await start()
    const wrong = url.replace(/:[^:@]+@/, ':guess@')
    await expect(open(wrong).query('select 1')).rejects.toMatchObject({ code: '28P01' })
    expect(statSync(join(directory, 'postgres-access.json')).mode & 0o777).toBe(0o600)
    const { password } = JSON.parse(readFileSync(join(directory, 'postgres-access.json'), 'utf8')) as {
      password: string
    }
    expect(password.length).toBeGreaterThanOrEqual(32)
    expect(readdirSync(directory).filter((name) => name.includes('.new'))).toEqual([])
  })

  it('left running by a killed hub is taken over with its data', async () => {
    const killed = await hub()
    await open(killed.url).query('create table t as select 7 as n')
    const pid = serverPid()
    await killed.kill()
    expect(markOf(pid)).not.toBeNull()
    const { url, adopted, stop } = await start()
    expect([url, adopted, serverPid()]).toEqual([killed.url, true, pid])
    expect(await open(url).query('select n from t')).toEqual([{ n: 7 }])
    await stop()
    expect(markOf(pid)).toBeNull()
  })

  it('does not hear the Ctrl-C that its hub hears', async () => {
    const { child, exit } = await hub()
    const pid = serverPid()
    process.kill(-child.pid!, 'SIGINT')
    await exit
    expect((await start()).adopted).toBe(true)
    expect(serverPid()).toBe(pid)
  })

  it('that dies is started again at the same address, and its hub is told', async () => {
    const states: string[] = []
    const up = Promise.withResolvers<void>()
    const onState = (state: 'down' | 'up') => {
      states.push(state)
      if (state === 'up') up.resolve()
    }
    const { url } = await start({ onState })
    const db = open(url)
    await db.query('create table t as select 7 as n')
    const pid = serverPid()
    process.kill(pid, 'SIGKILL')
    await up.promise
    expect(states).toEqual(['down', 'up'])
    expect(serverPid()).not.toBe(pid)
    expect(await open(url).query('select n from t')).toEqual([{ n: 7 }])
  })

  it('starts although its old pid belongs to another process now', async () => {
    const first = await start()
    const note = readFileSync(join(data, 'postmaster.pid'), 'utf8')
    await first.stop()
    const user = serverUser(data)
    const other = spawn('/bin/sleep', ['600'], identity(user))
    onTestFinished(() => void other.kill('SIGKILL'))
    await once(other, 'spawn')
    writeFileSync(join(data, 'postmaster.pid'), note.replace(/^\d+/, String(other.pid)))
    if (user) chownSync(join(data, 'postmaster.pid'), user.uid, user.gid)
    const second = await start()
    expect(second.adopted).toBe(false)
    expect(await open(second.url).query('select 1 as one')).toEqual([{ one: 1 }])
    expect(markOf(other.pid!)).not.toBeNull()
  })

  it('is created anew when a killed start left half of it', async () => {
    mkdirSync(join(directory, 'postgres.new-abc', 'cluster'), { recursive: true })
    writeFileSync(join(directory, 'postgres.new-abc', 'cluster', 'PG_VERSION'), '18\n')
    mkdirSync(data)
    const { url } = await start()
    expect(await open(url).query('select 1 as one')).toEqual([{ one: 1 }])
    expect(readdirSync(directory).filter((name) => name.includes('.new'))).toEqual([])
  })

  it('moves to another port when its own is taken, unless the port was asked for', async () => {
    const first = await start()
    await first.stop()
    const port = Number(new URL(first.url).port)
    const squatter = createServer().listen(port, '127.0.0.1')
    onTestFinished(() => void squatter.close())
    await once(squatter, 'listening')
    await expect(start({ port })).rejects.toThrow(`Port ${port} on 127.0.0.1 is taken`)
    const { url } = await start()
    expect(new URL(url).port).not.toBe(String(port))
    expect(await open(url).query('select 1 as one')).toEqual([{ one: 1 }])
  })

  it('serves one hub a folder, and those who join by saying so', async () => {
    const { child, url } = await hub()
    await expect(start()).rejects.toThrow(`Process ${child.pid} already runs a hub in ${directory}`)
    const joined = await start({ shared: true })
    expect([joined.url, joined.adopted]).toEqual([url, true])
    await joined.stop()
    expect(await open(url).query('select 1 as one')).toEqual([{ one: 1 }])
  })

  it('can be asked for by many at once', async () => {
    const all = await Promise.all([1, 2, 3].map(() => start({ shared: true })))
    expect(new Set(all.map(({ url }) => url)).size).toBe(1)
    const pid = serverPid()
    for (const { stop } of all) {
      expect(markOf(pid)).not.toBeNull()
      await stop()
    }
    expect(markOf(pid)).toBeNull()
  })
})

describe('the programs', () => {
  it('run although npm made none of the links between libraries', async () => {
    const native = join(directory, '..', 'native')
    cpSync(findNative(), native, { recursive: true, filter: (path) => !lstatSync(path).isSymbolicLink() })
    const links = JSON.parse(readFileSync(join(native, 'pg-symlinks.json'), 'utf8')) as { target: string }[]
    const missing = () => links.filter(({ target }) => !existsSync(join(native, '..', target)))
    expect(missing().length).toBeGreaterThan(5)
    const { url } = await start({ native })
    expect(missing()).toEqual([])
    expect(await open(url).query('select 1 as one')).toEqual([{ one: 1 }])
  })
})

describe('a folder that cannot be used', () => {
  it('is refused when another major version wrote it', async () => {
    mkdirSync(data, { recursive: true })
    writeFileSync(join(data, 'PG_VERSION'), '17\n')
    await expect(start()).rejects.toThrow(/written by PostgreSQL 17; this release brings PostgreSQL 18/)
    expect(readdirSync(data)).toEqual(['PG_VERSION'])
  })

  it('is refused when it holds something else', async () => {
    mkdirSync(data, { recursive: true })
    writeFileSync(join(data, 'thesis.txt'), 'x')
    await expect(start()).rejects.toThrow('holds no PostgreSQL data')
    expect(readdirSync(data)).toEqual(['thesis.txt'])
  })

  it('is refused when its password is lost, with what to do', async () => {
    const { stop } = await start()
    await stop()
    rmSync(join(directory, 'postgres-access.json'))
    await expect(start()).rejects.toThrow(/password file .* is missing/)
  })

  it("lives elsewhere when the server's user cannot get there, and is found there again", async () => {
    const said: string[] = []
    chmodSync(join(directory, '..'), 0o700)
    const log = (_: string, message: string) => void said.push(message)
    const first = await start({ log })
    const database = openDatabase(first.url, { max: 1, applicationName: 'test', onError: () => {} })
    await database.query('create table kept (n int)')
    await database.close()
    await first.stop()
    const second = await start({ log })
    const again = openDatabase(second.url, { max: 1, applicationName: 'test', onError: () => {} })
    expect(await again.query('select n from kept')).toEqual([])
    await again.close()
    await second.stop()
    chmodSync(join(directory, '..'), 0o711)
    // Only root lends the server another user; anybody else can reach what is theirs.
    const home = /its data is in (.*)\/postgres\./.exec(said[0] ?? '')?.[1]
    if (serverUser(data)) expect(home).toMatch(/^\/var\/lib\/crossdock\//)
    else expect(home).toBeUndefined()
    if (home) rmSync(home, { recursive: true })
  })
})
