/** Installs the packages of a clone when they are missing or do not fit package-lock.json, and only then. */
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { createWriteStream, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { CannotStart } from './cannot-start.mjs'
import { withProgress } from './progress.mjs'

/** @param withDev whether packages that only development needs have to be there too. */
export async function ensureInstalled(root, withDev) {
  const stamp = join(root, 'node_modules', '.crossdock-lock')
  const fingerprint = locksFingerprint(root)
  if (fingerprint !== null && existsSync(stamp) && readFileSync(stamp, 'utf8') === fingerprint) return
  const missing = missingPackages(root)
  if (missing.any && (withDev ? missing.dev : missing.run)) await install(root)
  else if (missing.any) return // Installed without development packages on purpose: enough to run.
  try {
    writeFileSync(stamp, locksFingerprint(root) ?? '')
  } catch {
    // A read-only installation is looked at anew each time; that takes some milliseconds.
  }
}

/** Over the lock file and npm's own record of what it installed: either changing makes us look again. */
function locksFingerprint(root) {
  const record = join(root, 'node_modules', '.package-lock.json')
  if (!existsSync(record)) return null
  const hash = createHash('sha256')
  for (const file of [join(root, 'package-lock.json'), record]) hash.update(readFileSync(file))
  return hash.digest('hex')
}

/** Compares what the lock file wants with what npm recorded, so that an `npm ci` by hand is not repeated. */
function missingPackages(root) {
  const record = join(root, 'node_modules', '.package-lock.json')
  if (!existsSync(record)) return { any: true, run: true, dev: true }
  const installed = readPackages(record)
  const missing = Object.entries(readPackages(join(root, 'package-lock.json'))).filter(
    ([path, wanted]) =>
      path !== '' && !wanted.optional && !wanted.devOptional && installed[path]?.version !== wanted.version,
  )
  const run = missing.some(([, wanted]) => !wanted.dev)
  return { any: missing.length > 0, run, dev: missing.length > 0 }
}

const readPackages = (file) => JSON.parse(readFileSync(file, 'utf8')).packages ?? {}

async function install(root) {
  const log = join(root, 'install.log')
  const file = createWriteStream(log)
  // A disk that cannot hold the log will be what npm complains about, too.
  file.on('error', () => {})
  const fetched = new Set()
  const attempt = (args) => npm(args, { root, file, onPackage: (url) => fetched.add(url) })
  const detail = () => (fetched.size > 0 ? `${fetched.size} packages` : '')
  await withProgress('Installing packages', detail, async () => {
    let why = await attempt(['ci'])
    // Nothing is saved, so the lock file still decides; what other platforms would need is left out.
    if (why && lacksOtherPlatforms(why)) why = await attempt(['install', '--no-save'])
    await new Promise((done) => file.end(done))
    if (why) throw new CannotStart(explain(why, log))
  })
  rmSync(log, { force: true })
}

/**
 * A registry that carries only some platforms' builds of a tool leaves the others without a version in the lock file,
 * which `npm ci` calls out of sync although nothing is wrong for this platform.
 */
function lacksOtherPlatforms(why) {
  const complaints = why.match(/^npm error (?:Missing|Invalid): .*$/gm) ?? []
  return complaints.length > 0 && complaints.every((line) => /^npm error Missing: \S+@ from lock file$/.test(line))
}

/** @returns null when it went well, otherwise what npm complained about. */
function npm(args, { root, file, onPackage }) {
  return new Promise((resolve) => {
    const all = [...args, '--include=dev', '--loglevel=http', '--no-audit', '--no-fund']
    const shell = process.platform === 'win32'
    const child = spawn('npm', all, { cwd: root, env: ownEnvironment(), shell, stdio: ['ignore', 'pipe', 'pipe'] })
    const complaints = []
    for (const stream of [child.stdout, child.stderr]) {
      let rest = ''
      stream.setEncoding('utf8').on('data', (chunk) => {
        file.write(chunk)
        const lines = (rest + chunk).split('\n')
        rest = lines.pop()
        for (const line of lines) {
          const tarball = /npm http (?:fetch|cache).*?(\S+\.tgz)/.exec(line)
          if (tarball) onPackage(tarball[1])
          if (line.startsWith('npm error')) complaints.push(line.trimEnd())
        }
      })
    }
    child.on('error', (error) => resolve(error.code === 'ENOENT' ? 'npm was not found.' : error.message))
    child.on('close', (code, signal) => {
      resolve(code === 0 ? null : complaints.join('\n') || `npm ended with ${signal ?? code}.`)
    })
  })
}

/** What the outer npm or npx was told about its own command is not meant for this one. */
function ownEnvironment() {
  const theirs = /^npm_(?:command$|config_(?:call|package|json|loglevel|yes)$)/i
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !theirs.test(name)))
}

const COMPLAINTS_SHOWN = 12

const CURES = [
  [/npm was not found/, 'npm comes with Node: install Node with npm, or install the packages by hand with `npm ci`.'],
  [/ENOSPC/, 'The disk is full: about 700 MB are needed.'],
  [/EACCES|EPERM|EROFS/, 'The folder cannot be written: run this as its owner, or move the clone.'],
  [
    /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ECONNRESET|network/i,
    'The package registry cannot be reached: check the network and proxy (`npm ping`).',
  ],
  [
    /EUSAGE|in sync|EINTEGRITY/,
    'package-lock.json does not fit package.json: run `npm install` and look at what changed.',
  ],
]

function explain(why, log) {
  const shown = why
    .split('\n')
    .filter((line) => !/^npm error *$/.test(line))
    .slice(0, COMPLAINTS_SHOWN)
    .join('\n')
  const cure = CURES.find(([symptom]) => symptom.test(why))?.[1] ?? 'Run `npm ci` to see it happen.'
  return `Packages could not be installed.\n\n${shown}\n\n${cure}\nThe whole output: ${log}\nThen run the same command again.`
}
