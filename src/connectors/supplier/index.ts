/** A supplier that leaves its price list as a CSV file every few hours, in a folder or on its server. */
import type { Answer, Ask } from '#core/intents.ts'
import { toFault } from '../../fault.ts'
import { type Connection, type Connector, type Finding, oneByOne } from '../kit/connector.ts'
import { localFiles } from '../kit/files.ts'
import { inFolder, openPlace } from '../kit/place.ts'
import { supplierConfig, type SupplierConfig } from './config.ts'
import { listFeed, type Supplier } from './feed.ts'
import { translate } from './inbound.ts'

const CODES = { hostKey: 'supplier.host_key', login: 'supplier.sftp_login', lost: 'supplier.sftp' }

export const supplier: Connector<SupplierConfig> = {
  name: 'supplier',
  api: { version: 'CSV' },
  scopes: { folder: 'Reading and moving the lists of the supplier, and keeping what is known of them.' },
  config: supplierConfig,

  open(config, { name, io }): Connection {
    const local = localFiles(config.folder)
    const place = openPlace(config.sftp, local, io, CODES)
    const parts: Supplier = { config, local, place, now: () => io.now() }
    const { read, ...feed } = listFeed(parts)
    const guarded = <T>(work: () => Promise<T>) => inFolder(config.folder, 'supplier.folder', work)
    return {
      translate: (delivery) => translate(delivery, name, config),
      outbound: { 'supplyList.settle': oneByOne(({ ask }) => guarded(() => settle(parts, ask))) },
      feeds: { lists: { ...feed, read: (cursor) => guarded(() => read(cursor)) } },
      upkeep: {},
      check: () => check(parts, guarded),
    }
  },
}

/** A list that waits is marked, and the feed takes it from where it lies; or it is put with the bad ones. */
async function settle(
  { local, place }: Supplier,
  { file, hash, take }: Ask<'supplyList.settle'>,
): Promise<Answer<'supplyList.settle'>> {
  const name = `${hash}-${file}`
  return place(async (files) => {
    const isThere = (await files.list('in/waiting')).some((one) => one.name === name)
    if (!isThere) return { outcome: 'gone' }
    if (!take) {
      await files.move(`in/waiting/${name}`, `in/bad/${name}`)
      return { outcome: 'dropped' }
    }
    await local.write(`allowed/${hash}`, file)
    return { outcome: 'allowed' }
  })
}

async function check(
  { config: { folder }, local, place, now }: Supplier,
  guarded: <T>(work: () => Promise<T>) => Promise<T>,
): Promise<Finding[]> {
  try {
    await guarded(() => local.write('work/check', String(now())))
    const lie = await guarded(() =>
      place(async (files) => ({ bad: await files.list('in/bad'), waiting: await files.list('in/waiting') })),
    )
    const findings: Finding[] = [
      { level: 'ok', about: 'connection', message: `The folder ${folder} can be written, and the lists can be read.` },
    ]
    const warn = (files: readonly unknown[], message: string, cure: string) => {
      if (files.length > 0) findings.push({ level: 'warning', about: 'files', message, cure })
    }
    warn(
      lie.bad,
      `${lie.bad.length} lists were refused and lie in in/bad.`,
      'Look at their dead letters; then remove them.',
    )
    warn(lie.waiting, `${lie.waiting.length} lists wait for a person.`, 'See crossdock suppliers list.')
    return findings
  } catch (error) {
    const cure = 'Create the folder and let the hub write there; where it is a server, see what the message says of it.'
    return [{ level: 'error', about: 'connection', message: toFault(error).message, cure }]
  }
}
