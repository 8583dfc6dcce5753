/** X12: a trading partner's warehouse by files. 940 goes out, 945 comes in, 997 both ways. */
import { toFault } from '../../fault.ts'
import { type Connection, type Connector, type Finding, oneByOne } from '../kit/connector.ts'
import { localFiles } from '../kit/files.ts'
import { inFolder, openPlace } from '../kit/place.ts'
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
    const partner: Partner = { config, files, exchange: openPlace(config.sftp, files, io, CODES), now: () => io.now() }
    const named = <T>(work: () => Promise<T>) => inFolder(config.folder, 'x12.folder', work)
    return {
      translate,
      outbound: {
        'warehouseOrder.ensure': oneByOne(({ ask }) => named(() => sendOrder(partner, ask)), { serial: 'numbers' }),
        'warehouseOrder.cancel': oneByOne(({ ask }) => named(() => sendCancel(partner, ask)), { serial: 'numbers' }),
      },
      feeds: {
        files: { ...partnerFeed(partner), read: (cursor) => named(() => partnerFeed(partner).read(cursor)) },
      },
      upkeep: {},
      check: () => check(partner, named),
    }
  },
}

const CODES = { hostKey: 'x12.host_key', login: 'x12.sftp_login', lost: 'x12.sftp' }

async function check(partner: Partner, named: <T>(work: () => Promise<T>) => Promise<T>): Promise<Finding[]> {
  const { folder } = partner.config
  try {
    await named(() => partner.files.write('sent/check', String(partner.now())))
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
