/** Finds the Node the hub is pinned to, which the npm package `node` brings: a machine with an older one works too. */
import { accessSync, constants, readFileSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { CannotStart } from './cannot-start.mjs'

/** @returns the path of an executable of the pinned major version. */
export function pinnedNode(root) {
  const found = candidates(root).find(isExecutable)
  if (found) return found
  const wanted = pinnedMajor(root)
  if (Number(process.versions.node.split('.')[0]) === wanted) return process.execPath
  throw new CannotStart(
    `The Node ${wanted} that Crossdock runs on is missing: the npm package 'node' was installed without its install script\n` +
      '(npm was told to ignore scripts). Do one of these, then run the same command again:\n' +
      '  npm rebuild node --ignore-scripts=false     let this one package run its script\n' +
      `  npm install --no-save ${archPackages()[0]}@${pinnedVersion(root)}     bring the binary without running any script\n` +
      `  use Node ${wanted} itself to run the command`,
  )
}

const executable = process.platform === 'win32' ? 'node.exe' : 'node'

function candidates(root) {
  const resolve = createRequire(join(root, 'package.json')).resolve
  return ['node', ...archPackages()].flatMap((name) => {
    try {
      return [join(dirname(resolve(`${name}/package.json`)), 'bin', executable)]
    } catch {
      return []
    }
  })
}

/** The packages that hold nothing but the binary, by platform. */
function archPackages() {
  const platform = process.platform === 'win32' ? 'win' : process.platform
  const prefix = platform === 'darwin' && process.arch === 'arm64' ? 'node-bin' : 'node'
  return [`${prefix}-${platform}-${process.arch}`]
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK)
    // An install that was cut off can leave an empty file.
    return statSync(path).size > 1_000_000
  } catch {
    return false
  }
}

const pinnedVersion = (root) => JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).dependencies.node
const pinnedMajor = (root) => Number(pinnedVersion(root).split('.')[0])
