/** The shelf: taking pieces for an order, putting them back, and setting a number whatever it was. */
import type { Hooks } from './hooks.ts'
import { holderOf, type Line, type Order, type Product, skuOf, soldAs, type Woo } from './state.ts'

export interface Shelf {
  /** Whether so many can be bought now. What pending orders of the last hour wait for is not looked at. */
  hasFor(product: Product, quantity: number): boolean
  /** Takes what was not taken before. It goes below nothing: whoever places orders by REST is not refused. */
  take(order: Order): void
  putBack(order: Order): void
  /** A refund with restock: only what was taken comes back. */
  restock(line: Line, quantity: number): void
  /** An absolute write. What was taken meanwhile is swallowed. */
  set(product: Product, to: number): void
  /** Runs once in the middle of the next write: after the number was decided, before it is there. */
  interleave(act: () => void): void
  /** A number that is sold from changed. */
  changed(product: Product): void
}

export function openShelf(woo: Woo, hooks: Hooks): Shelf {
  let between: (() => void) | null = null

  const changed = (product: Product): void => {
    product.modifiedMs = woo.now()
    hooks.emit('product.updated', product.id)
  }

  const move = (line: Line, by: number): boolean => {
    const product = soldAs(woo, line)
    const holder = product && holderOf(woo, product)
    if (!holder) return false
    holder.stock = (holder.stock ?? 0) + by
    changed(holder)
    return true
  }

  const countOf = ({ meta }: Line, key: string): number => Number(meta.find((one) => one.key === key)?.value ?? 0)

  const note = (line: Line, key: string, value: number | null): void => {
    const known = line.meta.find((one) => one.key === key)
    if (value === null) line.meta = line.meta.filter((one) => one !== known)
    else if (known) known.value = String(value)
    else line.meta.push({ id: woo.nextId(), key, value: String(value) })
  }

  return {
    changed,
    hasFor(product, quantity) {
      const holder = holderOf(woo, product)
      if (!holder) return product.inStock
      return product.backorders !== 'no' || (holder.stock ?? 0) >= quantity
    },
    take(order) {
      if (order.stockReduced) return
      order.stockReduced = true
      for (const line of order.lines)
        if (countOf(line, '_reduced_stock') === 0 && move(line, -line.quantity))
          note(line, '_reduced_stock', line.quantity)
    },
    putBack(order) {
      if (!order.stockReduced) return
      order.stockReduced = false
      for (const line of order.lines) {
        const taken = countOf(line, '_reduced_stock')
        if (taken > 0 && move(line, taken)) note(line, '_reduced_stock', null)
      }
    },
    restock(line, quantity) {
      const taken = countOf(line, '_reduced_stock')
      if (taken === 0 || !move(line, quantity)) return
      note(line, '_reduced_stock', taken - quantity)
      note(line, '_restock_refunded_items', countOf(line, '_restock_refunded_items') + quantity)
    },
    set(product, to) {
      const act = between
      between = null
      const before = product.stock
      act?.()
      const taken = (before ?? 0) - (product.stock ?? 0)
      const sku = skuOf(woo, product)
      if (act && taken > 0) woo.swallowed.set(sku, (woo.swallowed.get(sku) ?? 0) + taken)
      product.manage = true
      product.stock = to
      changed(product)
    },
    interleave: (act) => void (between = act),
  }
}
