/**
 * Rows with indexes, in transactions: one call is one transaction, and one that fails leaves nothing. Every change
 * moves `write_date` to the moment its transaction began, with microseconds, as Odoo stores it.
 */
import { assert, must } from '#canon/assert.ts'
import type { Model } from './schema.ts'

/** Links are ids or false, collections lists of ids, times text. */
export type Value = string | number | boolean | number[]
export type Row = { id: number } & Record<string, Value>

export interface Table {
  model: Model
  rows: Map<number, Row>
  indexes: Map<string, Map<Value, Set<number>>>
  template: Record<string, Value>
  nextId: number
}

/**
 * All that is in a database, as plain data. Indexes are kept as they are: made anew from the rows they would give out
 * the same ids in another order.
 */
export interface Stored {
  tables: Map<string, Pick<Table, 'rows' | 'indexes' | 'nextId'>>
  externals: Map<string, { model: string; id: number }>
  externalOf: Map<string, string>
  stamp: string
  ticks: number
}

export interface Database {
  /** What is in it now; it goes on changing. Never asked for inside a transaction. */
  stored(): Stored
  tables: ReadonlyMap<string, Table>
  /** External id to record, and back. */
  externals: Map<string, { model: string; id: number }>
  externalOf: Map<string, string>
  /** Runs the work; takes everything back when it throws. `at` is when the transaction began. */
  transaction<T>(at: number, work: () => T): T
  /** The current transaction's moment, as stored. */
  stamp(): string
  insert(model: string, values: Record<string, Value>): Row
  update(model: string, row: Row, values: Record<string, Value>): void
  remove(model: string, row: Row): void
  bind(external: string, model: string, id: number): void
  /** Ids of the rows that changed in or after the minute of that time. */
  since(model: string, time: string): readonly number[]
  /** Ids of the rows where an indexed field has the value. */
  where(model: string, field: string, value: Value): readonly number[]
  row(model: string, id: number): Row | undefined
}

const EMPTY: Readonly<Record<string, Value>> = { integer: 0, float: 0, monetary: 0, boolean: false }

/** @param before what an earlier database stored under the same schema; it is taken over, not copied. */
export function openDatabase(
  schema: ReadonlyMap<string, Model>,
  firstIds: Readonly<Record<string, number>> = {},
  before?: Stored,
): Database {
  const opened = (model: Model): Table => ({
    ...newTable(model, firstIds[model.name] ?? 1),
    ...before?.tables.get(model.name),
  })
  const tables = new Map([...schema.values()].map((model) => [model.name, opened(model)]))
  const { externals, externalOf } = before ?? { externals: new Map(), externalOf: new Map() }
  let undo: (() => void)[] | null = null
  let { stamp, ticks } = before ?? { stamp: '', ticks: 0 }

  const table = (model: string) => must(tables.get(model), `the simulator has no model ${model}`)
  const record = (step: () => void) => undo?.push(step)

  function reindex(of: Table, row: Row, field: string, value: Value, add: boolean): void {
    const index = of.indexes.get(field)
    if (!index) return
    const key = field === 'write_date' ? minuteOf(String(value)) : value
    if (add) {
      const ids = index.get(key)
      if (ids) ids.add(row.id)
      else index.set(key, new Set([row.id]))
    } else index.get(key)?.delete(row.id)
  }

  function set(of: Table, row: Row, field: string, value: Value): void {
    const before = row[field]!
    if (before === value) return
    reindex(of, row, field, before, false)
    row[field] = value
    reindex(of, row, field, value, true)
    record(() => {
      reindex(of, row, field, value, false)
      row[field] = before
      reindex(of, row, field, before, true)
    })
  }

  function put(of: Table, row: Row): void {
    of.rows.set(row.id, row)
    for (const field of of.indexes.keys()) reindex(of, row, field, row[field]!, true)
  }

  function drop(of: Table, row: Row): void {
    of.rows.delete(row.id)
    for (const field of of.indexes.keys()) reindex(of, row, field, row[field]!, false)
  }

  function unbind(external: string): void {
    const target = externals.get(external)
    if (!target) return
    externals.delete(external)
    externalOf.delete(`${target.model}:${target.id}`)
  }

  function bind(external: string, model: string, id: number): void {
    externals.set(external, { model, id })
    externalOf.set(`${model}:${id}`, external)
  }

  return {
    stored: () => {
      assert(!undo, 'a database is kept between transactions')
      const kept = [...tables].map(([name, { rows, indexes, nextId }]) => [name, { rows, indexes, nextId }] as const)
      return { tables: new Map(kept), externals, externalOf, stamp, ticks }
    },
    tables,
    externals,
    externalOf,
    transaction(at, work) {
      if (undo) return work()
      undo = []
      ticks = (ticks + 1) % 1000
      stamp = `${new Date(at).toISOString().slice(0, 23).replace('T', ' ')}${String(ticks).padStart(3, '0')}`
      try {
        return work()
      } catch (error) {
        for (const step of undo.reverse()) step()
        throw error
      } finally {
        undo = null
      }
    },
    stamp: () => stamp,
    insert(model, values) {
      const of = table(model)
      // Like a PostgreSQL sequence, the numbers of a transaction that failed are not given out again.
      const row = { ...of.template, ...values, write_date: stamp, create_date: stamp, id: of.nextId++ } as Row
      put(of, row)
      record(() => drop(of, row))
      return row
    },
    update(model, row, values) {
      const of = table(model)
      for (const [field, value] of Object.entries(values)) set(of, row, field, value)
      set(of, row, 'write_date', stamp)
    },
    remove(model, row) {
      const of = table(model)
      drop(of, row)
      record(() => put(of, row))
      const external = externalOf.get(`${model}:${row.id}`)
      if (external === undefined) return
      unbind(external)
      record(() => bind(external, model, row.id))
    },
    bind(external, model, id) {
      bind(external, model, id)
      record(() => unbind(external))
    },
    since(model, time) {
      const from = minuteOf(time)
      const found: number[] = []
      for (const [minute, ids] of table(model).indexes.get('write_date')!) {
        if (String(minute) < from) continue
        for (const id of ids) found.push(id)
      }
      return found
    },
    where: (model, field, value) => [...(table(model).indexes.get(field)?.get(value) ?? [])],
    row: (model, id) => table(model).rows.get(id),
  }
}

/** Times are indexed by the minute: what is asked for is always what changed lately. */
const minuteOf = (time: string): string => time.slice(0, 16)

function newTable(model: Model, nextId: number): Table {
  const stored = [...model.fields.values()].filter(({ computed, type }) => !computed && type !== 'one2many')
  return {
    model,
    rows: new Map(),
    indexes: new Map(
      stored.filter(({ name, indexed }) => indexed || name === 'write_date').map(({ name }) => [name, new Map()]),
    ),
    template: Object.fromEntries(
      stored.map(({ name, type }) => [name, type === 'many2many' ? [] : (EMPTY[type] ?? false)]),
    ),
    nextId,
  }
}
