/**
 * `crossdock suppliers`: the lists of suppliers, and one that waits for a person. It works on the database, so the hub
 * need not run; what is said is done by the hub once it does.
 */
import { streams } from '#core/streams.ts'
import { supplier, type SupplierCommand, type SupplierState } from '#core/supply/supplier.ts'
import { type Cases, runCases } from './cases.ts'
import { type Command, UsageError } from './command.ts'
import { CONFIG_OPTION, JSON_OPTION } from './shared.ts'

export const suppliers: Command = {
  name: 'suppliers',
  actions: {
    list: 'suppliers whose list waits, or all of them',
    show: 'one supplier: its last list, and the one that waits with the reason',
    allow: 'the list that waits is right: take it, whatever it changes',
    drop: 'the list that waits is wrong: put it with the bad ones',
  },
  options: {
    config: CONFIG_OPTION,
    supplier: { type: 'string', value: 'name', description: 'Name of its connection.' },
    all: { type: 'boolean', description: 'list: also those that need nobody.' },
    limit: { type: 'string', value: 'n', description: 'list: how many.', default: '50' },
    json: JSON_OPTION,
  },
  examples: [
    { command: 'crossdock suppliers list --all', does: 'What was taken last from each supplier.' },
    { command: 'crossdock suppliers allow --supplier acme', does: 'Takes the list that waits.' },
  ],
  run: (options, streamsOut) => runCases(CASES, options, streamsOut),
}

type View = ReturnType<typeof view>
const view = (stream: string, { last, waiting }: SupplierState) => ({
  supplier: stream.slice('supplier/'.length),
  last,
  waiting,
})

function textOf({ supplier: name, last, waiting }: View): string {
  const taken = last
    ? `${last.file} of ${last.at}: ${last.rows} rows, ${last.changed} new or changed, ${last.ended} ended`
    : 'nothing taken yet'
  if (!waiting) return `${name}  ${taken}`
  const said = waiting.said === 'allow' ? ' (let through; the hub takes it)' : ''
  const failed = waiting.failed ? ` (it failed: ${waiting.failed})` : ''
  return `${name}  ${taken}\n  ${waiting.owner}: ${waiting.file} waits${said}${failed}. ${waiting.why.join(' ')}`
}

const CASES: Cases<SupplierState, SupplierCommand, View> = {
  kind: 'supplier',
  decider: supplier,
  member: 'suppliers',
  counted: (count) => `${count} suppliers`,
  view,
  text: textOf,
  wanted(options) {
    const name = options.text('supplier')
    if (!name) throw new UsageError('--supplier is needed, as crossdock suppliers list says.')
    return { stream: streams.supplier(name), missing: `No list of a supplier '${name}' was read yet.` }
  },
  commands: { allow: { type: 'supplier.allow' }, drop: { type: 'supplier.drop' } },
}
