/** The shopper's side, `/wc/store/v1`: a cart kept under a token, and a checkout that refuses what is not there. */
import { type Failure, failure } from './failure.ts'
import { asPerson } from './orders-api.ts'
import type { Reply, Route } from './routes.ts'
import type { Shelf } from './shelf.ts'
import { type Product, skuOf, type Woo } from './state.ts'
import { accountOf, type Trade } from './trade.ts'

export function storeRoutes(woo: Woo, trade: Trade, shelf: Shelf): Route[] {
  const nameOf = (product: Product) => product.name || skuOf(woo, product)
  const lacking = (product: Product): Failure =>
    (product.stock ?? 0) <= 0
      ? failure(
          400,
          'woocommerce_rest_product_out_of_stock',
          `You cannot add "${nameOf(product)}" to the cart because the product is out of stock.`,
        )
      : failure(
          400,
          'woocommerce_rest_product_partially_out_of_stock',
          `You cannot add that amount of "${nameOf(product)}" to the cart because there is not enough stock (${product.stock} remaining).`,
        )

  const lackingIn = (cart: readonly { id: number; quantity: number }[]): Failure | null => {
    for (const { id, quantity } of cart) {
      const product = woo.products.get(id)
      if (!product)
        return failure(404, 'woocommerce_rest_cart_invalid_product', 'This product cannot be added to the cart.')
      if (!shelf.hasFor(product, quantity)) return lacking(product)
    }
    return null
  }

  const cartReply = (token: string): Reply => {
    const items = (woo.carts.get(token) ?? []).map(({ id, quantity }) => ({ key: String(id), id, quantity }))
    return {
      status: 201,
      body: { items, items_count: items.reduce((all, { quantity }) => all + quantity, 0) },
      headers: { 'cart-token': token },
    }
  }

  return [
    {
      path: /^\/cart\/add-item$/,
      POST: ({ input, headers }) => {
        const token = headers.get('cart-token') ?? `cart-${woo.nextId()}`
        const [id, quantity] = [Number(input['id']), Number(input['quantity'] ?? 1)]
        const cart = structuredClone(woo.carts.get(token) ?? [])
        const known = cart.find((item) => item.id === id)
        if (known) known.quantity += quantity
        else cart.push({ id, quantity })
        const lacks = lackingIn(cart)
        if (lacks) return lacks
        woo.carts.set(token, cart)
        return cartReply(token)
      },
    },
    {
      path: /^\/checkout$/,
      POST: ({ input, headers }) => {
        const cart = woo.carts.get(headers.get('cart-token') ?? '') ?? []
        if (cart.length === 0)
          return failure(400, 'woocommerce_rest_cart_empty', 'Cannot create order from empty cart.')
        const lacks = lackingIn(cart)
        if (lacks) return lacks
        const billing = asPerson(input['billing_address'])
        const account = woo.customers.has(billing.email ?? '') ? accountOf(woo, billing.email ?? '') : 0
        const payment = String(input['payment_method'] ?? 'card')
        const order = trade.inner.create({
          lines: cart.map(({ id, quantity }) => ({ product: woo.products.get(id)!, quantity })),
          billing,
          shipping: asPerson(input['shipping_address']),
          customerId: account,
          paymentMethod: payment,
          createdVia: 'store-api',
        })
        trade.inner.settle(order, payment === 'bacs' ? 'on-hold' : 'processing', payment === 'card')
        woo.carts.delete(headers.get('cart-token') ?? '')
        return { status: 200, body: { order_id: order.id, status: order.status, order_key: `wc_order_${order.id}` } }
      },
    },
  ]
}
