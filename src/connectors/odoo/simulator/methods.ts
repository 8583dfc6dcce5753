/** What can be called, with the names of its arguments: both protocols are served from this one table. */
import type { Row } from './database.ts'
import { OdooException, userError, valueError } from './failure.ts'
import { drawInvoices, post } from './invoices.ts'
import { assign } from './entries.ts'
import { load } from './load.ts'
import { cancelPicking, finish, reserve, movesOf, stateOf, unreserve, validate } from './pickings.ts'
import { applyInventory, countQuant } from './quants.ts'
import {
  cashInOut, closeFromUi, closingCash, closingControl, openingControl, openUi, syncFromUi,
} from './pos.ts' // prettier-ignore
import { create, read, rowsOf, search, TWO_DIGITS, unlink, write } from './records.ts'
import { createReturn, reverseInvoices } from './returns.ts'
import { reserveArrived, settleCount } from './reservations.ts'
import { HIDDEN, type Model } from './schema.ts'
import { cancel, confirm } from './sales.ts'
import type { World } from './world.ts'

export interface Method {
  /** Of records, or of the model itself. */
  on: 'records' | 'model'
  /** Names in the order of Odoo's signature; those before `|` must be given. */
  params: readonly string[]
  required: number
  writes: boolean
  run: Run
}

/** Arguments by name, as some method takes them; the wire has checked that those that must be there are. */
export interface Given {
  domain: readonly unknown[]
  fields: readonly string[]
  offset: number
  limit: number | undefined
  order: string | undefined
  load: unknown
  vals_list: Record<string, unknown> | Record<string, unknown>[]
  vals: Record<string, unknown>
  data: readonly (readonly string[])[]
  allfields: readonly string[] | undefined
  attributes: readonly string[] | undefined
  module: string
  xml_id: string
  orders: readonly unknown[]
}

type Run = (world: World, model: Model, ids: readonly number[], given: Given) => unknown

function method(on: Method['on'], signature: string, writes: boolean, run: Run): Method {
  const [needed = '', optional = ''] = signature.split('|')
  const names = (text: string) => text.split(' ').filter(Boolean)
  return { on, params: [...names(needed), ...names(optional)], required: names(needed).length, writes, run }
}

/** A button: works on the rows it is called on, which must exist. */
const action = (run: (world: World, rows: Row[]) => unknown): Method =>
  method('records', '', true, (world, model, ids) => run(world, rowsOf(world, model.name, ids)) ?? null)

const each = (work: (world: World, row: Row) => void, result: unknown = null) =>
  action((world, rows) => {
    for (const row of rows) work(world, row)
    return result
  })

const COMMON: Readonly<Record<string, Method>> = {
  search: method('model', 'domain|offset limit order', false, (world, model, _, { domain, offset, limit, order }) =>
    search(world, model, domain, { offset, limit, order }),
  ),
  search_count: method(
    'model',
    'domain|limit',
    false,
    (world, model, _, { domain, limit }) => search(world, model, domain, { order: 'id', limit }).length,
  ),
  search_read: method(
    'model',
    '|domain fields offset limit order load',
    false,
    (world, model, _, { domain, fields, offset, limit, order, load: links }) => {
      const ids = search(world, model, domain ?? [], { offset, limit, order })
      return read(world, model, ids, fields ?? [...model.fields.keys()], links)
    },
  ),
  read: method('records', '|fields load', false, (world, model, ids, { fields, load: links }) =>
    read(world, model, ids, fields ?? [...model.fields.keys()], links),
  ),
  create: method('model', 'vals_list', true, (world, model, _, { vals_list }) => {
    const one = (values: Record<string, unknown>) =>
      model.name === 'stock.quant' ? countQuant(world, values) : create(world, model, withDefaults(world, values)).id
    return Array.isArray(vals_list) ? vals_list.map(one) : one(vals_list)
  }),
  write: method('records', 'vals', true, (world, model, ids, { vals }) => {
    write(world, model, ids, vals)
    return true
  }),
  unlink: method('records', '', true, (world, model, ids) => {
    unlink(world, model, ids)
    return true
  }),
  load: method('model', 'fields data', true, (world, model, _, { fields, data }) => load(world, model, fields, data)),
  exists: method('records', '', false, (world, model, ids) => ids.filter((id) => world.db.row(model.name, id))),
  fields_get: method('model', '|allfields attributes', false, (_, model, _ids, { allfields, attributes }) =>
    fieldsGet(model, allfields, attributes),
  ),
  get_external_id: method('records', '', false, ({ db }, model, ids) =>
    Object.fromEntries(ids.map((id) => [id, db.externalOf.get(`${model.name}:${id}`) ?? ''])),
  ),
  has_access: method('records', 'operation', false, () => true),
}

