/** The value of a field, stored or computed, and the name of a record. */
import type { Row, Value } from './database.ts'
import type { Field, Model } from './schema.ts'
import type { World } from './world.ts'

/** The stored or computed value, in the simulator's own form. */
export function get(world: World, model: Model, row: Row, field: Field): Value {
  if (field.name === 'display_name') return displayName(world, model.name, row)
  if (field.computed) return world.behaviours[model.name]?.computed?.[field.name]?.(world, row) ?? false
  if (field.type === 'one2many') return world.db.where(field.to, field.inverse, row.id).toSorted((a, b) => a - b)
  return row[field.name]!
}

/** A computed or stored value by name. */
export const value = (world: World, model: string, row: Row, field: string): Value =>
  get(world, world.schema.get(model)!, row, world.schema.get(model)!.fields.get(field)!)

export function displayName(world: World, model: string, row: Row): string {
  const own = world.behaviours[model]?.display?.(world, row)
  return own ?? String(row['name'] || `${model},${row.id}`)
}
