/** `crossdock kits`, as an operator types it, against an Odoo that takes two kits apart. */
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { createOdoo } from '#connectors/odoo/simulator/index.ts'
import { kitsSchema } from '#policy/kits.ts'
import { listen } from '#sim/listen.ts'
import { parse } from 'yaml'

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url))

interface Ran {
  code: number
  out: string
  err: string
}

/** @returns what runs `crossdock kits` with the kits of a policy. No database is asked. */
async function open() {
  const random = () => 0.5
  const odoo = createOdoo(
    {
      products: [
        { sku: 'MUG' },
        { sku: 'TRAY' },
        { sku: 'SET', parts: { MUG: 2, TRAY: 1 } },
        { sku: 'BOX', parts: { SET: 1, MUG: 1 } },
        { sku: 'HALF', name: 'Half a set', parts: { MUG: 0.5 } },
      ],
    },
    { now: () => Date.now(), random },
  )
  const erp = await listen(odoo.fetch)
  const folder = mkdtempSync(join(tmpdir(), 'crossdock-kits-'))
  onTestFinished(async () => {
    await erp.close()
    rmSync(folder, { recursive: true })
  })
  return (kits: object, ...args: string[]): Promise<Ran> => {
    const file = join(folder, 'crossdock.yaml')
    const text = `
erp: odoo-main
connections:
  odoo-main:
    connector: odoo
    config: { url: '${erp.url}', database: retail, user: hub@example.com, apiKey: env:ODOO_SECRET }
policy: { channels: {}, kits: ${JSON.stringify(kits)} }
`
    writeFileSync(file, text)
    const env = { ...process.env, ODOO_SECRET: 'odoo-key' }
    return new Promise((resolve) => {
      execFile(process.execPath, [MAIN, 'kits', '--config', file, ...args], { env }, (error, out, err) => {
        resolve({ code: error ? Number(error.code ?? 1) : 0, out, err })
      })
    })
  }
}

test('kit by kit, both sides; one that differs is exit code 1', async () => {
  const run = await open()
  const { code, out } = await run({ SET: { parts: { MUG: 3, TRAY: 1 } }, BOX: { parts: { MUG: 3, TRAY: 1 } } })
  expect(out.trim().split('\n')).toEqual([
    'BOX agrees: 3 MUG, 1 TRAY',
    'HALF DIFFERS',
    '  policy: no kit',
    '  odoo-main: [HALF] Half a set takes 0.5 of [MUG] MUG: the hub counts whole pieces.',
    'SET DIFFERS',
    '  policy: 3 MUG, 1 TRAY',
    '  odoo-main: 2 MUG, 1 TRAY',
    '1 of 3 kits agree.',
  ])
  expect(code).toBe(1)
  const json = JSON.parse((await run({}, '--json')).out) as { differing: number; kits: { sku: string }[] }
  expect([json.differing, json.kits.map(({ sku }) => sku)]).toEqual([3, ['BOX', 'HALF', 'SET']])
})

test('--yaml prints what the policy takes, keeps what was said beside the parts, and names what is left out', async () => {
  const run = await open()
  const { out } = await run({ SET: { parts: { MUG: 3 }, upTo: 4, share: 1 }, OLD: { parts: { MUG: 1 } } }, '--yaml')
  expect(out).toContain('# HALF is left out: [HALF] Half a set takes 0.5')
  expect(out).toContain('# OLD is left out: the ERP does not take it apart.')
  const { policy } = parse(out) as { policy: { kits: object } }
  const set = { parts: { MUG: 2, TRAY: 1 }, upTo: 4, share: 1 }
  expect(policy.kits).toEqual({ BOX: { parts: { SET: 1, MUG: 1 } }, SET: set })
  // Taken over, all agree but what cannot be had.
  const again = await run(kitsSchema.parse(policy.kits))
  expect(again.out).toContain('2 of 3 kits agree.')
})
