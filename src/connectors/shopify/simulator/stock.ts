/** The shop's catalogue and its stock: what is available, what is committed to orders, and the news of both. */
import { must } from '#canon/assert.ts'
import { formatMoney, money, parseMoney } from '#canon/money.ts'
import { inventoryLevelBody, productBody } from './bodies.ts'
import type { Hooks } from './hooks.ts'
import { stocked, type Product, type Shop, type Variant } from './state.ts'

export interface NewProduct {
  sku: string
  title: string
  /** Decimal string. */
  price: string
  /** At the first location, or by location. */
  available: number | Readonly<Record<number, number>>
  tracked?: boolean
}

export interface Shows {
  title: string
  price: string
  barcode: string | null
  taxable: boolean
  status: Product['status']
  metafields: Readonly<Record<string, string>>
  media: readonly string[]
}

export interface Stock {
  addProduct(product: NewProduct): { productId: string; variantId: string; inventoryItemId: string }
  updateProduct(sku: string, change: { title?: string; price?: string; sku?: string }): void
  deleteProduct(sku: string): void
  /** Another variant of the SKU's product. */
  addVariant(sku: string, variant: { sku: string; title: string; price: string }): { variantId: string }
  /** What customers see of the SKU; null when it is not there. */
  shows(sku: string): Shows | null
  /** Notes that a product changed, and tells about it. */
  changed(product: Product): void
  /** Sets what can be sold at a location (the first unless said), and tells about it. */
  setAvailable(sku: string, available: number, locationId?: number): void
  /** As above; every level that changes is an event of its own. */
  write(variant: Variant, locationId: number, available: number): void
  /**
   * Where an order of these pieces is taken from: one place for all, else one for each line; null when all places
   * together have not enough.
   */
  route(wanted: ReadonlyMap<Variant, number>): { variant: Variant; locationId: number; quantity: number }[] | null
}

export function openStock(shop: Shop, hooks: Hooks): Stock {
  const main = must(shop.locations[0], 'a shop has a location').id
  const variantOf = (sku: string): Variant => must(shop.bySku.get(sku), `the shop has no SKU ${sku}`)
  const tell = (topic: string, product: Product) =>
    hooks.emit(topic, hooks.eventId(), () => productBody(product, shop.currency))

  const stock: Stock = {
    addProduct({ sku, title, price, available, tracked = true }) {
      const at = shop.now()
      const product: Product = {
        id: shop.nextId(),
        title,
        createdAt: at,
        updatedAt: at,
        deleted: false,
        status: 'ACTIVE',
        media: [],
        variants: [],
      }
      const amount = must(parseMoney(price, shop.currency), `${price} is a price`).amount
      const itemId = shop.nextId()
      const base = {
        id: shop.nextId(),
        itemId,
        product,
        sku,
        title: 'Default Title',
        price: amount,
        tracked,
        barcode: null,
        taxable: true,
      }
      const variant: Variant = { ...base, metafields: new Map(), levels: new Map() }
      product.variants.push(variant)
      const levels = typeof available === 'number' ? { [main]: available } : available
      for (const [locationId, pieces] of Object.entries(levels))
        Object.assign(stocked(variant, Number(locationId)), { available: pieces, createdAt: at, updatedAt: at })
      shop.products.set(product.id, product)
      shop.variants.set(variant.id, variant)
      shop.bySku.set(sku, variant)
      shop.byItem.set(itemId, variant)
      tell('PRODUCTS_CREATE', product)
      return { productId: String(product.id), variantId: String(variant.id), inventoryItemId: String(itemId) }
    },

    updateProduct(sku, change) {
      const variant = variantOf(sku)
      if (change.title !== undefined) variant.product.title = change.title
      if (change.price !== undefined) variant.price = must(parseMoney(change.price, shop.currency), 'a price').amount
      if (change.sku !== undefined) {
        shop.bySku.delete(sku)
        variant.sku = change.sku
        shop.bySku.set(change.sku, variant)
      }
      stock.changed(variant.product)
    },

    changed(product) {
      product.updatedAt = shop.now()
      tell('PRODUCTS_UPDATE', product)
    },

    addVariant(sku, { sku: another, title, price }) {
      const { product } = variantOf(sku)
      const [id, itemId] = [shop.nextId(), shop.nextId()]
      const amount = must(parseMoney(price, shop.currency), `${price} is a price`).amount
      const base = {
        id,
        itemId,
        product,
        sku: another,
        title,
        price: amount,
        tracked: true,
        barcode: null,
        taxable: true,
      }
      const variant: Variant = { ...base, metafields: new Map(), levels: new Map() }
      product.variants.push(variant)
      shop.variants.set(id, variant)
      shop.bySku.set(another, variant)
      shop.byItem.set(itemId, variant)
      stock.changed(product)
      return { variantId: String(id) }
    },

    shows(sku) {
      const variant = shop.bySku.get(sku)
      if (!variant) return null
      const { barcode, taxable, metafields, product } = variant
      const price = formatMoney(money(variant.price, shop.currency))
      const { title, status, media } = product
      return { title, price, barcode, taxable, status, metafields: Object.fromEntries(metafields), media: [...media] }
    },

    deleteProduct(sku) {
      const { product } = variantOf(sku)
      product.deleted = true
      shop.products.delete(product.id)
      for (const variant of product.variants) {
        shop.variants.delete(variant.id)
        shop.bySku.delete(variant.sku)
        shop.byItem.delete(variant.itemId)
      }
      hooks.emit('PRODUCTS_DELETE', hooks.eventId(), () => ({ id: product.id }))
    },

    setAvailable(sku, available, locationId = main) {
      stock.write(variantOf(sku), locationId, available)
    },

    write(variant, locationId, available) {
      const level = stocked(variant, locationId)
      if (level.available === available) return
      level.available = available
      level.updatedAt = shop.now()
      const location = must(
        shop.locations.find(({ id }) => id === locationId),
        `location ${locationId} exists`,
      )
      hooks.emit('INVENTORY_LEVELS_UPDATE', hooks.eventId(), () =>
        inventoryLevelBody(variant, location, available, shop.now()),
      )
    },

    route(wanted) {
      const ids = shop.locations.filter(({ active }) => active).map(({ id }) => id)
      const has = (variant: Variant, id: number) => variant.levels.get(id)?.available ?? 0
      const all = [...wanted]
      const serves = (id: number) => all.every(([variant, quantity]) => has(variant, id) >= quantity)
      const one = ids.find(serves)
      const taken: { variant: Variant; locationId: number; quantity: number }[] = []
      for (const [variant, quantity] of all) {
        const there = ids.reduce((sum, id) => sum + has(variant, id), 0)
        const whole = one ?? ids.find((id) => has(variant, id) >= quantity)
        if (there < quantity || (whole === undefined && shop.options.wholeLines)) return null
        // A line is never divided. What no place has whole is taken from the first that stocks it, below nothing.
        const locationId = whole ?? ids.find((id) => variant.levels.has(id))!
        taken.push({ variant, locationId, quantity })
      }
      return taken
    },
  }
  return stock
}
