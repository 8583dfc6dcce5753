/** An order as a portal hands it in, for tests. */
import type { HookRequest } from '../kit/connector.ts'

export const KEY = 'simulated-key-of-the-portal'

export const aBody = (change: object = {}): object => ({
  reference: 'PO-1',
  currency: 'EUR',
  customer: { id: 'C-9', name: 'Harbour Hotels', email: 'orders@harbour.example' },
  shippingAddress: { name: 'Kitchen', street: '1 Quay', city: 'Kiel', postcode: '24103', country: 'DE' },
  lines: [
    {
      sku: 'MUG',
      quantity: 10,
      unitPrice: '5.00',
      discount: '5.00',
      taxes: [{ title: 'VAT', rate: '0.20', amount: '9.00' }],
    },
  ],
  ...change,
})

export const request = (body: object | string): HookRequest => ({
  headers: { 'authorization': `Bearer ${KEY}`, 'content-type': 'application/json' },
  body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
  receivedAt: '2026-11-20T09:00:00.000Z',
})
