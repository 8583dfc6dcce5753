/** What can be seen of tills without one of them calling: their keys, and the folder they drop files into. */
import { access, constants } from 'node:fs/promises'
import type { Finding } from '../kit/connector.ts'

const KEY_LENGTH_MIN = 16

export interface CheckParts {
  stores: readonly string[]
  keys(store: string): string[]
  folder?: string | undefined
}

export async function check({ stores, keys, folder }: CheckParts): Promise<Finding[]> {
  const findings: Finding[] = []
  for (const store of stores) {
    const short = keys(store).some((key) => key.length < KEY_LENGTH_MIN)
    if (short)
      findings.push({
        level: 'error',
        about: 'keys',
        message: `A key of store ${store} is shorter than ${KEY_LENGTH_MIN} characters.`,
        cure: 'Give the store a longer one.',
      })
  }
  if (findings.length === 0)
    findings.push({ level: 'ok', about: 'keys', message: `${stores.length} stores have a key of their own.` })
  if (folder) findings.push(await folderFinding(folder))
  return findings
}

async function folderFinding(folder: string): Promise<Finding> {
  try {
    await access(folder, constants.R_OK | constants.W_OK)
    return { level: 'ok', about: 'folder', message: `${folder} can be read and written.` }
  } catch {
    const message = `${folder} cannot be read and written: files dropped there are not taken.`
    return { level: 'error', about: 'folder', message, cure: 'Create it, and let the hub write there.' }
  }
}
