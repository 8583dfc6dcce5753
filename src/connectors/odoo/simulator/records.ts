/**
 * The small honest ORM: reading with Odoo's empty values and names, creating, writing, deleting, collections' commands.
 */
import type { Row, Value } from './database.ts'
import { round } from './arithmetic.ts'
import { matching } from './domain.ts'
import { missing, validationError, valueError } from './failure.ts'
import { displayName, get } from './reading.ts'
import type { Field, Model } from './schema.ts'
import type { World } from './world.ts'

/** As a client sees it: links with names, times in seconds. */
function shown(world: World, model: Model, row: Row, field: Field, plainLinks: boolean): unknown {
  const stored = get(world, model, row, field)
  if (field.type === 'many2one') {
    if (typeof stored !== 'number') return false
    if (plainLinks) return stored
    const linked = world.db.row(field.to, stored)
    return linked ? [stored, displayName(world, field.to, linked)] : false
  }
  return field.type === 'datetime' && typeof stored === 'string' ? stored.slice(0, 19) : stored
}

/** Rows in the order of the ids; missing ones are left out without a word. */
export function read(world: World, model: Model, ids: readonly number[], names: readonly string[], load?: unknown) {
  const fields = names.map((name) => {
    const field = model.fields.get(name)
    if (field) return field
    throw valueError(`Invalid field '${name}' on ${world.version >= 19 ? '' : 'model '}'${model.name}'`)
  })
  const plainLinks = load === null || load === ''
  return ids.flatMap((id) => {
    const row = world.db.row(model.name, id)
    if (!row) return []
    const result: Record<string, unknown> = { id }
    for (const field of fields) result[field.name] = shown(world, model, row, field, plainLinks)
    return [result]
  })
}

export function search(
  world: World,
  model: Model,
  domain: readonly unknown[],
  { order, offset = 0, limit }: { order?: string | undefined; offset?: number; limit?: number | undefined } = {},
): number[] {
  const ids = sorted(world, model, matching(world, model, domain), order || model.order)
  return ids.slice(offset, limit ? offset + limit : undefined)
}

function sorted(world: World, model: Model, ids: number[], order: string): number[] {
  if (order === 'id') return ids.sort((a, b) => a - b)
  const keys = order.split(',').map((part) => {
    const [name = '', direction = 'asc'] = part.trim().split(/\s+/)
    const field = model.fields.get(name)
    if (!field) throw valueError(`Invalid field '${name}' on model '${model.name}'`)
    return { field, sign: direction.toLowerCase() === 'desc' ? -1 : 1 }
  })
  const row = (id: number) => world.db.row(model.name, id)!
  return ids.sort((a, b) => {
    for (const { field, sign } of keys) {
      const [left, right] = [get(world, model, row(a), field), get(world, model, row(b), field)]
      // What is empty comes last, as PostgreSQL has it.
      if (sign > 0 && field.type === 'many2one' && left !== right && (left === false || right === false))
        return left === false ? 1 : -1
      if (left !== right) return left < right ? -sign : sign
    }
    return a - b
  })
}

/** The rows of the ids. @throws MissingError when one is not there. */
export function rowsOf(world: World, model: string, ids: readonly number[]): Row[] {
  const rows = ids.map((id) => world.db.row(model, id))
  const gone = ids.filter((_, index) => !rows[index])
  if (gone.length > 0) throw missing(model, gone, world.uid)
  return rows as Row[]
}

export function create(world: World, model: Model, given: Readonly<Record<string, unknown>>): Row {
  const behaviour = world.behaviours[model.name]
  const { plain, collections } = split(world, model, given)
  behaviour?.defaults?.(world, plain)
  for (const field of model.fields.values()) {
    if (!field.required || field.computed || (plain[field.name] ?? false) !== false) continue
    // The database refuses, after it gave out a number.
    world.db.tables.get(model.name)!.nextId += 1
    throw mandatory(world, model, field)
  }
  const row = world.db.insert(model.name, plain)
  for (const [field, commands] of collections) command(world, model, row, field, commands)
  behaviour?.created?.(world, row)
  return row
}

export function write(
  world: World,
  model: Model,
  ids: readonly number[],
  given: Readonly<Record<string, unknown>>,
): void {
  const behaviour = world.behaviours[model.name]
  for (const row of rowsOf(world, model.name, ids)) {
    behaviour?.writing?.(world, row, given)
    const { plain, collections } = split(world, model, given)
    const before = { ...row }
    world.db.update(model.name, row, plain)
    for (const [field, commands] of collections) command(world, model, row, field, commands)
    behaviour?.written?.(world, row, before)
  }
}

export function unlink(world: World, model: Model, ids: readonly number[]): void {
  for (const row of rowsOf(world, model.name, ids)) {
    world.behaviours[model.name]?.unlinking?.(world, row)
    for (const field of model.fields.values()) {
      if (
        field.type === 'one2many' &&
        field.inverse &&
        world.schema.get(field.to)!.fields.get(field.inverse)!.required
      ) {
        unlink(world, world.schema.get(field.to)!, world.db.where(field.to, field.inverse, row.id))
      }
    }
    world.db.remove(model.name, row)
  }
}

