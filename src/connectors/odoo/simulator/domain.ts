/**
 * Search domains: prefix notation, dotted paths, the operators clients use. An index narrows the rows where one can.
 */
import type { Row, Value } from './database.ts'
import { valueError } from './failure.ts'
import { get } from './reading.ts'
import type { Field, Model } from './schema.ts'
import type { World } from './world.ts'

type Leaf = readonly [path: string, operator: string, value: unknown]
type Test = (row: Row) => boolean

/** Ids that satisfy the domain, in no particular order. */
export function matching(world: World, model: Model, domain: readonly unknown[]): number[] {
  const table = world.db.tables.get(model.name)!
  const terms = withActive(world, model, domain)
  const test = compile(world, model, terms)
  const narrowed = narrow(world, model, terms)
  if (!narrowed) return [...table.rows.values()].filter(test).map(({ id }) => id)
  const found: number[] = []
  for (const id of narrowed) {
    const row = table.rows.get(id)
    if (row && test(row)) found.push(id)
  }
  return found
}

/** Archived records are hidden unless the context or the domain asks about them. */
function withActive(world: World, model: Model, domain: readonly unknown[]): readonly unknown[] {
  if (!model.fields.has('active') || world.context['active_test'] === false) return domain
  if (domain.some((term) => Array.isArray(term) && term[0] === 'active')) return domain
  return [['active', '=', true], ...domain]
}

/** Terms without an operator between them must all hold. */
function compile(world: World, model: Model, domain: readonly unknown[]): Test {
  const stack: Test[] = []
  for (const term of domain.toReversed()) {
    if (term === '!') {
      const inner = stack.pop()!
      stack.push((row) => !inner(row))
    } else if (term === '&' || term === '|') {
      const [a, b] = [stack.pop()!, stack.pop()!]
      stack.push(term === '&' ? (row) => a(row) && b(row) : (row) => a(row) || b(row))
    } else if (Array.isArray(term) && term.length === 3) {
      stack.push(leaf(world, model, term as unknown as Leaf))
    } else throw valueError(`Invalid domain term ${JSON.stringify(term)}`)
  }
  return (row) => stack.every((test) => test(row))
}

function fieldOf(model: Model, name: string, term: Leaf): Field {
  const field = model.fields.get(name)
  if (field) return field
  const shown = `('${term[0]}', '${term[1]}', ${typeof term[2] === 'string' ? `'${term[2]}'` : JSON.stringify(term[2])})`
  throw valueError(`Invalid field ${model.name}.${name} in leaf ${shown}`)
}

function leaf(world: World, model: Model, term: Leaf): Test {
  const [path, operator, wanted] = term
  const dot = path.indexOf('.')
  if (dot < 0) {
    const field = fieldOf(model, path, term)
    const test = comparison(operator, field.type === 'datetime' ? asTime(wanted) : wanted)
    return (row) => test(get(world, model, row, field))
  }
  const field = fieldOf(model, path.slice(0, dot), term)
  const target = world.schema.get(field.to)!
  const inner = leaf(world, target, [path.slice(dot + 1), operator, wanted])
  return (row) => {
    const value = get(world, model, row, field)
    const ids = Array.isArray(value) ? value : typeof value === 'number' ? [value] : []
    return ids.some((id) => {
      const linked = world.db.row(target.name, id)
      return linked !== undefined && inner(linked)
    })
  }
}

/** Domains take ISO times too. */
const asTime = (value: unknown): unknown =>
  typeof value === 'string' ? value.replace('T', ' ').replace(/Z$/, '') : value

function comparison(operator: string, wanted: unknown): (value: Value) => boolean {
  const empty = wanted === false || wanted === null
  const has = (value: Value, one: unknown) => (Array.isArray(value) ? value.includes(one as number) : value === one)
  const isEmpty = (value: Value) => value === false || value === '' || (Array.isArray(value) && value.length === 0)
  switch (operator) {
    case '=':
      return (value) => (empty ? isEmpty(value) : has(value, wanted))
    case '!=':
      return (value) => (empty ? !isEmpty(value) : !has(value, wanted))
    case 'in': {
      const all = new Set(wanted as unknown[])
      return (value) => (Array.isArray(value) ? value.some((one) => all.has(one)) : all.has(value))
    }
    case 'not in': {
      const all = new Set(wanted as unknown[])
      return (value) => !(Array.isArray(value) ? value.some((one) => all.has(one)) : all.has(value))
    }
    case '<':
    case '<=':
    case '>':
    case '>=':
      return (value) => value !== false && ORDER[operator](value as never, wanted as never)
    case 'like':
    case 'ilike':
    case '=like':
    case '=ilike':
    case 'not like':
    case 'not ilike':
      return like(operator, String(wanted))
    default:
      throw valueError(`Invalid operator ${operator} in domain term`)
  }
}

const ORDER = {
  '<': (a: number, b: number) => a < b,
  '<=': (a: number, b: number) => a <= b,
  '>': (a: number, b: number) => a > b,
  '>=': (a: number, b: number) => a >= b,
} as const

function like(operator: string, pattern: string): (value: Value) => boolean {
  const whole = operator.startsWith('=') ? pattern : `%${pattern}%`
  const body = whole
    .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
    .replaceAll('%', '[^]*')
    .replaceAll('_', '[^]')
  const expression = new RegExp(`^${body}$`, operator.includes('ilike') ? 'iu' : 'u')
  const negative = operator.startsWith('not')
  return (value) => typeof value === 'string' && expression.test(value) !== negative
}

/** The fewest candidates an index gives for a term that must hold; null when none does. */
function narrow(world: World, model: Model, domain: readonly unknown[]): readonly number[] | null {
  if (domain.some((term) => term === '|' || term === '!')) return null
  let best: readonly number[] | null = null
  for (const term of domain) {
    const found = Array.isArray(term) ? candidates(world, model, term as unknown as Leaf) : null
    if (found && (!best || found.length < best.length)) best = found
  }
  return best && [...new Set(best)]
}

function candidates(world: World, model: Model, [path, operator, wanted]: Leaf): readonly number[] | null {
  if (path === 'write_date' && operator.startsWith('>')) return world.db.since(model.name, String(asTime(wanted)))
  if (operator !== '=' && operator !== 'in') return null
  const values = (operator === '=' ? [wanted] : wanted) as Value[]
  if (path === 'id') return values as number[]
  const dot = path.indexOf('.')
  const field = model.fields.get(dot < 0 ? path : path.slice(0, dot))
  if (!field?.indexed || values.includes(false)) return null
  if (dot < 0) return values.flatMap((value) => world.db.where(model.name, path, value))
  const linked = candidates(world, world.schema.get(field.to)!, [path.slice(dot + 1), operator, wanted])
  return linked && linked.flatMap((id) => world.db.where(model.name, field.name, id))
}
