/** For this connector's tests: a folder, a supplier that leaves lists in it, and a connection that reads them. */
import { mkdirSync, mkdtempSync, renameSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Io, type Log, realIo } from '../../io.ts'
import type { Message } from '../kit/connector.ts'
import { localFiles } from '../kit/files.ts'
import { createClock, createRandom, readAll, translated } from '../kit/testing.ts'
import type { Json } from '#canon/json.ts'
import type { SupplierConfig } from './config.ts'
import { supplier } from './index.ts'
import { COLUMNS, createSupplier } from './simulator/index.ts'

export const NAME = 'acme'

/** A place whose files have the time of the clock. */
export function placeAt(folder: string, now: () => number) {
  return {
    ...localFiles(folder),
    put(path: string, bytes: Uint8Array): Promise<void> {
      const to = join(folder, path)
      mkdirSync(join(to, '..'), { recursive: true })
      writeFileSync(`${to}.tmp`, bytes)
      utimesSync(`${to}.tmp`, now() / 1_000, now() / 1_000)
      renameSync(`${to}.tmp`, to)
      return Promise.resolve()
    },
  }
}

export const configFor = (folder: string, change: object = {}, format: object = {}): SupplierConfig =>
  supplier.config.parse({
    folder,
    supplier: { name: 'Acme Ltd', ref: 'V-7' },
    settledSeconds: 0,
    format: { columns: COLUMNS, currency: 'USD', decimal: ',', ...format },
    ...change,
  })

export function createWorld({ log, change = {}, format = {} }: { log?: Log; change?: object; format?: object } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'crossdock-supplier-'))
  const clock = createClock()
  const io: Io = realIo({ now: () => clock.now, ...(log ? { log } : {}) })
  const config = configFor(folder, change, format)
  const files = placeAt(folder, () => clock.now)
  const vendor = createSupplier(config, files, { now: () => clock.now, random: createRandom(7) })
  const open = () => supplier.open(config, { name: NAME, io })
  return { folder, clock, config, files, vendor, open, connection: open() }
}
export type World = ReturnType<typeof createWorld>

/** What the feed has brought since, in the hub's words. */
export function listener({ connection, clock }: World) {
  let cursor: Json | null = null
  return {
    async next(): Promise<{ topics: string[]; messages: Message[]; flaws: string[] }> {
      clock.pass(60_000)
      const { readings, cursor: next } = await readAll(connection.feeds['lists'], cursor)
      cursor = next
      const messages: Message[] = []
      const flaws: string[] = []
      for (const reading of readings) {
        try {
          messages.push(...translated(connection, [reading], clock.now))
        } catch (error) {
          flaws.push((error as Error).message)
        }
      }
      return { topics: [...new Set(readings.map(({ topic }) => topic))], messages, flaws }
    },
  }
}
