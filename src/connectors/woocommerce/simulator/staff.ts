/** What staff and hosts do: products, numbers, webhooks, keys, settings. */
import { must } from '#canon/assert.ts'
import type { Hooks } from './hooks.ts'
import type { Shelf } from './shelf.ts'
import { bySku, skuOf, type Product, type Webhook, type Woo } from './state.ts'

export interface NewProduct {
  sku: string
  title: string
  /** Decimal, as in the catalogue. */
  price: string
  /** Absent: nobody counts it. */
  available?: number
  backorders?: 'no' | 'notify' | 'yes'
  virtual?: boolean
}

export interface NewVariable {
  title: string
  /** Of the product itself; variations without their own show it. */
  sku?: string
  price: string
  /** The product keeps the stock of variations that have none of their own. */
  available?: number
  variations: readonly { option: string; sku?: string; price?: string; available?: number }[]
}

export interface Staff {
  addProduct(product: NewProduct): { productId: string; inventoryItemId: string }
  /** @returns what each variation is counted by once it has a number of its own. */
  addVariable(product: NewVariable): { productId: string; items: string[] }
  /** By a person, whatever it was. */
  setAvailable(sku: string, available: number): void
  updateProduct(sku: string, change: { title?: string; sku?: string; backorders?: Product['backorders'] }): void
  /** What customers see of the SKU; null when it is not there. */
  shows(sku: string):
    | (Pick<Product, 'name' | 'price' | 'barcode' | 'taxed' | 'taxClass' | 'status' | 'images'> & {
        meta: Record<string, unknown>
      })
    | null
  deleteProduct(sku: string, options?: { force?: boolean }): void
  /** Changes a webhook as a person does; all of them unless a topic is named. */
  setWebhooks(status: Webhook['status'], topic?: string): void
  dropWebhooks(topic?: string): void
  setPermissions(permissions: 'read' | 'write' | 'read_write'): void
  /** The key is gone. */
  revokeKeys(): void
  /** Stock management as a whole, on or off. */
  setCounting(on: boolean): void
}

export function openStaff(woo: Woo, hooks: Hooks, shelf: Shelf): Staff {
  const one = (sku: string): Product => must(bySku(woo, sku), `the shop has no SKU ${sku}`)

  function add(fields: Partial<Product> & Pick<Product, 'type' | 'name' | 'price'>): Product {
    const at = woo.now()
    const product: Product = {
      id: woo.nextId(), parentId: 0, sku: '', manage: false, stock: null, inStock: true, backorders: 'no', status: 'publish',
      virtual: false, option: null,
      barcode: '', taxed: 'taxable', taxClass: '', images: [], meta: [], createdMs: at, modifiedMs: at, ...fields,
    } // prettier-ignore
    woo.products.set(product.id, product)
    hooks.emit('product.created', product.id)
    return product
  }
  const counted = (available: number | undefined) =>
    available === undefined ? {} : { manage: true as const, stock: available }

  return {
    addProduct({ sku, title, price, available, backorders = 'no', virtual = false }) {
      const { id } = add({
        type: 'simple',
        name: title,
        price: Number(price),
        sku,
        backorders,
        virtual,
        ...counted(available),
      })
      return { productId: String(id), inventoryItemId: String(id) }
    },
    addVariable({ title, sku = '', price, available, variations }) {
      const parent = add({ type: 'variable', name: title, price: Number(price), sku, ...counted(available) })
      const items = variations.map((variation) => {
        const how =
          variation.available === undefined && available !== undefined
            ? { manage: 'parent' as const }
            : counted(variation.available)
        const { option, sku: its = '', price: own = price } = variation
        const { id } = add({
          type: 'variation',
          name: title,
          parentId: parent.id,
          price: Number(own),
          sku: its,
          option,
          ...how,
        })
        return `${parent.id}-${id}`
      })
      return { productId: String(parent.id), items }
    },
    shows(sku) {
      const found = [...woo.products.values()].find(
        (product) => skuOf(woo, product) === sku && product.status !== 'trash',
      )
      if (!found) return null
      const { name, price, barcode, taxed, taxClass, status, images, meta } = found
      const own = Object.fromEntries(meta.map(({ key, value }) => [key, value]))
      return { name, price, barcode, taxed, taxClass, status, images: [...images], meta: own }
    },
    setAvailable: (sku, available) => shelf.set(one(sku), available),
    updateProduct(sku, { title, sku: other, backorders }) {
      const product = one(sku)
      if (title !== undefined) product.name = title
      if (other !== undefined) product.sku = other
      if (backorders !== undefined) product.backorders = backorders
      shelf.changed(product)
    },
    deleteProduct(sku, { force = false } = {}) {
      const product = one(sku)
      if (force) return void woo.products.delete(product.id)
      product.status = 'trash'
      product.modifiedMs = woo.now()
      hooks.emit('product.deleted', product.id)
    },
    setWebhooks(status, topic) {
      for (const webhook of woo.webhooks.values())
        if (topic === undefined || webhook.topic === topic) webhook.status = status
    },
    dropWebhooks(topic) {
      for (const { id, topic: its } of woo.webhooks.values())
        if (topic === undefined || its === topic) woo.webhooks.delete(id)
    },
    setPermissions(permissions) {
      for (const key of woo.keys) key.permissions = permissions
    },
    revokeKeys: () => void (woo.keys = []),
    setCounting: (on) => void (woo.counts = on),
  }
}
