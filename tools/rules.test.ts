/** The house rules find what they are there to find, and leave alone what only looks like it. */
import { describe, expect, it } from 'vitest'
import { banViolations } from './bans.ts'
import { contentViolations, nameViolations } from './names.ts'
import { wallViolations } from './rooms.ts'
import { importsOf, parseSource } from './source.ts'

const walls = (path: string, text: string) => wallViolations(parseSource(path, text)).map(({ message }) => message)
const bans = (path: string, text: string) =>
  banViolations(parseSource(path, `// What it is for.\n${text}`)).map(({ rule, line }) => `${rule}:${line}`)

describe('rooms', () => {
  it.each([
    ['src/core/a.ts', `import { z } from 'zod'`, /no package/],
    ['src/core/a.ts', `import { join } from 'node:path'`, /nothing of Node/],
    ['src/core/a.ts', `import { order } from '#canon/order.ts'`, /only its types/],
    ['src/core/a.ts', `import { x } from '#store/x.ts'`, /may not be used in core/],
    ['src/core/order/a.ts', `import { elapsedMs } from '../../io.ts'`, /is not for core/],
    ['src/canon/a.ts', `const pg = await import('pg')`, /only zod/],
    ['src/engine/a.ts', `import { x } from '../store/x.ts'`, /leaves the room/],
    ['src/engine/a.ts', `import { x } from '#connectors/odoo/index.ts'`, /connectors\/kit/],
    ['src/engine/a.ts', `import { x } from '#engine/b.ts'`, /same room/],
    ['src/engine/a.ts', `import { x } from '#fault.ts'`, /relatively/],
    ['src/connectors/odoo/a.ts', `import { x } from '../shopify/limits.ts'`, /another connector/],
    ['src/connectors/odoo/a.test.ts', `import { x } from '#connectors/shopify/limits.ts'`, /another connector/],
    ['src/connectors/odoo/a.ts', `import type { x } from '#engine/turn.ts'`, /may not be used in connectors/],
    ['src/connectors/kit/a.ts', `export * from '../odoo/index.ts'`, /knows none/],
    ['src/sim/a.ts', `import { x } from '#cli/serve.ts'`, /without it/],
    ['console/main.tsx', `import { x } from '../src/canon/money.ts'`, /only to the API/],
  ])('%s: %s is found', (path, text, message) => {
    expect(walls(path, text)).toEqual([expect.stringMatching(message)])
  })

  it.each([
    [
      'src/core/order/a.ts',
      `import type { Order } from '#canon/order.ts'\nimport { add, type Money } from '#canon/money.ts'`,
    ],
    [
      'src/core/order/a.ts',
      `import { type Order, type Party } from '#canon/order.ts'\nimport { note } from '../decider.ts'`,
    ],
    ['src/core/order/a.test.ts', `import { order } from '#canon/order.ts'\nimport { it } from 'vitest'`],
    ['src/connectors/odoo/a.ts', `import { Fault } from '../../fault.ts'\nimport { streams } from '#core/streams.ts'`],
    ['src/connectors/odoo/a.ts', `import { oneByOne } from '../kit/connector.ts'\nimport pg from 'pg'`],
    ['src/connectors/all.ts', `import { odoo } from './odoo/index.ts'`],
    ['src/engine/a.ts', `import { x } from '#connectors/kit/connector.ts'\nimport { y } from '#store/y.ts'`],
    ['src/sim/a.ts', `import { x } from '#connectors/odoo/simulator.ts'`],
    ['src/core/a.ts', `// import { z } from 'zod'\nconst text = "import { z } from 'zod'"`],
    ['console/main.tsx', `import type { x } from '../src/canon/money.ts'\nimport { h } from 'preact'`],
  ])('%s: %s is allowed', (path, text) => {
    expect(walls(path, text)).toEqual([])
  })
})

