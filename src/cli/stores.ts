/** `crossdock stores`: every store with its tills: last upload, gaps, since when one is silent, what needs a person. */
import { openQuietly } from './open.ts'
import { listStores } from '#insight/stores.ts'
import type { Command } from './command.ts'
import { plainLog } from './log.ts'
import { CONFIG_OPTION, configured, JSON_OPTION } from './shared.ts'

type Register = Awaited<ReturnType<typeof listStores>>['stores'][number]['registers'][number]

export const stores: Command = {
  name: 'stores',
  options: {
    store: { type: 'string', value: 'id', description: 'Only this store.' },
    config: CONFIG_OPTION,
    json: JSON_OPTION,
  },
  examples: [
    { command: 'crossdock stores', does: 'Lists every till; the exit code is 1 when one needs a person.' },
    { command: 'crossdock stores --store berlin-7 --json', does: 'One store with its business days, for a script.' },
  ],
  async run(options, { out, err }) {
    const { config, io } = configured(options, plainLog(err))
    const only = options.text('store')
    const { engine, close } = await openQuietly(config, io, 'crossdock-beside')
    try {
      const { stores: known = {} } = engine.policy
      const all = await listStores(engine.database, { stores: known, nowMs: io.now() })
      const found = all.stores.filter(({ storeId }) => only === undefined || storeId === only)
      if (only !== undefined && found.length === 0) {
        err(`There is no store '${only}'. There are: ${all.stores.map(({ storeId }) => storeId).join(', ') || 'none'}.`)
        return 2
      }
      if (options.flag('json')) out(JSON.stringify({ stores: found }))
      else if (found.length === 0) out('No store is known. Name them under policy.stores.')
      else for (const { storeId, registers } of found) for (const line of linesOf(storeId, registers)) out(line)
      return found.some(({ registers }) => registers.some(troubled)) ? 1 : 0
    } finally {
      await close()
    }
  },
}

const troubled = ({ attention, offlineSince, asked }: Register): boolean =>
  attention || offlineSince !== null || asked.length > 0

function linesOf(storeId: string, registers: readonly Register[]): string[] {
  if (registers.length === 0) return [`${storeId}: no till was heard of yet.`]
  return registers.flatMap((register) => {
    const { registerId, status, lastUploadAt, takenTo } = register
    const head = `${storeId}/${registerId}: ${status}, taken up to ${takenTo}, last upload ${lastUploadAt ?? 'never'}.`
    return [head, ...troublesOf(register).map((line) => `  ${line}`)]
  })
}

function troublesOf({ offlineSince, asked, waiting, refusals, held, trouble, days }: Register): string[] {
  const gaps = asked.map(({ from, to }) => (from === to ? String(from) : `${from} to ${to}`)).join(', ')
  return [
    ...(offlineSince ? [`Silent since ${offlineSince}, and its business day is open.`] : []),
    ...(gaps ? [`Missing: ${gaps}; ${waiting} records wait for them.`] : []),
    ...refusals.map(({ sequence, code, detail }) => `Record ${sequence} was refused (${code}): ${detail}`),
    ...held.map(({ number, code, message }) => `Receipt ${number} waits (${code}): ${message}`),
    ...(trouble ? [`Its session did not close: ${trouble}`] : []),
    ...days.flatMap(({ businessDate, differences }) => differences.map((text) => `${businessDate}: ${text}`)),
  ]
}