/** `default_…` members of the context fill what is not given. */
function withDefaults(world: World, values: Record<string, unknown>): Record<string, unknown> {
  const picks = world.context['default_pick_ids']
  return picks && !('pick_ids' in values) ? { ...values, pick_ids: picks } : values
}

function fieldsGet(model: Model, only?: readonly string[], attributes?: readonly string[]) {
  const fields = [...model.fields.values()].filter(({ name }) => !HIDDEN.has(name) && (only?.includes(name) ?? true))
  return Object.fromEntries(
    fields
      .toSorted((a, b) => (a.name < b.name ? -1 : 1))
      .map(({ name, type, label }) => {
        const digits = type === 'float' && TWO_DIGITS.has(name) ? { digits: [16, 2] } : {}
        const all = { string: label === name ? name[0]!.toUpperCase() + name.slice(1) : label, type, ...digits }
        return [name, Object.fromEntries(Object.entries(all).filter(([key]) => attributes?.includes(key) ?? true))]
      }),
  )
}

const onSession = (
  signature: string,
  run: (world: World, rows: Row[], given: Record<string, unknown>) => unknown,
): Method =>
  method('records', signature, true, (world, model, ids, given) =>
    run(world, rowsOf(world, model.name, ids), given as unknown as Record<string, unknown>),
  )