describe('bans', () => {
  const unfinished = ['// TO', 'DO later'].join('')
  it.each([
    ['src/engine/a.ts', 'const a = Date.now()', 'clock:2'],
    ['src/engine/a.ts', 'const a = `${new Date( )}`', 'clock:2'],
    ['src/engine/a.ts', 'const a = performance.now()', 'clock:2'],
    ['src/engine/a.ts', 'const a = Math.random()', 'chance:2'],
    ['src/engine/a.ts', `import { randomUUID } from 'node:crypto'`, 'chance:2'],
    ['src/engine/a.ts', 'const a = process.env.HOME', 'environment:2'],
    ['src/engine/a.ts', 'console.log(1)', 'console:2'],
    ['src/store/a.ts', 'const a = sql`\n  select * from x`', 'select-star:3'],
    ['src/store/a.ts', 'const a = sql`select o.* from x o`', 'select-star:2'],
    ['src/store/a.ts', 'const a = `update x set at = now()`', 'sql-clock:2'],
    ['src/store/migrations/0001_a.sql', 'create table x (at timestamptz default current_timestamp);', 'sql-clock:2'],
    ['src/store/a.test.ts', `it.only('x', () => {})`, 'whole-suite:2'],
    ['tests/journeys/a.test.ts', `describe.skip('x', () => {})`, 'whole-suite:2'],
    ['src/store/a.ts', 'const a = b'.concat(' + b'.repeat(40)), 'line-width:2'],
    ['src/store/a.ts', `// ${'words '.repeat(20)}`, 'line-width:2'],
    ['src/store/a.ts', `const a = '${'x'.repeat(200)}'`, 'line-width:2'],
    ['src/store/a.ts', '\n'.repeat(400), 'file-length:401'],
    ['src/store/a.ts', unfinished, 'unfinished:2'],
    ['src/store/a.ts', 'export class OrderManager {}', 'vague-name:2'],
    ['src/store/a.ts', 'export const stockHelper = 1', 'vague-name:2'],
    ['src/store/a.ts', `export { a } from './b.ts'\nexport * from './c.ts'`, 'barrel:1'],
  ])('%s: %j is found', (path, text, found) => {
    expect(bans(path, text)).toEqual([found])
  })

  it.each([
    ['src/engine/a.ts', '// never Date.now()\nconst at = new Date(io.now())\nconst why = "Math.random() is banned"'],
    ['src/engine/a.ts', 'const half = a / b // process.env\nconst quote = /[\'"`]/.test(x) || io.now()'],
    ['tests/journeys/a.test.ts', 'const a = Date.now()\nconsole.log(process.env.CI)\nrows.skip(2)'],
    ['src/cli/serve.ts', 'console.log(1)'],
    ['src/store/a.ts', `throw new Error('${'so it is '.repeat(14)}')`],
    ['src/store/a.ts', 'const a = sql`select count(*) from x where at < ${io.now()}`'],
    ['src/store/a.ts', `const message = 'call now() again'`],
    ['src/connectors/odoo/index.ts', `export { odoo } from './odoo.ts'`],
    ['src/store/a.ts', `export { a } from './b.ts'\nexport const c = 1`],
  ])('%s: %j is allowed', (path, text) => {
    expect(bans(path, text)).toEqual([])
  })

  it('wants a file to say what it is for', () => {
    const rules = (text: string) => banViolations(parseSource('src/store/a.ts', text)).map(({ rule }) => rule)
    expect(rules(`import { a } from './b.ts'\nexport const c = a`)).toEqual(['opening'])
    expect(rules('/** What it is for. */\nexport const c = 1')).toEqual([])
  })
})

describe('names and contents', () => {
  it.each(['src/store/orderRows.ts', 'src/store/sql_rows.ts', 'src/utils/a.ts', 'src/api/date-helper.ts'])(
    '%s is found',
    (path) => expect(nameViolations(path)).toHaveLength(1),
  )

  it.each([
    'src/store/order-rows.pg.test.ts',
    'src/store/migrations/0001_spine.sql',
    'README.md',
    'LICENSE',
    'deploy/Dockerfile',
    'src/connectors/odoo/fixtures/sale_order.json',
  ])('%s is allowed', (path) => expect(nameViolations(path)).toEqual([]))

  it('finds paths of one machine, hosts of one registry and signatures', () => {
    const rules = (path: string, text: string) => contentViolations(path, text).map(({ rule }) => rule)
    const path = ['', 'root', 'x.txt'].join('/')
    expect(rules('docs/a.md', `see ${path}`)).toEqual(['machine-path'])
    expect(rules('docs/a.md', 'see https://example.com/work/1, src/work/a.ts and GET /orders/work')).toEqual([])
    expect(rules('package-lock.json', '"resolved": "https://registry.example/a.tgz"')).toEqual(['registry-host'])
    expect(rules('docs/a.md', ['Co-Authored', 'By: somebody'].join('-'))).toEqual(['signature'])
  })
})

describe('source', () => {
  it('reads imports over several lines, with their kind', () => {
    const text = `import {\n  a,\n  type B,\n} from './b.ts'\nimport type C from './c.ts'\nimport './d.ts'\nexport { type E } from './e.ts'`
    expect(importsOf(parseSource('a.ts', text))).toEqual([
      { from: './b.ts', typeOnly: false, reexport: false, line: 1 },
      { from: './c.ts', typeOnly: true, reexport: false, line: 5 },
      { from: './d.ts', typeOnly: false, reexport: false, line: 6 },
      { from: './e.ts', typeOnly: true, reexport: true, line: 7 },
    ])
  })

  it('knows code from strings inside nested templates', () => {
    const { code, strings } = parseSource('a.ts', 'x(`a ${y({ b: `c ${z}` })} d`) // e')
    expect(code.replaceAll(/\s+/g, ' ').trim()).toBe('x(` ${y({ b: ` ${z}` })} `)')
    expect(strings.replaceAll(/\s+/g, ' ').trim()).toBe('a c d')
  })
})
