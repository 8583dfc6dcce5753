/** What the door for orders takes, what it refuses and in which words. */
import type { Order } from '#canon/order.ts'
import { expect, test } from 'vitest'
import { Fault } from '../../fault.ts'
import { connectorContract } from '../kit/contract.ts'
import type { HookRequest } from '../kit/connector.ts'
import { direct } from './index.ts'
import { aBody, KEY, request } from './testing.ts'

const RECEIVED = '2026-11-20T09:00:00.000Z'

const open = (log = () => {}) =>
  direct.open(direct.config.parse({ key: 'env:DIRECT' }), {
    name: 'b2b',
    hookUrl: 'https://hub.example/hooks/b2b',
    io: { now: () => 0, id: () => 'x', jitter: () => 0, fetch: globalThis.fetch, secret: () => KEY, log },
  })

connectorContract('Direct', ['fulfilment.ensure'], ({ log }) => ({
  connection: open(log as () => void),
  secrets: [KEY],
  hooks: {
    genuine: request(aBody()),
    another: request(aBody({ reference: 'PO-2' })),
    forged: [
      { ...request(aBody()), headers: { authorization: 'Bearer another' } },
      { ...request(aBody()), headers: {} },
    ],
    unsigned: true,
  },
  intents: {
    'fulfilment.ensure': {
      prepare: () => ({ externalId: 'PO-1', orderName: 'PO-1', parcel: { shipmentId: '1' } as never, lines: [] }),
    },
  },
}))

function orderIn(body: object) {
  const [message] = open().translate({ topic: 'order', body: body as never, receivedAt: RECEIVED })
  return (message!.command as unknown as { order: Order }).order
}

function refusalOf(body: object | string): string {
  try {
    open().receive!(request(body))
    return 'taken'
  } catch (error) {
    return error instanceof Fault ? `${error.kind}: ${error.message}` : String(error)
  }
}

test('an order keeps every amount, and comes to the sum of its parts', () => {
  const order = orderIn(
    aBody({ name: 'PO 4711', paymentTerm: '30 Days', shipping: [{ code: 'pallet', price: '25.00' }] }),
  )
  expect(order).toMatchObject({
    channel: 'b2b', externalId: 'PO-1', name: 'PO 4711', placedAt: RECEIVED, updatedAt: RECEIVED,
    total: { amount: 7_900, currency: 'EUR' }, totalTax: { amount: 900, currency: 'EUR' },
    terms: { pricing: 'channel', paymentTerm: '30 Days' },
    customer: { key: 'b2b-C-9', name: 'Harbour Hotels' },
  }) // prettier-ignore
  expect(order.lines[0]).toMatchObject({ id: '1', quantity: 10, ordered: 10, unitPrice: { amount: 500 } })
  const included = orderIn(aBody({ taxesIncluded: true }))
  expect(included.total.amount).toBe(4_500)
})

test('a company says who ordered for it; a person is none', () => {
  const customer = { id: 'C-9', name: 'Harbour Hotels', contact: { id: 'kim', name: 'Kim Buyer' } }
  expect(orderIn(aBody({ customer })).customer).toEqual({
    key: 'b2b-C-9', externalId: 'C-9', name: 'Harbour Hotels', company: true, contact: { id: 'kim', name: 'Kim Buyer' },
  }) // prettier-ignore
  expect(orderIn(aBody()).customer).not.toHaveProperty('company')
})

test('a repeat is the same delivery whenever it arrives, and a change is another', () => {
  const [one, other] = [aBody(), aBody({ tags: ['urgent'] })].map((body) => open().receive!(request(body)))
  expect(open().receive!({ ...request(aBody()), receivedAt: '2026-11-21T00:00:00.000Z' })).toEqual(one)
  expect(other).not.toEqual(one)
})

test.each<[string, object | string, string]>([
  ['no JSON', '{', 'malformed: The body is not JSON in UTF-8.'],
  ['an unknown member', aBody({ colour: 'red' }), 'malformed: the body: Unrecognized key: "colour"'],
  [
    'a price that is missing',
    aBody({ lines: [{ sku: 'MUG', quantity: 1 }] }),
    'malformed: lines[0].unitPrice: is missing.',
  ],
  [
    'a half cent',
    aBody({ lines: [{ sku: 'MUG', quantity: 1, unitPrice: '0.005' }] }),
    'malformed: lines[0].unitPrice: 0.005 has more digits than EUR has',
  ],
  ['a number as an amount', aBody({ total: 12.5 }), 'malformed: total: '],
  [
    'a wrong total',
    aBody({ total: '53.99' }),
    'malformed: total: 53.99 EUR is stated, and lines, taxes and shipping come to 54.00.',
  ],
  [
    'a price where the ERP prices',
    aBody({ pricing: 'erp' }),
    'malformed: lines[0]: states amounts, and the ERP is to price it.',
  ],
  [
    'two lines of one name',
    aBody({ lines: [1, 2].map(() => ({ id: 'a', sku: 'MUG', quantity: 1, unitPrice: '1' })) }),
    "malformed: lines[1].id: 'a' names another line already.",
  ],
  ['no lines', aBody({ lines: [] }), 'malformed: lines: '],
])('%s is refused with its place', (_, body, words) => {
  expect(refusalOf(body).slice(0, words.length)).toBe(words)
})

test('what is wrong is named all at once', () => {
  const refusal = refusalOf(aBody({ currency: 'Euro', lines: [{ sku: '', quantity: -1, unitPrice: 'much' }] }))
  for (const place of ['currency:', 'lines[0].sku:', 'lines[0].quantity:', 'lines[0].unitPrice:'])
    expect(refusal).toContain(place)
})

test('the key before is taken too while senders change', () => {
  const { receive } = direct.open(direct.config.parse({ key: 'env:NEW', previousKey: 'env:OLD' }), {
    name: 'b2b',
    io: {
      now: () => 0, id: () => 'x', jitter: () => 0, fetch: globalThis.fetch, log: () => {},
      secret: (reference) => (reference === 'env:OLD' ? KEY : 'the-new-key-of-the-portal'),
    },
  }) // prettier-ignore
  const held = (key: string): HookRequest => ({ ...request(aBody()), headers: { authorization: `Bearer ${key}` } })
  expect(receive!(held(KEY))).toEqual(receive!(held('the-new-key-of-the-portal')))
  expect(() => receive!(held('neither'))).toThrow(Fault)
})