/**
 * Plain values in the simulator's form, apart from the commands of one2many fields, which come after the row is there.
 */
function split(world: World, model: Model, given: Readonly<Record<string, unknown>>) {
  const plain: Record<string, Value> = {}
  const collections: [Field, unknown[]][] = []
  for (const [name, raw] of Object.entries(given)) {
    const field = model.fields.get(name)
    if (!field) throw valueError(`Invalid field '${name}' on ${world.version >= 19 ? '' : 'model '}'${model.name}'`)
    if (field.type === 'one2many') collections.push([field, raw as unknown[]])
    else if (field.name !== 'id') plain[name] = accept(world, model, field, raw)
  }
  return { plain, collections }
}

export const TWO_DIGITS: ReadonlySet<string> = new Set([
  'product_uom_qty',
  'price_unit',
  'discount',
  'quantity',
  'price',
  'min_qty',
])
const SELECTIONS: Readonly<Record<string, readonly string[]>> = {
  'res.partner.type': ['contact', 'invoice', 'delivery', 'other'],
  'mrp.bom.type': ['normal', 'phantom'],
  'sale.advance.payment.inv.advance_payment_method': ['delivered', 'percentage', 'fixed'],
}

function accept(world: World, model: Model, field: Field, raw: unknown): Value {
  if (raw === null || raw === undefined || raw === false)
    return field.type === 'many2many' ? [] : (EMPTY[field.type] ?? false)
  switch (field.type) {
    case 'many2one':
      return linkTo(world, field, raw)
    case 'many2many':
      return manyOf(raw)
    case 'integer':
    case 'float':
    case 'monetary': {
      const number = Number(raw)
      if (Number.isNaN(number)) throw valueError(`could not convert string to float: '${String(raw)}'`)
      return TWO_DIGITS.has(field.name) ? round(number) : number
    }
    case 'datetime':
      return time(String(raw), /^\d{4}-\d\d-\d\d(?: \d\d:\d\d:\d\d)?$/, '%Y-%m-%d %H:%M:%S')
    case 'date':
      return time(String(raw), /^\d{4}-\d\d-\d\d$/, '%Y-%m-%d')
    case 'selection':
      if (SELECTIONS[`${model.name}.${field.name}`]?.includes(String(raw)) === false) {
        throw valueError(`Wrong value for ${model.name}.${field.name}: '${String(raw)}'`)
      }
      return String(raw)
    case 'boolean':
      return Boolean(raw)
    default:
      return String(raw)
  }
}

const EMPTY: Readonly<Record<string, Value>> = { integer: 0, float: 0, monetary: 0, boolean: false }

function time(text: string, shape: RegExp, format: string): string {
  if (!shape.test(text)) throw valueError(`time data '${text}' does not match format '${format}'`)
  return format.includes('%H') && text.length === 10 ? `${text} 00:00:00` : text
}

function linkTo(world: World, field: Field, raw: unknown): number {
  const id = Number(raw)
  if (world.db.row(field.to, id)) return id
  throw validationError(
    `The operation cannot be completed: another model requires the record being deleted. If possible, archive it instead.\n\nModel: ${field.to}\nConstraint: ${field.name}_fkey\n`,
  )
}

/** Commands of a many2many; only those that say what shall be there, or add. */
function manyOf(raw: unknown): number[] {
  const ids: number[] = []
  for (const one of raw as unknown[]) {
    if (typeof one === 'number') ids.push(one)
    else if (Array.isArray(one) && one[0] === 6) ids.push(...(one[2] as number[]))
    else if (Array.isArray(one) && one[0] === 4) ids.push(one[1] as number)
  }
  return ids
}

function command(world: World, model: Model, row: Row, field: Field, commands: readonly unknown[]): void {
  const target = world.schema.get(field.to)!
  for (const each of commands as [number, number | string, Record<string, unknown>][]) {
    const [kind, id, values] = each
    if (kind === 0) create(world, target, { ...values, [field.inverse]: row.id })
    else if (kind === 1) write(world, target, [Number(id)], values)
    else if (kind === 2) unlink(world, target, [Number(id)])
    else throw valueError(`The simulator knows no command ${kind} for ${model.name}.${field.name}`)
  }
}

function mandatory(world: World, model: Model, field: Field) {
  const what = 'The operation cannot be completed:'
  const of18 = [
    what,
    '- Create/update: a mandatory field is not set.',
    '- Delete: another model requires the record being deleted. If possible, archive it instead.',
    '',
    `Model: ${model.label} (${model.name})`,
    `Field: ${field.label} (${field.name})`,
    '',
  ]
  const of19 = [
    `${what} Missing required value for the field '${field.label}' (${field.name}).`,
    `Model: '${model.label}' (${model.name})`,
    '- create/update: a mandatory field is not set',
    '- delete: another model requires the record being deleted, you can archive it instead',
    '',
  ]
  return validationError((world.version >= 19 ? of19 : of18).join('\n'))
}
