/**
 * `crossdock offers`: what suppliers offer that needs somebody, and what people say of it. It works on the database, so
 * the hub need not run; what is said is done by the hub once it does.
 */
import { parseSupply, streams } from '#core/streams.ts'
import { type SupplyState, supplyStatus } from '#core/supply/state.ts'
import { supply, type SupplyCommand } from '#core/supply/supply.ts'
import { type Cases, runCases } from './cases.ts'
import { type Command, UsageError } from './command.ts'
import { CONFIG_OPTION, JSON_OPTION } from './shared.ts'

export const offers: Command = {
  name: 'offers',
  actions: {
    list: 'those that need somebody, or all of them',
    show: 'one article: what the supplier says and what the ERP has',
    accept: 'the price is right, far as it is from the last',
    retry: 'ask the ERP again, by the mapping tables of today',
  },
  options: {
    config: CONFIG_OPTION,
    supplier: { type: 'string', value: 'name', description: 'Name of its connection.' },
    article: { type: 'string', value: 'number', description: "The supplier's article number." },
    quantity: { type: 'string', value: 'n', description: 'From which quantity on.', default: '0' },
    all: { type: 'boolean', description: 'list: also those that need nobody.' },
    limit: { type: 'string', value: 'n', description: 'list: how many.', default: '50' },
    json: JSON_OPTION,
  },
  examples: [
    { command: 'crossdock offers list', does: 'Unknown articles, and prices that moved too far.' },
    {
      command: 'crossdock offers accept --supplier acme --article A-1 --quantity 10',
      does: 'Lets the new price through.',
    },
  ],
  run: (options, streamsOut) => runCases(CASES, options, streamsOut),
}

type View = ReturnType<typeof view>
function view(stream: string, state: SupplyState) {
  const { connection: supplier, ...which } = parseSupply(stream)
  const { offer, told, trouble, at } = state
  return { supplier, ...which, status: supplyStatus(state), listedAt: at, offer, told, case: trouble }
}

function textOf({ supplier, article, minQuantity, status, offer, told, case: open }: View): string {
  const says = offer ? `${offer.price} ${offer.currency}, ${offer.leadDays} days` : 'nothing'
  const has = told ? `${told.price} ${told.currency}${told.until === null ? '' : ` until ${told.until}`}` : 'nothing'
  const line = `${supplier} ${article} from ${minQuantity}  ${status}  offers ${says}; the ERP has ${has}`
  return open ? `${line}\n  ${open.owner}: ${open.detail}` : line
}

const CASES: Cases<SupplyState, SupplyCommand, View> = {
  kind: 'supply',
  decider: supply,
  member: 'offers',
  counted: (count) => `${count} offers`,
  view,
  text: textOf,
  wanted(options) {
    const [name, article] = [options.text('supplier'), options.text('article')]
    if (!name || !article) throw new UsageError('--supplier and --article are needed, as crossdock offers list says.')
    const quantity = options.text('quantity') ?? '0'
    const missing = `No list of '${name}' names the article ${article} from ${quantity} on.`
    return { stream: streams.supply(name, quantity, article), missing }
  },
  commands: { accept: { type: 'supply.accept' }, retry: { type: 'supply.retry' } },
}
