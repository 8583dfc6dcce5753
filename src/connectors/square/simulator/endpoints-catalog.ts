/**
 * The catalogue: searched, read and changed. An upsert replaces the whole object and takes only its current version;
 * each batch is done or not by itself, and one change at a time.
 */
import { EPOCH, needed, rowOf, textOf, textsOf, timeOf } from './body.ts'
import { pageOf } from './pages.ts'
import type { Endpoint } from './server.ts'
import { type Account, type ItemRow, Refusal, type Row, type VariationRow } from './state.ts'

export const searchCatalog: Endpoint = ({ account, body }) => {
  const types = textsOf(body, 'object_types') ?? ['ITEM']
  if (!types.every((type) => type === 'ITEM'))
    throw new Refusal(400, 'INVALID_ENUM_VALUE', 'Only items are simulated.', 'object_types')
  const from = timeOf(body['begin_time'], 'begin_time')
  const deleted = body['include_deleted_objects'] === true
  const rows = [...account.state.items.values()].filter(
    (one) => (deleted || !one.deleted) && (from === undefined || one.updatedAt > from),
  )
  const { cursor: _, ...query } = body
  const asked = Number(body['limit'] ?? 100)
  const page = pageOf({
    rows,
    by: (one) => one.updatedAt,
    id: (one) => one.id,
    // Advice, not an order: what makes no sense is ignored.
    limit: asked >= 1 && asked <= 1_000 ? asked : 100,
    cursor: textOf(body, 'cursor'),
    query,
  })
  const latest = [...account.state.items.values()].reduce((last, { updatedAt: at }) => (at > last ? at : last), EPOCH)
  const objects = page.rows.map((one) => itemObject(account, one))
  return {
    ...(objects.length > 0 ? { objects } : {}),
    ...(page.cursor ? { cursor: page.cursor } : {}),
    latest_time: latest,
  }
}

export const retrieveCatalog: Endpoint = ({ account, body }) => {
  const { items, variations } = account.state
  const ids = textsOf(body, 'object_ids')
  if (!ids) throw new Refusal(400, 'MISSING_REQUIRED_PARAMETER', 'Missing required parameter.', 'object_ids')
  if (ids.length > 1_000) throw new Refusal(400, 'ARRAY_LENGTH_TOO_LONG', 'At most 1000 ids.', 'object_ids')
  const deleted = body['include_deleted_objects'] === true
  const objects = ids.flatMap((id) => {
    const [item, variation] = [items.get(id), variations.get(id)]
    if (item) return deleted || !item.deleted ? [itemObject(account, item)] : []
    return variation && (deleted || !variation.deleted) ? [variationObject(account, variation)] : []
  })
  return { objects }
}

const BATCH_MAX = 1_000

export const upsertCatalog: Endpoint = ({ account, hooks, body, keyed }) => {
  const key = needed(body, 'idempotency_key', 128)
  return keyed(`catalog ${key}`, () => {
    const batches = (body['batches'] ?? []) as Row[]
    if (batches.length === 0) throw new Refusal(400, 'MISSING_REQUIRED_PARAMETER', 'No batches given.', 'batches')
    const changed: ItemRow[] = []
    const refusals: Refusal[] = []
    for (const batch of batches) {
      try {
        const objects = (batch['objects'] ?? []) as Row[]
        if (objects.length === 0 || objects.length > BATCH_MAX)
          throw new Refusal(400, 'VALUE_EMPTY', 'A batch holds between 1 and 1000 objects.', 'objects')
        // All of a batch is looked at before any of it is done.
        const done = objects.map((one) => checked(account, one))
        changed.push(...done.map((work) => work()))
      } catch (error) {
        if (!(error instanceof Refusal)) throw error
        refusals.push(error)
      }
    }
    if (changed.length === 0) throw refusals[0]!
    hooks.emit('catalog.version.updated', {
      type: 'catalog',
      object: { catalog_version: { updated_at: account.now() } },
    })
    const errors = refusals.flatMap((one) => one.errors)
    return {
      objects: changed.map((one) => itemObject(account, one)),
      updated_at: account.now(),
      ...(errors.length > 0 ? { errors } : {}),
    }
  })
}

/** Members that the account keeps in their own place. All others are kept as they were sent, or lost when not sent. */
const OF_ITEM = new Set(['name', 'is_archived', 'is_taxable', 'variations', 'product_type'])
const OF_VARIATION = new Set([
  'item_id', 'name', 'sku', 'upc', 'ordinal', 'pricing_type', 'price_money', 'track_inventory', 'sellable', 'stockable',
]) // prettier-ignore

