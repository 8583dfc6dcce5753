/** Counts, and changes of stock. */
import { EPOCH, limitOf, location, needed, rowOf, textOf, textsOf, timeOf } from './body.ts'
import { pageOf } from './pages.ts'
import type { Endpoint } from './server.ts'
import { type Account, type ChangeRow, Refusal, type Row } from './state.ts'
import { changeRow, SCALE } from './stock.ts'

const DAY_MS = 86_400_000

export const changeInventory: Endpoint = ({ account, stock, body, keyed }) => {
  const key = needed(body, 'idempotency_key', 128)
  return keyed(`inventory ${key}`, () => {
    const changes = (body['changes'] ?? []) as Row[]
    if (changes.length === 0) throw new Refusal(400, 'MISSING_REQUIRED_PARAMETER', 'No changes given.', 'changes')
    if (changes.length > 100) throw new Refusal(400, 'ARRAY_LENGTH_TOO_LONG', 'At most 100 changes.', 'changes')
    const counts = changes.map((change, index) => countOf(account, change, `changes[${index}]`))
    const ignores = body['ignore_unchanged_counts'] !== false
    const made: ChangeRow[] = []
    for (const one of counts) {
      const last = stock.lastCount(one.variationId, one.locationId)
      // As the contract has it: unchanged since the last count, whatever was sold since.
      if (ignores && last?.quantity === one.quantity) continue
      made.push(stock.add(one))
    }
    const rows = counts.flatMap(({ variationId, locationId }) => stock.countRow(variationId, locationId) ?? [])
    return { counts: rows, changes: made.map(changeRow) }
  })
}

/** What others send is not simulated: staff adjust through the control plane. */
function countOf(account: Account, change: Row, at: string): Omit<ChangeRow, 'id' | 'createdAt' | 'sequence'> {
  if (change['type'] !== 'PHYSICAL_COUNT')
    throw new Refusal(400, 'INVALID_ENUM_VALUE', 'Only physical counts are simulated.', `${at}.type`)
  const count = rowOf(change, 'physical_count')
  const variationId = needed(count, 'catalog_object_id', 100)
  const variation = account.state.variations.get(variationId)
  if (!variation || variation.deleted)
    throw new Refusal(
      400,
      'NOT_FOUND',
      `No item variation with id ${variationId}.`,
      `${at}.physical_count.catalog_object_id`,
    )
  const locationId = location(account, needed(count, 'location_id', 100), `${at}.physical_count.location_id`)
  const text = needed(count, 'quantity', 26)
  if (!/^-?\d+(\.\d{1,5})?$/.test(text))
    throw new Refusal(
      400,
      'VALUE_REGEX_MISMATCH',
      'Not a decimal with up to five digits.',
      `${at}.physical_count.quantity`,
    )
  if (needed(count, 'state') !== 'IN_STOCK')
    throw new Refusal(400, 'INVALID_VALUE', 'A physical count is of what is in stock.', `${at}.physical_count.state`)
  const occurredAt = timeOf(needed(count, 'occurred_at'), `${at}.physical_count.occurred_at`)!
  const age = account.io.now() - Date.parse(occurredAt)
  if (age < 0 || age > DAY_MS)
    throw new Refusal(
      400,
      'INVALID_TIME',
      'occurred_at cannot be older than 24 hours or in the future.',
      `${at}.physical_count.occurred_at`,
    )
  return {
    kind: 'PHYSICAL_COUNT',
    variationId,
    locationId,
    quantity: Math.round(Number(text) * SCALE),
    states: ['NONE', 'IN_STOCK'],
    referenceId: textOf(count, 'reference_id') ?? null,
    occurredAt,
  }
}

export const getCount: Endpoint = ({ account, stock, id, query }) => {
  if (!account.state.variations.has(id)) throw new Refusal(404, 'NOT_FOUND', `Catalog object with ID ${id} not found.`)
  const ids = (query['location_ids'] ?? [...account.state.locations.keys()].join(',')).split(',')
  return { counts: ids.flatMap((place) => stock.countRow(id, place) ?? []) }
}

export const retrieveCounts: Endpoint = ({ account, stock, body }) => {
  const places = textsOf(body, 'location_ids') ?? [...account.state.locations.keys()]
  const ids = textsOf(body, 'catalog_object_ids')
  const states = textsOf(body, 'states')
  const after = timeOf(body['updated_after'], 'updated_after') ?? EPOCH
  const rows = [...account.state.changes.keys()]
    .map((key) => key.split(' ') as [string, string])
    .filter(([variation, place]) => places.includes(place) && (!ids || ids.includes(variation)))
    .flatMap(([variation, place]): Row[] => {
      const row = stock.countRow(variation, place)
      return row ? [row] : []
    })
    .filter((one) => String(one['calculated_at']) > after && (!states || states.includes('IN_STOCK')))
  const { cursor: _, ...query } = body
  const page = pageOf({
    rows,
    by: (one) => String(one['calculated_at']),
    id: (one) => `${String(one['catalog_object_id'])} ${String(one['location_id'])}`,
    limit: limitOf(body['limit'], 100, 1_000),
    cursor: textOf(body, 'cursor'),
    query,
  })
  return { counts: page.rows, ...(page.cursor ? { cursor: page.cursor } : {}) }
}

export const retrieveChanges: Endpoint = ({ account, body }) => {
  const places = textsOf(body, 'location_ids')
  const ids = textsOf(body, 'catalog_object_ids')
  const types = textsOf(body, 'types') ?? ['PHYSICAL_COUNT', 'ADJUSTMENT']
  const after = timeOf(body['updated_after'], 'updated_after') ?? EPOCH
  const rows = [...account.state.changes.values()]
    .flat()
    .filter((one) => types.includes(one.kind) && one.createdAt > after)
    .filter((one) => (!places || places.includes(one.locationId)) && (!ids || ids.includes(one.variationId)))
  const { cursor: _, ...query } = body
  const page = pageOf({
    rows,
    by: (one) => one.createdAt,
    id: (one) => String(one.sequence).padStart(9, '0'),
    limit: limitOf(body['limit'], 100, 1_000),
    cursor: textOf(body, 'cursor'),
    query,
  })
  return { changes: page.rows.map(changeRow), ...(page.cursor ? { cursor: page.cursor } : {}) }
}
