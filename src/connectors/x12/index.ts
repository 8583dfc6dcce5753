/** X12: a trading partner's warehouse by files. 940 goes out, 945 comes in, 997 both ways. */
import { Fault, toFault } from '../../fault.ts'
import type { Io } from '../../io.ts'
import { type Connection, type Connector, type Finding, oneByOne } from '../kit/connector.ts'
import { type Files, localFiles } from '../kit/files.ts'
import { overSftp } from '../kit/sftp.ts'
import { x12Config, type X12Config } from './config.ts'
import { partnerFeed } from './feed.ts'
import { translate } from './inbound.ts'
import { type Partner, sendCancel, sendOrder } from './outbound.ts'

export type { X12Config, X12ConfigInput } from './config.ts'

export const x12: Connector<X12Config> = {
  name: 'x12',
  api: { version: 'X12 004010' },
  scopes: { folder: 'Reading and writing the folder of the partner.' },
  config: x12Config,

  open(config, { io }): Connection {
    const files = localFiles(config.folder)
    const partner: Partner = { config, files, exchange: exchangeOf(config, files, io), now: () => io.now() }
    return {
      translate,
      outbound: {
        'warehouseOrder.ensure': oneByOne(({ ask }) => named(config, sendOrder(partner, ask)), { serial: 'numbers' }),
        'warehouseOrder.cancel': oneByOne(({ ask }) => named(config, sendCancel(partner, ask)), { serial: 'numbers' }),
      },
      feeds: {
        files: { ...partnerFeed(partner), read: (cursor) => named(config, partnerFeed(partner).read(cursor)) },
      },
      upkeep: {},
      check: () => check(partner),
    }
  },
}

const CODES = { hostKey: 'x12.host_key', login: 'x12.sftp_login', lost: 'x12.sftp' }

/** On the partner's server, or in the folder itself. */
function exchangeOf({ sftp }: X12Config, local: Files, io: Io): Partner['exchange'] {
  if (!sftp) return (work) => work(local)
  const { password, privateKey, directory, ...where } = sftp
  const below = (path: string) => `${directory}/${path}`
  return (work) => {
    const secrets = { password: password && io.secret(password), privateKey: privateKey && io.secret(privateKey) }
    return overSftp({ ...where, ...secrets, codes: CODES }, (files) =>
      work({
        list: (folder) => files.list(below(folder)),
        read: (path) => files.read(below(path)),
        write: (path, text) => files.write(below(path), text),
        move: (from, to) => files.move(below(from), below(to)),
      }),
    )
  }
}

/** What the file system says is not what a person needs to know first. */
async function named<T>({ folder }: X12Config, work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (error instanceof Fault || typeof code !== 'string') throw error
    throw new Fault('unavailable', `The folder ${folder} cannot be used (${code}).`, { code: 'x12.folder' })
  }
}

async function check(partner: Partner): Promise<Finding[]> {
  const { folder } = partner.config
  try {
    await named(partner.config, partner.files.write('sent/check', String(partner.now())))
    const spoilt = await partner.exchange((files) => files.list('in/bad'))
    const stand: Finding = { level: 'ok', about: 'connection', message: `The folder ${folder} can be written.` }
    if (spoilt.length === 0) return [stand]
    const message = `${spoilt.length} files of the partner were refused and lie in in/bad.`
    return [stand, { level: 'warning', about: 'files', message, cure: 'Look at their dead letters; then remove them.' }]
  } catch (error) {
    const cure = 'Create it, and let the hub write there.'
    return [{ level: 'error', about: 'connection', message: toFault(error).message, cure }]
  }
}
