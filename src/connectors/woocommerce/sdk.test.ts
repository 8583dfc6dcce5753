/**
 * A second opinion: the vendor's own client drives the simulator over a port. It signs by itself, so that we and the
 * simulator do not only agree with each other.
 */
import { createRequire } from 'node:module'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { createRandom } from '../kit/testing.ts'
import { KEY, MUG, SECRET } from './testing.ts'
import { createWooCommerce, type WooSimulator } from './simulator/index.ts'

interface Answer {
  status: number
  data: unknown
  headers: Record<string, string>
}
interface VendorClient {
  get(path: string, query?: object): Promise<Answer>
  post(path: string, body: object): Promise<Answer>
  put(path: string, body: object): Promise<Answer>
}
type Vendor = new (options: object) => VendorClient

const Client = (createRequire(import.meta.url)('@woocommerce/woocommerce-rest-api') as { default: Vendor }).default

async function onPort(work: (url: string, shop: WooSimulator) => Promise<void>): Promise<void> {
  let shop: WooSimulator | null = null
  const server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = []
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
    incoming.on('end', () => {
      const { method = 'GET', url = '/', headers } = incoming
      const body = method === 'GET' ? {} : { body: Buffer.concat(chunks) }
      const request = new Request(`http://${headers.host}${url}`, {
        method,
        headers: headers as Record<string, string>,
        ...body,
      })
      void shop!.fetch(request).then(async (response) => {
        outgoing.writeHead(response.status, Object.fromEntries(response.headers))
        outgoing.end(Buffer.from(await response.arrayBuffer()))
      })
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const keys = [{ key: KEY, secret: SECRET, permissions: 'read_write' as const }]
  // The vendor's client signs with the clock of this machine.
  const now = () => new Date(performance.timeOrigin + performance.now()).getTime()
  shop = createWooCommerce({ url, keys }, { now, random: createRandom() })
  try {
    await work(url, shop)
  } finally {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
}

test("the vendor's own client reads, writes and is refused as it should be", async () => {
  await onPort(async (url, shop) => {
    const { productId } = shop.addProduct(MUG)
    const client = new Client({
      url,
      consumerKey: KEY,
      consumerSecret: SECRET,
      version: 'wc/v3',
    })
    const list = await client.get('products', { per_page: 5, orderby: 'id', order: 'asc' })
    expect([list.status, list.headers['x-wp-total'], (list.data as { sku: string }[])[0]!.sku]).toEqual([
      200,
      '1',
      MUG.sku,
    ])
    await client.put(`products/${productId}`, { manage_stock: true, stock_quantity: 3 })
    expect(shop.beliefs().available[MUG.sku]).toBe(3)
    const order = await client.post('orders', {
      set_paid: true,
      line_items: [{ product_id: Number(productId), quantity: 2 }],
    })
    expect(order.status).toBe(201)
    expect(shop.beliefs().available[MUG.sku]).toBe(1)
    await expect(client.get('products', { per_page: 101 })).rejects.toMatchObject({ response: { status: 400 } })
    const wrong = new Client({
      url,
      consumerKey: KEY,
      consumerSecret: 'cs_wrong',
      version: 'wc/v3',
    })
    await expect(wrong.get('products')).rejects.toMatchObject({ response: { status: 401 } })
  })
})
