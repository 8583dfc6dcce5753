/**
 * Brings the engines that are measured into `.crossdock/bench-engines`. They are no dependencies of the hub, and nobody
 * but this benchmark needs them.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

export const VERSIONS = {
  'pg-boss': '12.35.0',
  'graphile-worker': '0.18.0',
  'bullmq': '6.7.0',
  'ioredis': '5.8.2',
  '@dbos-inc/dbos-sdk': '5.3.0',
} as const

const DIRECTORY = fileURLToPath(new URL('../../.crossdock/bench-engines/', import.meta.url))

/** Installs what is missing. Throws what npm said when it cannot. */
export function install(report: (line: string) => void): void {
  const missing = Object.keys(VERSIONS).filter((name) => !existsSync(join(DIRECTORY, 'node_modules', name)))
  if (missing.length === 0) return
  report(`Installing ${missing.join(', ')} into .crossdock/bench-engines.`)
  mkdirSync(DIRECTORY, { recursive: true })
  writeFileSync(
    join(DIRECTORY, 'package.json'),
    JSON.stringify({ private: true, type: 'module', dependencies: VERSIONS }),
  )
  execFileSync('npm', ['install', '--no-audit', '--no-fund'], { cwd: DIRECTORY, stdio: ['ignore', 'pipe', 'pipe'] })
}

/** Loads one of them. */
export async function load<T>(name: keyof typeof VERSIONS): Promise<T> {
  const path = createRequire(join(DIRECTORY, 'package.json')).resolve(name)
  return (await import(pathToFileURL(path).href)) as T
}
