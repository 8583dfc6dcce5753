/**
 * `load`: rows of text become records by external id, all or nothing. A row whose own columns are empty is another line
 * of the record above it. A refusal is an answer, not an error; only an unknown column is one.
 */
import type { Row } from './database.ts'
import { OdooException, SERIALIZATION, valueError } from './failure.ts'
import { create, write } from './records.ts'
import type { Field, Model } from './schema.ts'
import type { World } from './world.ts'

export interface LoadMessage {
  rows: { from: number; to: number }
  record: number
  type: 'error'
  message: string
  field?: string
}

export type LoadAnswer = { ids: number[] | false; messages: LoadMessage[]; nextrow: number }

interface Column {
  /** Through this one2many. */
  via: Field | null
  /** null for the record's own id, external or of the database. */
  field: Field | null
  by: 'value' | 'database' | 'external'
}

/** Thrown to undo everything; becomes the answer. */
export class LoadRefused extends Error {
  readonly answer: LoadAnswer
  constructor(answer: LoadAnswer) {
    super('load refused')
    this.answer = answer
  }
}

export const refusal = (record: number, message: string, from = 0, field?: string): LoadRefused =>
  new LoadRefused({
    ids: false,
    messages: [{ rows: { from, to: from }, record, type: 'error', message, ...(field ? { field } : {}) }],
    nextrow: 0,
  })

export const serializationRefusal = (): LoadAnswer => refusal(0, SERIALIZATION).answer

export function load(
  world: World,
  model: Model,
  names: readonly string[],
  rows: readonly (readonly string[])[],
): LoadAnswer {
  const columns = names.map((name) => parseColumn(world, model, name))
  const records = group(columns, rows)
  const ids = records.map(({ from, rows: own }, index) => {
    try {
      return store(world, model, columns, own)
    } catch (error) {
      if (!(error instanceof OdooException)) throw error
      throw refusal(index, error.message, from)
    }
  })
  return { ids, messages: [], nextrow: 0 }
}

function parseColumn(world: World, model: Model, name: string): Column {
  const parts = name.split('/')
  if (parts[0] === 'id') return { via: null, field: null, by: 'external' }
  if (name === '.id') return { via: null, field: null, by: 'database' }
  const field = model.fields.get(parts[0]!)
  if (!field) throw valueError(`Invalid field name '${parts[0]}'`)
  if (field.type === 'one2many') {
    return { ...parseColumn(world, world.schema.get(field.to)!, parts.slice(1).join('/')), via: field }
  }
  return { via: null, field, by: parts[1] === '.id' ? 'database' : parts[1] === 'id' ? 'external' : 'value' }
}

function group(columns: readonly Column[], rows: readonly (readonly string[])[]) {
  const records: { from: number; rows: (readonly string[])[] }[] = []
  rows.forEach((row, from) => {
    const begins = columns.some(({ via }, index) => !via && row[index] !== '')
    if (begins || records.length === 0) records.push({ from, rows: [row] })
    else records.at(-1)!.rows.push(row)
  })
  return records
}

function store(world: World, model: Model, columns: readonly Column[], rows: readonly (readonly string[])[]): number {
  const head = valuesOf(world, columns, rows[0]!, null)
  const row = head.database === null ? upsert(world, model, head.external, head.values) : rewrite(world, model, head)
  for (const via of new Set(columns.map((column) => column.via).filter((field) => field !== null))) {
    const target = world.schema.get(via.to)!
    for (const cells of rows) {
      const line = valuesOf(world, columns, cells, via)
      if (!line.any) continue
      upsert(world, target, line.external, {
        ...line.values,
        ...(known(world, line.external) ? {} : { [via.inverse]: row.id }),
      })
    }
  }
  return row.id
}

function valuesOf(world: World, columns: readonly Column[], cells: readonly string[], via: Field | null) {
  const values: Record<string, unknown> = {}
  let external: string | null = null
  let database: string | null = null
  let any = false
  columns.forEach((column, index) => {
    if (column.via !== via) return
    const cell = cells[index] ?? ''
    any ||= cell !== ''
    if (!column.field && column.by === 'database') database = cell || null
    else if (!column.field) external = cell || null
    else values[column.field.name] = cell === '' ? false : convert(world, column, column.field, cell, via)
  })
  return { values, external: external as string | null, database: database as string | null, any }
}

function convert(world: World, { by }: Column, field: Field, cell: string, via: Field | null): unknown {
  const label = via ? `${via.label}/${field.label}` : field.label
  if (field.type === 'many2one' || field.type === 'many2many') {
    const ids = cell.split(',').map((part) => resolve(world, field, by, part.trim(), label))
    return field.type === 'many2one' ? ids[0] : [[6, 0, ids]]
  }
  if (['integer', 'float', 'monetary'].includes(field.type)) {
    const number = Number(cell)
    if (Number.isNaN(number)) throw valueError(`'${cell}' does not seem to be a number for field '${label}'`)
    return number
  }
  return field.type === 'boolean' ? ['1', 'true', 'True'].includes(cell) : cell
}

function resolve(world: World, field: Field, by: Column['by'], text: string, label: string): number {
  if (by === 'database' && world.db.row(field.to, Number(text))) return Number(text)
  const target = by === 'external' ? world.db.externals.get(text) : undefined
  if (target?.model === field.to) return target.id
  const what = by === 'database' ? 'database id' : by === 'external' ? 'external id' : 'name'
  throw valueError(`No matching record found for ${what} '${text}' in field '${label}'`)
}

const known = (world: World, external: string | null): boolean => external !== null && world.db.externals.has(external)

function rewrite(world: World, model: Model, { database, values }: ReturnType<typeof valuesOf>): Row {
  const row = world.db.row(model.name, Number(database))
  if (!row) throw valueError(`Unknown database identifier '${database}'`)
  write(world, model, [row.id], values)
  return row
}

function upsert(world: World, model: Model, external: string | null, values: Record<string, unknown>): Row {
  const name = external === null || external.includes('.') ? external : `__import__.${external}`
  const target = name === null ? undefined : world.db.externals.get(name)
  if (target) {
    write(world, model, [target.id], values)
    return world.db.row(model.name, target.id)!
  }
  const row = create(world, model, values)
  if (name === null) return row
  const [module = '', ...rest] = name.split('.')
  if (/\s/.test(name)) {
    const [stamp, own] = [world.db.stamp(), rest.join('.')]
    const values = `1, null, ${stamp}, ${stamp}, null, ${row.id}, f, ${own}, ${module}, ${model.name}`
    const what = 'new row for relation "ir_model_data" violates check constraint "ir_model_data_name_nospaces"'
    throw valueError(`${what}\nDETAIL:  Failing row contains (${values}).\n`)
  }
  world.db.bind(name, model.name, row.id)
  return row
}
