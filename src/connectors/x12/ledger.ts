/**
 * What was sent to a partner, each under one number: no number is given twice and none is left out, over crashes and
 * over several processes that share the folder. A key that was sent keeps its number and its text for good.
 */
import { createHash } from 'node:crypto'
import { z } from 'zod'
import { Fault } from '../../fault.ts'
import type { Files, Ledger } from '../kit/files.ts'

const entry = z.object({
  number: z.int().min(1),
  key: z.string(),
  about: z.string(),
  kind: z.string(),
  text: z.string(),
})
export type Entry = z.infer<typeof entry>

const nameOf = (number: number): string => `sent/${String(number).padStart(9, '0')}.json`
const keyName = (key: string): string => `sent/keys/${createHash('sha256').update(key).digest('hex').slice(0, 32)}`

export async function sentAs(files: Ledger, number: number): Promise<Entry | null> {
  const text = await files.read(nameOf(number))
  return text === null ? null : entry.parse(JSON.parse(text))
}

export interface ToSend {
  key: string
  /** What it is about: the number of an order there. */
  about: string
  kind: 'order' | 'cancel' | 'acknowledgement'
  write(number: number): string
}

const ATTEMPTS_MAX = 20

/** The entry under that key, made when there is none. */
export async function enter(files: Ledger, { key, about, kind, write }: ToSend): Promise<Entry> {
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt += 1) {
    const known = await files.read(keyName(key))
    const there = known === null ? null : await sentAs(files, Number(known))
    if (there) return there
    const last = await lastOf(files)
    // Whoever takes the next number first sees to it that the last one is found by its key.
    if (last) await files.write(keyName(last.key), String(last.number))
    if (last?.key === key) return last
    const number = (last?.number ?? 0) + 1
    const made: Entry = { number, key, about, kind, text: write(number) }
    if (!(await files.claim(nameOf(number), JSON.stringify(made)))) continue
    await files.write(keyName(key), String(number))
    return made
  }
  throw new Fault('conflict', 'The next number of the partner was taken by others again and again.', {
    code: 'x12.number_taken',
  })
}

export const isEntered = async (files: Ledger, key: string): Promise<boolean> =>
  (await files.read(keyName(key))) !== null || (await lastOf(files))?.key === key

async function lastOf(files: Ledger): Promise<Entry | null> {
  const names = (await files.list('sent')).filter(({ name }) => /^\d{9}\.json$/.test(name))
  const last = names.at(-1)
  return last ? sentAs(files, Number(last.name.slice(0, 9))) : null
}

/**
 * Hands it over under a name by which the end of an order sorts after the order, once it is in the ledger. Handing it
 * over again is a double that its number tells.
 */
export async function deliver(
  ledger: Ledger,
  { number, text, kind }: Entry,
  exchange: (work: (files: Files) => Promise<void>) => Promise<void>,
): Promise<void> {
  const mark = `sent/delivered/${String(number).padStart(9, '0')}`
  if ((await ledger.read(mark)) !== null) return
  await exchange((files) => files.write(`out/${String(number).padStart(9, '0')}-${kind}.x12`, text))
  await ledger.write(mark, '')
}
