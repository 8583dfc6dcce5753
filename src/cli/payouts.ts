/**
 * `crossdock payouts`: what providers and marketplaces paid out, and what of it does not agree. It reads the database,
 * so the hub need not run.
 */
import { PAYOUT_STATUSES } from '#canon/payout.ts'
import { listPayouts, payoutPage, type PayoutView } from '#insight/payouts.ts'
import { type Command, type Options, UsageError } from './command.ts'
import { plainLog } from './log.ts'
import { openQuietly } from './open.ts'
import { CONFIG_OPTION, configured, JSON_OPTION } from './shared.ts'

export const payouts: Command = {
  name: 'payouts',
  actions: {
    list: 'those that do not agree, or all of them',
    show: 'one: by kind, by month, and what does not agree',
  },
  options: {
    config: CONFIG_OPTION,
    provider: { type: 'string', value: 'name', description: 'The connection it came from, as stripe.' },
    payout: { type: 'string', value: 'id', description: 'show: as the provider names it.' },
    status: { type: 'string', value: 'status', description: `list: ${PAYOUT_STATUSES.join(', ')}.` },
    all: { type: 'boolean', description: 'list: also those that agree.' },
    limit: { type: 'string', value: 'n', description: 'list: how many.', default: '50' },
    json: JSON_OPTION,
  },
  examples: [
    { command: 'crossdock payouts list', does: 'Payouts that somebody has to look at.' },
    { command: 'crossdock payouts list --all --provider stripe --json', does: 'All of one provider, newest first.' },
    { command: 'crossdock payouts show --provider stripe --payout po_1', does: 'What one is made of.' },
  ],
  async run(options, { out, err }) {
    const { config, io } = configured(options, plainLog(err))
    const wanted = options.action === 'show' ? wantedOf(options) : null
    const filter = wanted ? null : filterOf(options)
    const { engine, close } = await openQuietly(config, io)
    try {
      if (wanted) {
        const found = await payoutPage(engine.database, wanted.provider, wanted.payoutId)
        if (found) out(options.flag('json') ? JSON.stringify(found) : textOf(found, true))
        else err(`There is no payout ${wanted.payoutId} of ${wanted.provider}.`)
        return found ? 0 : 1
      }
      const { rows, next } = (await listPayouts(engine.database, filter!))!
      if (options.flag('json')) out(JSON.stringify({ payouts: rows, more: next !== null }))
      else {
        for (const row of rows) out(textOf(row, false))
        err(`${rows.length} payouts${next === null ? '' : ', and more'}.`)
      }
      return 0
    } finally {
      await close()
    }
  },
}

function wantedOf(options: Options): { provider: string; payoutId: string } {
  const [provider, payoutId] = [options.text('provider'), options.text('payout')]
  if (!provider || !payoutId)
    throw new UsageError('--provider and --payout are needed, as crossdock payouts list says.')
  return { provider, payoutId }
}

function filterOf(options: Options) {
  const named = options.text('status')
  const status = PAYOUT_STATUSES.find((one) => one === named)
  if (named !== undefined && !status) throw new UsageError(`--status is one of ${PAYOUT_STATUSES.join(', ')}.`)
  const limit = options.number('limit', { from: 1, to: 1_000, default: 50 })
  return { status, provider: options.text('provider'), attention: options.flag('all') ? undefined : true, limit }
}

type Told = NonNullable<PayoutView['net']>
const words = ({ text, currency }: Told): string => `${text} ${currency}`

const BOOKED = { asked: 'being booked', booked: 'booked', failed: 'not booked' } as const

function textOf(view: PayoutView, whole: boolean): string {
  const { provider, payoutId, status, issuedAt, net, differs, reconciled, booking, troubles, missing, missingCount } =
    view
  const agrees = reconciled ? 'agrees' : differs ? `differs by ${words(differs)}` : 'is not reconciled'
  const sum = `${issuedAt?.slice(0, 10) ?? 'no day'}  ${net ? words(net) : 'unreadable'}`
  const books = booking ? `  ${BOOKED[booking]}` : ''
  const head = `${provider} ${payoutId}  ${status}  ${sum}  ${agrees}${books}`
  const cases = troubles.map(({ detail }) => `  ${detail}`)
  const absent = missingCount > 0 ? [`  ${missingCount} of its orders are not here: ${missing.join(', ')}`] : []
  return [head, ...(whole ? partsOf(view) : []), ...cases, ...absent].join('\n')
}

const partsOf = ({ kinds, fees, lines, months }: PayoutView): string[] => [
  ...kinds.map(({ kind, net }) => `  ${kind} ${words(net)}`),
  ...(fees ? [`  ${lines} movements; fees in them ${words(fees)}`] : []),
  ...months.map(({ month, net, carriedForward, heads }) => {
    const parts = heads.map(({ head, net: part }) => `${head} ${part.text}`).join(', ')
    return `  ${month} ${words(net)}${carriedForward ? ', carried forward' : ''}: ${parts}`
  }),
]
