/** What the documents say can be followed: links lead somewhere, commands exist, examples are complete and work. */
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { readOptions } from '../src/cli/command.ts'
import { COMMANDS } from '../src/cli/commands.ts'
import { CONNECTORS } from '../src/connectors/catalogue.ts'
import { type Config, configSchema, parseConfig } from '../src/config.ts'
import { anchorsOf, commandLinesOf, type Reference, referencesOf, scriptsOf } from './documents.ts'
import { optionsOf } from './generate/options.ts'
import { projectFiles, read } from './tree.ts'

const files = projectFiles()
const documents = files.filter((path) => path.endsWith('.md'))

describe('documents', () => {
  it('link only to what is there', () => {
    const known = new Set(files.flatMap(withFolders))
    const leads = ({ to, anchor }: Reference) =>
      known.has(to.replace(/\/$/, '')) && (anchor === '' || anchorsOf(read(to)).includes(anchor))
    const broken = documents
      .flatMap((path) => referencesOf(path, read(path)))
      .filter((reference) => !leads(reference))
      .map(({ from, line, to, anchor }) => `${from}:${line} → ${to}${anchor ? `#${anchor}` : ''}`)
    expect(broken).toEqual([])
  })

  it('show only command lines that the hub understands', async () => {
    const wrong: string[] = []
    for (const path of documents) {
      for (const { line, words } of commandLinesOf(read(path))) {
        const why = await misunderstood(words)
        if (why) wrong.push(`${path}:${line} ${words.join(' ')}: ${why}`)
      }
    }
    expect(wrong).toEqual([])
  })

  it('name only scripts that exist', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> }
    const named = documents.flatMap((path) => scriptsOf(read(path)))
    expect(named.filter(({ script }) => !(script in scripts))).toEqual([])
    expect(named.filter(({ bench }) => bench !== null && !files.includes(`bench/${bench}.ts`))).toEqual([])
    expect(named.length).toBeGreaterThan(0)
  })

  it('are looked through for what they show', async () => {
    expect(commandLinesOf('`npx crossdock doctor --json`').map(({ words }) => words)).toEqual([['doctor', '--json']])
    expect(commandLinesOf('npm start -- --orders 9  # sells').map(({ words }) => words)).toEqual([
      ['demo', '--orders', '9'],
    ])
    expect(await misunderstood(['docter'])).toBe('no such command')
    expect(await misunderstood(['doctor', '--jsn'])).toContain('--jsn')
    expect(referencesOf('docs/a.md', 'see [b](../b.md#so-it-is) and [c](https://c.example)')).toEqual([
      { from: 'docs/a.md', line: 1, to: 'b.md', anchor: 'so-it-is' },
    ])
    expect(anchorsOf('# So, it is\n')).toEqual(['so-it-is'])
  })
})

/** `a/b.md` is there, and so is `a`. */
const withFolders = (path: string): string[] =>
  path.split('/').map((_, depth, all) => all.slice(0, depth + 1).join('/'))

async function misunderstood([name, ...args]: readonly string[]): Promise<string | null> {
  if (name === '--help' || name === 'help') return null
  const command = COMMANDS.find((one) => one.name === name)
  if (!command) return 'no such command'
  try {
    readOptions(await command.load(), args)
    return null
  } catch (error) {
    return (error as Error).message
  }
}

describe('the examples', () => {
  const complete = read('examples/crossdock.yaml')
  /** With the options switched on that are shown switched off: `#name: value`. */
  const everything = complete.replaceAll(/^( *)#(?=[a-zA-Z]+:)/gm, '$1')

  it.each([
    ['minimal.yaml', read('examples/minimal.yaml')],
    ['crossdock.yaml', complete],
    ['crossdock.yaml with everything switched on', everything],
  ])('%s can be used as it is', (name, text) => {
    const config = parseConfig(text, name)
    for (const { connector, config: own } of Object.values(config.connections)) {
      expect(CONNECTORS[connector]!.config.safeParse(own).error?.issues ?? []).toEqual([])
    }
  })

  it('show every option there is', () => {
    // As it is written: in what was parsed the defaults stand as well.
    const { connections, ...hub } = parse(everything) as { connections: Config['connections'] }
    const shown = new Set(['connections', ...pathsOf(hub)])
    const hidden = optionsOf(configSchema).filter(({ path }) => !path.startsWith('connections.') && !shown.has(path))
    const hiddenInConnectors = Object.entries(CONNECTORS).flatMap(([name, { config }]) => {
      const own = new Set(pathsOf(configOf(connections, name)))
      return optionsOf(config).filter(({ path }) => !own.has(path)).map(({ path }) => `${name}: ${path}`) // prettier-ignore
    })
    expect([...hidden.map(({ path }) => path), ...hiddenInConnectors]).toEqual([])
  })

  it('show no option of a connector that it does not have', () => {
    const { connections } = parseConfig(everything)
    for (const [name, { config }] of Object.entries(CONNECTORS)) {
      const known = optionsOf(config).map(({ path }) => path)
      expect(Object.keys(configOf(connections, name)).filter((option) => !known.includes(option))).toEqual([])
    }
  })
})

const configOf = (connections: Config['connections'], connector: string): Record<string, unknown> =>
  Object.values(connections).find((one) => one.connector === connector)!.config

/** Groups whose members have names of the retailer's own. */
const NAMED = new Set([
  'policy.payouts', 'policy.carriers', 'policy.carriers.<name>.services', 'policy.labels', 'policy.labels.<name>.methods', 'policy.channels', 'policy.stores', 'policy.kits', 'policy.payments',
  'policy.holds.kinds', 'policy.holds.checks', 'policy.holds.screening', 'policy.warehouses', 'stores', 'policy.windows',
  'policy.catalogue',
  'policy.mappings', 'calendar.moments', 'calendar.windows', 'bus.edges', 'subscribers',
  'policy.channels.<name>.routing.cutOffs',
]) // prettier-ignore

/** `a.b`, `list[].c`; what stands below a name of the retailer's own is put under `<name>`. */
function pathsOf(value: unknown, path = ''): string[] {
  if (Array.isArray(value)) return value.flatMap((one) => pathsOf(one, `${path}[]`))
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, below]) => {
    const here = path === '' ? name : NAMED.has(path) ? `${path}.<name>` : `${path}.${name}`
    return [here, ...pathsOf(below, here)]
  })
}
