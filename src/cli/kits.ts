/** `crossdock kits`: what the policy says of each kit against what the ERP takes apart. It only reads. */
import { type Bill, compareKits, type KitComparison, type Standing, standingText } from '#core/kit/bills.ts'
import { kitsSchema } from '#policy/kits.ts'
import { stringify } from 'yaml'
import type { Config } from '../config.ts'
import { type Command, type Streams, UsageError } from './command.ts'
import { plainLog } from './log.ts'
import { openConnections } from './open.ts'
import { CONFIG_OPTION, configured, JSON_OPTION } from './shared.ts'

type Kits = Config['policy']['kits']

export const kits: Command = {
  name: 'kits',
  options: {
    config: CONFIG_OPTION,
    yaml: { type: 'boolean', description: 'Print the kits of the ERP as the policy has them, ready to be pasted.' },
    json: JSON_OPTION,
  },
  examples: [
    { command: 'crossdock kits', does: 'Kit by kit, both sides; the exit code is 1 when one differs.' },
    { command: 'crossdock kits --yaml', does: 'The part `kits` of the policy, as the ERP has them now.' },
  ],
  async run(options, streams) {
    const { config, io } = configured(options, plainLog(streams.err, 'error'))
    const erp = openConnections(config, io).get(config.erp)
    if (!erp?.bills) throw new UsageError(`The connector of ${config.erp} cannot say what the ERP takes apart.`)
    const bills = await erp.bills()
    const rows = compareKits(config.policy.kits, bills ?? [])
    const differing = rows.filter(({ agrees }) => !agrees).length
    if (options.flag('json'))
      streams.out(JSON.stringify({ erp: config.erp, manufacturing: bills !== null, differing, kits: rows }))
    else if (options.flag('yaml')) print(config.policy.kits, rows, bills ?? [], streams)
    else {
      if (!bills) streams.out(`There is no manufacturing in ${config.erp}: it takes nothing apart.`)
      for (const row of rows) for (const line of textOf(row, config.erp)) streams.out(line)
      streams.out(`${rows.length - differing} of ${rows.length} kits agree.`)
    }
    return differing > 0 ? 1 : 0
  },
}

function textOf({ sku, policy, erp, agrees, remarks }: KitComparison, name: string): string[] {
  const side = (one: Standing | null) => (one ? standingText(one) : 'no kit')
  const notes = remarks.map((remark) => `  note: ${remark}`)
  if (agrees) return [`${sku} agrees: ${side(policy)}`, ...notes]
  return [`${sku} DIFFERS`, `  policy: ${side(policy)}`, `  ${name}: ${side(erp)}`, ...notes]
}

/** What is said of a kit besides its parts stays; what cannot be taken over is named instead. */
function print(before: Kits, rows: readonly KitComparison[], bills: readonly Bill[], { out }: Streams): void {
  const fit = rows.filter(({ erp }) => erp?.problems.length === 0).map(({ sku }) => sku)
  const parts = new Map(bills.map((bill) => [bill.sku, bill.parts]))
  const written = fit.map((sku) => {
    const { upTo, share } = (before && Object.hasOwn(before, sku) && before[sku]) || {}
    const said = Object.entries({ upTo, share }).filter(
      ([name, value]) => value !== undefined && value !== DEFAULTS[name],
    )
    return [sku, { parts: parts.get(sku), ...Object.fromEntries(said) }] as const
  })
  for (const { sku, policy, erp } of rows) {
    if (!erp) out(`# ${sku} is left out: the ERP does not take it apart.`)
    else if (erp.problems.length > 0)
      out(`# ${sku} is left out${policy ? ', and is in the policy' : ''}: ${erp.problems.join(' ')}`)
  }
  out(stringify({ policy: { kits: Object.fromEntries(written) } }, { lineWidth: 0 }).trimEnd())
}

/** Which the schema fills in: nobody needs to read them. */
const DEFAULTS: Readonly<Record<string, unknown>> = kitsSchema.parse({ A: { parts: { B: 1 } } })['A']!
