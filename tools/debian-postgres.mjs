#!/usr/bin/env node
/**
 * Runs a command (`node tools/debian-postgres.mjs -- npm test`) against a throw-away cluster of the newest PostgreSQL
 * that Debian or Ubuntu installed. The command finds it by DATABASE_URL, which is printed as well. Runs on Node 20.
 * When root, the cluster belongs to the user postgres. It never touches the clusters that are there already.
 */
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chownSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const INSTALLED = '/usr/lib/postgresql'

/** The newest version with the programs we need, or the one asked for: `--version 15`. */
function programs(asked) {
  const versions = existsSync(INSTALLED)
    ? readdirSync(INSTALLED).filter((name) => existsSync(join(INSTALLED, name, 'bin/initdb')))
    : []
  const version = asked ?? versions.sort((a, b) => Number(b) - Number(a))[0]
  if (version === undefined || !versions.includes(version)) {
    throw new Error(`No PostgreSQL ${asked ?? ''} in ${INSTALLED}. Install one: apt-get install postgresql`)
  }
  return join(INSTALLED, version, 'bin')
}

/** The user postgres when we are root, which PostgreSQL refuses to run as. */
function serverUser() {
  if (process.getuid() !== 0) return {}
  const entry = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
    .find(([name]) => name === 'postgres')
  if (!entry) throw new Error('There is no user postgres to run the cluster as; the Debian package creates it.')
  return { uid: Number(entry[2]), gid: Number(entry[3]) }
}

const freePort = () =>
  new Promise((resolve, reject) => {
    const server = createServer().once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address()
      server.close(() => resolve(port))
    })
  })

async function main() {
  const separator = process.argv.indexOf('--')
  const command = separator < 0 ? [] : process.argv.slice(separator + 1)
  if (command.length === 0)
    throw new Error('Say what to run: node tools/debian-postgres.mjs [--version 15] -- npm test')
  const own = process.argv.slice(2, separator)
  const bin = programs(own.includes('--version') ? own[own.indexOf('--version') + 1] : undefined)
  const user = serverUser()
  const folder = mkdtempSync(join(tmpdir(), 'crossdock-postgres-'))
  const data = join(folder, 'data')
  const password = randomBytes(18).toString('base64url')
  const passwordFile = join(folder, 'password')
  writeFileSync(passwordFile, password, { mode: 0o600 })
  if (user.uid !== undefined) for (const path of [folder, passwordFile]) chownSync(path, user.uid, user.gid)
  const run = (program, args) =>
    execFileSync(join(bin, program), args, { ...user, cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] })

  let up = false
  // Ctrl-C goes to the command, whose end is ours; the cluster is stopped after it.
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => {})
  try {
    run('initdb', [
      '-D',
      data,
      '-U',
      'crossdock',
      '--pwfile',
      passwordFile,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale=C.UTF-8',
      '--no-sync',
    ])
    const port = await freePort()
    // Nothing in this cluster outlives the command, so nothing needs to reach the disk.
    const settings = {
      port,
      listen_addresses: '127.0.0.1',
      unix_socket_directories: '',
      fsync: 'off',
      full_page_writes: 'off',
      max_connections: 100,
    }
    const options = Object.entries(settings)
      .map(([name, value]) => `-c ${name}='${value}'`)
      .join(' ')
    run('pg_ctl', ['start', '-D', data, '-w', '-t', '60', '-l', join(folder, 'log'), '-o', options])
    up = true
    const url = `postgres://crossdock:${password}@127.0.0.1:${port}/postgres`
    console.log(`DATABASE_URL=${url}`)
    return await new Promise((resolve, reject) => {
      const child = spawn(command[0], command.slice(1), {
        stdio: 'inherit',
        env: { ...process.env, DATABASE_URL: url },
      })
      child.once('error', reject)
      child.once('exit', (code, signal) => resolve(code ?? (signal === 'SIGINT' ? 130 : 143)))
    })
  } finally {
    if (up)
      spawnSync(join(bin, 'pg_ctl'), ['stop', '-D', data, '-m', 'immediate', '-w'], {
        ...user,
        cwd: folder,
        stdio: 'ignore',
      })
    rmSync(folder, { recursive: true, force: true })
  }
}

main().then(
  (code) => process.exit(code),
  (error) => {
    console.error(error.message)
    process.exit(1)
  },
)
