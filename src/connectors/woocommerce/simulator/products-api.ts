/** `/products` and `/products/…/variations`: reading, and writing their stock. */
import { productBody, variationBody, variationsOf } from './bodies.ts'
import { type Failure, failure, invalid } from './failure.ts'
import type { Hooks } from './hooks.ts'
import { asList } from './orders-api.ts'
import { listed } from './pages.ts'
import type { Asked, Reply, Route } from './routes.ts'
import type { Shelf } from './shelf.ts'
import { applyShown } from './shown-set.ts'
import { type Product, skuOf, type Woo } from './state.ts'

type Input = Record<string, unknown>
const noProduct = (): Failure => failure(404, 'woocommerce_rest_product_invalid_id', 'Invalid ID.')
const noVariation = (): Failure => failure(404, 'woocommerce_rest_product_variation_invalid_id', 'Invalid ID.')
const BATCH_MAX = 100

export function productRoutes(woo: Woo, shelf: Shelf, hooks: Hooks): Route[] {
  const goods = (): Product[] =>
    [...woo.products.values()].filter(({ type, status }) => type !== 'variation' && status !== 'trash')
  const product = ({ ids }: Asked): Product | undefined => {
    const found = woo.products.get(ids[0]!)
    return found?.type === 'variation' ? undefined : found
  }
  const variation = ({ ids }: Asked): Product | undefined => {
    const found = woo.products.get(ids[1]!)
    return found?.parentId === ids[0] ? found : undefined
  }
  const bodyOf = (one: Product) => (one.type === 'variation' ? variationBody(woo, one) : productBody(woo, one))

  function change(one: Product | undefined, input: Input, none: () => Failure): Reply | Failure {
    if (!one) return none()
    const { manage_stock: manage, stock_quantity: stock, backorders, sku } = input
    if (stock !== undefined && stock !== null && !Number.isInteger(stock))
      return invalid('stock_quantity', 'stock_quantity is not of type integer.')
    if (backorders !== undefined && !['no', 'notify', 'yes'].includes(String(backorders)))
      return invalid('backorders', 'backorders is not one of no, notify, and yes.')
    if (typeof sku === 'string' && sku !== '') {
      const other = [...woo.products.values()].find((known) => known !== one && known.sku === sku)
      if (other) {
        const more = { resource_id: other.id, unique_sku: `${sku}-1` }
        return failure(400, 'product_invalid_sku', 'Invalid or duplicated SKU.', more)
      }
      one.sku = sku
    }
    const refused = applyShown(woo, one, input)
    if (refused) return refused
    if (backorders !== undefined) one.backorders = backorders as Product['backorders']
    if (typeof manage === 'boolean') one.manage = manage
    if (typeof stock === 'number' && one.manage === true && woo.counts) shelf.set(one, stock)
    else shelf.changed(one)
    return { status: 200, body: bodyOf(one) }
  }

  /** Always 200: every item has its own error. */
  function batch(input: Input, find: (id: number) => Product | undefined, none: () => Failure): Reply | Failure {
    const items = asList(input['update'])
    if (items.length > BATCH_MAX)
      return failure(
        413,
        'woocommerce_rest_request_entity_too_large',
        `Unable to accept more than ${BATCH_MAX} items for this request.`,
      )
    const update = items.map((item) => {
      const done = change(find(Number(item['id'])), item, none)
      return done.status < 300 ? done.body : { id: Number(item['id']), error: done.body }
    })
    return { status: 200, body: update.length > 0 ? { update } : {} }
  }

  function remove(one: Product, force: boolean): Reply {
    const before = bodyOf(one)
    if (force) woo.products.delete(one.id)
    else {
      one.status = 'trash'
      one.modifiedMs = woo.now()
      hooks.emit('product.deleted', one.id)
    }
    return { status: 200, body: before }
  }

  return [
    {
      path: /^\/products$/,
      GET: ({ url }) => {
        const sku = url.searchParams.get('sku')
        const all = sku === null ? goods() : [...woo.products.values()].filter((one) => skuOf(woo, one) === sku)
        return listed(all, { url, offsetMinutes: woo.options.offsetMinutes }, bodyOf)
      },
    },
    {
      path: /^\/products\/batch$/,
      POST: ({ input }) =>
        batch(
          input,
          (id) => (woo.products.get(id)?.type === 'variation' ? undefined : woo.products.get(id)),
          noProduct,
        ),
    },
    {
      path: /^\/products\/(\d+)$/,
      GET: (asked) => {
        const found = woo.products.get(asked.ids[0]!)
        return found ? { status: 200, body: productBody(woo, found) } : noProduct()
      },
      PUT: (asked) => change(product(asked), asked.input, noProduct),
      DELETE: (asked) => {
        const found = product(asked)
        return found ? remove(found, asked.url.searchParams.get('force') === 'true') : noProduct()
      },
    },
    {
      path: /^\/products\/(\d+)\/variations$/,
      GET: (asked) =>
        product(asked)
          ? listed(
              variationsOf(woo, asked.ids[0]!),
              { url: asked.url, offsetMinutes: woo.options.offsetMinutes },
              bodyOf,
            )
          : noProduct(),
    },
    {
      path: /^\/products\/(\d+)\/variations\/batch$/,
      POST: ({ ids, input }) =>
        batch(
          input,
          (id) => (woo.products.get(id)?.parentId === ids[0] ? woo.products.get(id) : undefined),
          noVariation,
        ),
    },
    {
      path: /^\/products\/(\d+)\/variations\/(\d+)$/,
      GET: (asked) => {
        const found = variation(asked)
        return found ? { status: 200, body: bodyOf(found) } : noVariation()
      },
      PUT: (asked) => change(variation(asked), asked.input, noVariation),
    },
  ]
}
