/** Holds the whole tree against the house rules. A breach is reported with its place, the reason and what to do. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { banViolations } from './bans.ts'
import { covers, EXCEPTIONS, isExcepted } from './exceptions.ts'
import { contentViolations, nameViolations } from './names.ts'
import { wallViolations } from './rooms.ts'
import { parseSource } from './source.ts'
import { projectFiles, read, root } from './tree.ts'
import { show, type Violation } from './violation.ts'

const files = projectFiles()
const isText = (path: string) =>
  /\.(tsx?|m?js|css|sql|md|json|ya?ml|html|sh|toml|txt|svg|tpl)$|(^|\/)[A-Z]+$|run$|file$/.test(path)
const isScript = (path: string) => /\.(tsx?|m?js|css|sql)$/.test(path) && !path.includes('/fixtures/')
const sources = files.filter(isScript).map((path) => parseSource(path, read(path)))
const banned = sources.flatMap(banViolations)

const report = (violations: readonly Violation[]): string[] => violations.map(show)

describe('the tree', () => {
  it('keeps to its rooms', () => {
    expect(report(sources.filter(({ path }) => !path.endsWith('.sql')).flatMap(wallViolations))).toEqual([])
  })

  it('does nothing the house forbids', () => {
    expect(report(banned.filter(({ path, rule }) => !isExcepted(path, rule)))).toEqual([])
  })

  it('has names that say what a thing is', () => {
    expect(report(files.flatMap(nameViolations))).toEqual([])
  })

  it('contains nothing of one machine or one author', () => {
    expect(report(files.filter(isText).flatMap((path) => contentViolations(path, read(path))))).toEqual([])
  })

  it('needs every exception it is granted', () => {
    const stale = EXCEPTIONS.filter(
      (one) =>
        existsSync(join(root, one.path)) && !banned.some((violation) => covers(one, violation.path, violation.rule)),
    )
    expect(stale).toEqual([])
  })
})