const OWN: Readonly<Record<string, Readonly<Record<string, Method>>>> = {
  'sale.order': {
    action_confirm: action((world, rows) => (confirm(world, rows), true)),
    action_lock: each((world, row) => world.db.update('sale.order', row, { locked: true })),
    action_unlock: each((world, row) => world.db.update('sale.order', row, { locked: false })),
    action_cancel: action(cancel),
    action_draft: each(
      (world, row) => row['state'] === 'cancel' && world.db.update('sale.order', row, { state: 'draft' }),
      true,
    ),
  },
  'stock.picking': {
    button_validate: action((world, rows) => {
      const answer = validate(world, rows)
      reserveArrived(world, rows)
      return answer
    }),
    action_cancel: each(cancelPicking, true),
    action_assign: each(
      (world, row) =>
        movesOf(world, row)
          .filter(waits)
          .forEach((move) => reserve(world, move)),
      true,
    ),
    do_unreserve: each((world, row) =>
      movesOf(world, row)
        .filter(isOpen)
        .forEach((move) => unreserve(world, move)),
    ),
  },
  'stock.return.picking': { action_create_returns: action((world, [wizard]) => createReturn(world, wizard!)) },
  'stock.backorder.confirmation': {
    process: action((world) => afterQuestion(world, true)),
    process_cancel_backorder: action((world) => afterQuestion(world, false)),
  },
  'stock.quant': {
    action_apply_inventory: action((world, rows) => {
      applyInventory(world, rows)
      for (const { product_id, location_id } of rows) settleCount(world, product_id as number, location_id as number)
    }),
  },
  'sale.advance.payment.inv': {
    create_invoices: action((world, [wizard]) =>
      drawInvoices(world, rowsOf(world, 'sale.order', wizard!['sale_order_ids'] as number[])),
    ),
  },
  'account.move.reversal': { refund_moves: action((world, [wizard]) => reverseInvoices(world, wizard!)) },
  'account.move': {
    action_post: action((world, rows) => (post(world, rows), false)),
    js_assign_outstanding_line: method('records', 'line_id', true, (world, model, ids, given) => {
      assign(world, rowsOf(world, model.name, ids)[0]!, (given as unknown as { line_id: number }).line_id)
      return null
    }),
    button_draft: each((world, row) => world.db.update('account.move', row, { state: 'draft' })),
    button_cancel: each((world, row) => world.db.update('account.move', row, { state: 'cancel' })),
  },
  'pos.config': { open_ui: action(openUi) },
  'pos.session': {
    set_opening_control: onSession('cashbox_value notes', (world, rows, { cashbox_value, notes }) =>
      openingControl(world, rows, cashbox_value, notes),
    ),
    post_closing_cash_details: onSession('counted_cash', (world, rows, { counted_cash }) =>
      closingCash(world, rows, counted_cash),
    ),
    update_closing_control_state_session: onSession('notes', closingControl),
    close_session_from_ui: onSession('|bank_payment_method_diff_pairs', closeFromUi),
    try_cash_in_out: onSession('_type amount reason extras', (world, rows, { _type, amount, reason, extras }) =>
      cashInOut(world, rows, _type, amount, reason, extras),
    ),
  },
  'pos.order': {
    sync_from_ui: method('model', 'orders', true, (world, _, _ids, { orders }) =>
      syncFromUi(world, orders as unknown as Parameters<typeof syncFromUi>[1]),
    ),
  },
  'res.users': {
    context_get: method('model', '', false, (world) => ({
      lang: 'en_US',
      tz: world.version >= 19 ? false : 'UTC',
      uid: world.uid,
    })),
    has_group: method('records', 'group_ext_id', false, () => true),
  },
  'ir.model.data': {
    check_object_reference: method(
      'model',
      'module xml_id|raise_on_access_error',
      false,
      (world, _, _ids, { module, xml_id }) => {
        const found = world.db.externals.get(`${module}.${xml_id}`)
        const hidden =
          found && world.context['active_test'] !== false && world.db.row(found.model, found.id)?.['active'] === false
        if (found) return [found.model, hidden ? false : found.id]
        throw valueError(`External ID not found in the system: ${module}.${xml_id}`)
      },
    ),
  },
  'product.product': {
    action_archive: each((world, row) => world.db.update('product.product', row, { active: false })),
    action_unarchive: each((world, row) => world.db.update('product.product', row, { active: true })),
  },
}

const isOpen = (move: Row) => move['state'] !== 'done' && move['state'] !== 'cancel'
const waits = (move: Row) => isOpen(move) && move['state'] !== 'assigned'

function afterQuestion(world: World, backorder: boolean): true {
  const ids = (world.context['button_validate_picking_ids'] ?? []) as number[]
  for (const picking of rowsOf(world, 'stock.picking', ids)) {
    if (stateOf(world, picking) !== 'done') finish(world, picking, backorder)
    reserveArrived(world, [picking])
  }
  return true
}

/** Models only some of whose methods exist here. */
const METHODS_ONLY: Model = { name: 'ir.model.data', label: 'Model Data', order: 'id', fields: new Map() }

export function modelOf(world: World, name: string): Model {
  if (name === METHODS_ONLY.name) return METHODS_ONLY
  const model = world.schema.get(name)
  if (model) return model
  if (world.version >= 19)
    throw new OdooException('werkzeug.exceptions.NotFound', `the model '${name}' does not exist`, 404)
  throw userError(`Object ${name} doesn't exist`)
}

export function methodOf(model: Model, name: string): Method | undefined {
  return OWN[model.name]?.[name] ?? (model === METHODS_ONLY ? undefined : COMMON[name])
}