const restOf = (data: Row, own: ReadonlySet<string>): Row =>
  Object.fromEntries(Object.entries(data).filter(([name]) => !own.has(name)))

/** @returns what does it. Throws what Square refuses. */
function checked(account: Account, object: Row): () => ItemRow {
  const { items, variations } = account.state
  if (object['type'] !== 'ITEM') throw new Refusal(400, 'INVALID_ENUM_VALUE', 'Only items are simulated.', 'type')
  const item = items.get(needed(object, 'id'))
  if (!item || item.deleted) throw new Refusal(404, 'NOT_FOUND', 'The item does not exist.', 'id')
  versioned(object, item.version)
  const data = rowOf(object, 'item_data')
  const name = needed(data, 'name', 512)
  const given = (data['variations'] ?? []) as Row[]
  if (given.length === 0)
    throw new Refusal(400, 'INVALID_REQUEST_ERROR', 'An item must have at least one variation.', 'variations')
  const rows = given.map((one) => variationOf(account, item, one))
  return () => {
    const kept = new Set(rows.map(({ id }) => id))
    // A variation that is not sent is deleted.
    for (const id of item.variations) if (!kept.has(id)) variations.get(id)!.deleted = true
    for (const row of rows) variations.set(row.id, row)
    Object.assign(item, {
      name,
      archived: data['is_archived'] === true,
      taxable: data['is_taxable'] !== false,
      rest: restOf(data, OF_ITEM),
      updatedAt: account.now(),
      version: item.version + 1,
    })
    return item
  }
}

function versioned(object: Row, version: number): void {
  if (object['version'] !== version)
    throw new Refusal(400, 'VERSION_MISMATCH', 'Object version does not match latest database version.', 'version')
}

function variationOf(account: Account, item: ItemRow, object: Row): VariationRow {
  const before = account.state.variations.get(needed(object, 'id'))
  if (!before || before.deleted || before.itemId !== item.id)
    throw new Refusal(404, 'NOT_FOUND', 'The variation does not exist.', 'id')
  versioned(object, item.version)
  const data = rowOf(object, 'item_variation_data')
  const { amount, currency } = rowOf(data, 'price_money')
  if (!Number.isInteger(amount) || (amount as number) < 0)
    throw new Refusal(400, 'VALUE_TOO_LOW', 'Must be an amount of at least 0.', 'price_money.amount')
  if (currency !== account.currency)
    throw new Refusal(400, 'INVALID_VALUE', `The currency must be ${account.currency}.`, 'price_money.currency')
  const upc = textOf(data, 'upc')
  return {
    ...before,
    sku: textOf(data, 'sku') ?? '',
    name: textOf(data, 'name') ?? '',
    price: amount as number,
    tracked: data['track_inventory'] === true,
    rest: restOf(data, OF_VARIATION),
    ...(upc === undefined ? { upc: '' } : { upc }),
  }
}

function itemObject(account: Account, item: ItemRow): Row {
  const variations = item.variations.flatMap((id) => account.state.variations.get(id) ?? [])
  return {
    type: 'ITEM',
    id: item.id,
    updated_at: item.updatedAt,
    version: item.version,
    is_deleted: item.deleted,
    present_at_all_locations: true,
    item_data: {
      ...item.rest,
      name: item.name,
      is_archived: item.archived,
      ...(item.taxable === false ? { is_taxable: false } : {}),
      variations: variations.filter((one) => item.deleted || !one.deleted).map((one) => variationObject(account, one)),
      product_type: 'REGULAR',
    },
  }
}

function variationObject(account: Account, one: VariationRow): Row {
  const item = account.state.items.get(one.itemId)
  return {
    type: 'ITEM_VARIATION',
    id: one.id,
    updated_at: item?.updatedAt ?? account.now(),
    version: item?.version ?? 1,
    is_deleted: one.deleted,
    present_at_all_locations: true,
    item_variation_data: {
      ...one.rest,
      item_id: one.itemId,
      name: one.name,
      sku: one.sku,
      ...(one.upc ? { upc: one.upc } : {}),
      ordinal: 0,
      pricing_type: 'FIXED_PRICING',
      price_money: account.money(one.price),
      track_inventory: one.tracked,
      sellable: true,
      stockable: true,
    },
  }
}
