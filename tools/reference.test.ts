/** The generated pages leave nothing out and make nothing up: tables and source are compared both ways. */
import { describe, expect, it } from 'vitest'
import { CONNECTORS } from '../src/connectors/catalogue.ts'
import { configSchema } from '../src/config.ts'
import { CODES } from './generate/errors-page.ts'
import { EVENT_SENTENCES } from './generate/event-sentences.ts'
import { optionsOf } from './generate/options.ts'
import { projectFiles, read } from './tree.ts'

const sources = projectFiles().filter((path) => /^src\/.*\.ts$/.test(path) && !path.endsWith('.test.ts'))
const found = (text: string, pattern: RegExp): string[] => [...text.matchAll(pattern)].map(([, name = '']) => name)

describe('the codes of faults', () => {
  it.each(Object.entries(CODES))('of %s are all in the table, and the table has no others', (name, codes) => {
    const own = sources.filter(
      (path) => path.startsWith(`src/connectors/${name}/`) && !/\/simulator\/|\/codes\.ts$/.test(path),
    )
    const used = own.flatMap((path) => {
      const text = read(path)
      const short = found(text, /\brejected\(\s*'(\w+)'/g).map((code) => `${name}.${code}`)
      // A command may begin with the connector's name.
      return [...found(text, new RegExp(`(?<!type: )'(${name}\\.[a-z0-9_]+)'`, 'g')), ...short]
    })
    expect([...new Set(used)].sort()).toEqual(Object.keys(codes).sort())
  })

  it('end with what to do', () => {
    const all = Object.values(CODES).flatMap((codes) => Object.values(codes))
    expect(all.filter(({ cause, cure }) => !cause.endsWith('.') || !cure.endsWith('.'))).toEqual([])
  })
})

describe('events', () => {
  it('are all described, and no others', () => {
    const unions = sources
      .filter((path) => path.startsWith('src/core/'))
      .flatMap((path) => found(read(path), /^export type \w+Event =([\s\S]*?)(?=\n\n)/gm))
    const types = unions.flatMap((union) => found(union, /\btype: '([\w.]+)'/g))
    expect([...new Set(types)].sort()).toEqual(Object.keys(EVENT_SENTENCES).sort())
  })
})

describe('options', () => {
  const connectors = Object.entries(CONNECTORS).map(([name, { config }]) => [name, config] as const)

  it.each([['hub', configSchema] as const, ...connectors])('of %s all say what they mean', (_, schema) => {
    const options = optionsOf(schema)
    expect(options.length).toBeGreaterThan(1)
    expect(options.filter(({ description }) => !description.endsWith('.')).map(({ path }) => path)).toEqual([])
  })
})
